/**
 * Errors of a checkout: what is wrong with each field, and the alert that lists them, which receives the
 * focus.
 */
import { useEffect, useRef } from 'react'
import type { CheckoutActionData } from '../forms/place-order.server.ts'
import { signInPath } from '../paths.ts'
import { address } from '../texts/address.ts'
import { t } from '../texts/texts.ts'

export type CheckoutFailure = Extract<CheckoutActionData, { readonly values: unknown }>

/** What is wrong with each invalid field, in the order of the page. */
export const fieldErrors = ({
  invalidFields,
  addressForm,
}: CheckoutFailure): Readonly<Record<string, string>> => {
  const messages = {
    email: t.checkout.emailError,
    country: address.countryError,
    ...Object.fromEntries(addressForm.fields.map(({ name, error }) => [name, error])),
    collector_name: t.checkout.collectorNameError,
    collector_phone: address.errors.phone,
  }
  return Object.fromEntries(Object.entries(messages).filter(([name]) => invalidFields.includes(name)))
}

/** The ways on of a guest who cannot order without an account. */
const AccountLinks = () => (
  <p className="mt-2 flex flex-wrap gap-x-6">
    {[
      [signInPath('/checkout'), t.checkout.signInToOrder],
      ['/sign-up', t.checkout.createAccount],
      ['/about', t.checkout.contactUs],
    ].map(([path, text]) => (
      <a key={path} href={path} className="link inline-flex min-h-6 items-center">
        {text}
      </a>
    ))}
  </p>
)

export const CheckoutErrors = ({
  answer,
  errors,
  hasUnavailableItems,
}: {
  readonly answer: CheckoutFailure | undefined
  readonly errors: Readonly<Record<string, string>>
  readonly hasUnavailableItems: boolean
}) => {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (answer) box.current?.focus()
  }, [answer])
  const obstacle = answer?.problem
  if (!hasUnavailableItems && !obstacle && !answer?.invalidFields.length) return null
  return (
    <div ref={box} role="alert" tabIndex={-1} className="notice-bad mb-8">
      <h2 className="font-semibold">
        {obstacle?.title ?? (hasUnavailableItems ? t.checkout.unavailableTitle : t.checkout.correctErrors)}
      </h2>
      {(obstacle || hasUnavailableItems) && <p className="mt-1">{obstacle?.text ?? t.cart.unavailable}</p>}
      {obstacle?.needsAccount && <AccountLinks />}
      {obstacle?.link && (
        <p className="mt-2">
          <a href={obstacle.link.path} className="link inline-flex min-h-6 items-center">
            {obstacle.link.text}
          </a>
        </p>
      )}
      {obstacle?.lines && (
        <ul className="mt-2 list-disc pl-5">
          {obstacle.lines.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {answer && answer.invalidFields.length > 0 && (
        <ul className="mt-1 list-disc pl-5">
          {Object.entries(errors).map(([name, error]) => (
            <li key={name}>
              <a href={`#${name}`} className="link">
                {error}
              </a>
            </li>
          ))}
        </ul>
      )}
      {hasUnavailableItems && (
        <button type="submit" name="intent" value="mend" className="button mt-4">
          {t.checkout.continueWithAvailable}
        </button>
      )}
    </div>
  )
}
