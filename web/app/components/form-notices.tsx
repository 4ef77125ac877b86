/** Error summary and success notice of a form, and the props of its fields after a submission. */
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { signInPath } from '../paths.ts'
import { account } from '../texts/account.ts'
import { fieldErrors, otherFieldError } from '../texts/form-errors.ts'

/** Error message of a field. */
const fieldErrorText = ({ code, text, addressForm }: FormError, name: string): string => {
  if (code !== 'invalid_request') return text
  const ofAddress = addressForm?.fields.find(field => field.name === name)?.error
  return ofAddress ?? fieldErrors[name] ?? otherFieldError
}

/** Props of a field: the submitted value (else the one in `before`) and the error message. */
export const fieldProps =
  (error: FormError | undefined, before: Readonly<Record<string, string | undefined>> = {}) =>
  (name: string) => ({
    name,
    defaultValue: error?.values[name] ?? before[name],
    error: error?.invalidFields.includes(name) ? fieldErrorText(error, name) : undefined,
  })

export const FormErrorSummary = ({ error }: { readonly error: FormError | undefined }) => {
  const box = useRef<HTMLDivElement>(null)
  const { pathname, search } = useLocation()
  useEffect(() => {
    if (error) box.current?.focus()
  }, [error])
  if (!error) return null
  return (
    <div ref={box} role="alert" tabIndex={-1} className="notice-bad mb-6">
      <p>{error.text}</p>
      {error.code === 'invalid_request' && (
        <ul className="mt-1 list-disc pl-5">
          {error.invalidFields.map(name => (
            <li key={name}>
              <a href={`#${name}`} className="link">
                {fieldErrorText(error, name)}
              </a>
            </li>
          ))}
        </ul>
      )}
      {error.code === 'not_signed_in' && (
        <p className="mt-2">
          <a href={signInPath(`${pathname}${search}`)} target="_blank" rel="noreferrer" className="link">
            {account.signInInNewTab}
          </a>
        </p>
      )}
    </div>
  )
}

/** Notice that an action succeeded. */
export const SuccessNotice = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <p role="status" className="notice-good mb-6">
      {text}
    </p>
  )
