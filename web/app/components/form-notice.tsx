/** What stands in the way of a form, said above it and given the focus; and what each of its fields shows. */
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import type { FormAnswer } from '../forms/form-action.server.ts'
import { signInPath } from '../paths.ts'
import { account } from '../texts/account.ts'
import { fieldErrors, otherFieldError } from '../texts/form-errors.ts'

/** What is wrong with this field, in words. */
const mendOf = (answer: FormAnswer, name: string): string =>
  answer.code === 'invalid_request' ? (fieldErrors[name] ?? otherFieldError) : answer.text

/** What the field of this name shows of the answer. */
export const fieldOf =
  (answer: FormAnswer | undefined, before: Readonly<Record<string, string | undefined>> = {}) =>
  (name: string) => ({
    name,
    typed: answer?.typed[name] ?? before[name],
    problem: answer?.wrong.includes(name) ? mendOf(answer, name) : undefined,
  })

export const FormNotice = ({ answer }: { readonly answer: FormAnswer | undefined }) => {
  const box = useRef<HTMLDivElement>(null)
  const { pathname, search } = useLocation()
  useEffect(() => {
    if (answer) box.current?.focus()
  }, [answer])
  if (!answer) return null
  return (
    <div ref={box} role="alert" tabIndex={-1} className="notice-bad mb-6">
      <p>{answer.text}</p>
      {answer.code === 'invalid_request' && (
        <ul className="mt-1 list-disc pl-5">
          {answer.wrong.map(name => (
            <li key={name}>
              <a href={`#${name}`} className="link">
                {mendOf(answer, name)}
              </a>
            </li>
          ))}
        </ul>
      )}
      {answer.code === 'not_signed_in' && (
        <p className="mt-2">
          <a href={signInPath(`${pathname}${search}`)} target="_blank" rel="noreferrer" className="link">
            {account.signInInNewTab}
          </a>
        </p>
      )}
    </div>
  )
}

/** Says that something was done. */
export const DoneNotice = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <p role="status" className="notice-good mb-6">
      {text}
    </p>
  )
