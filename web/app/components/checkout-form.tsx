/** Checkout form. Errors are listed in an alert at its top, which receives the focus. */
import { useEffect, useRef } from 'react'
import { Form, useNavigation } from 'react-router'
import { cartAmounts } from '#src/cart/amounts.ts'
import type { CartView } from '#src/cart/schema.ts'
import type { AddressForm } from '../forms/address-form.server.ts'
import type { Prefill } from '../forms/checkout-prefill.server.ts'
import type { CheckoutActionData } from '../forms/place-order.server.ts'
import { address } from '../texts/address.ts'
import { money } from '../texts/format.ts'
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import { AddressFields } from './address-fields.tsx'
import { TextField } from './fields.tsx'
import { Totals } from './totals.tsx'

type Failure = Extract<CheckoutActionData, { readonly values: unknown }>
type Props = {
  /** Undefined when the cart could not be read while answering a form submission. */
  readonly cart: CartView | undefined
  readonly currency: string
  /** Idempotency key of this checkout. */
  readonly orderKey: string
  readonly countries: readonly Country[]
  /** The form of the prefilled country, or of the shop's. */
  readonly addressForm: AddressForm
  readonly prefill: Prefill | undefined
  readonly answer: Failure | undefined
}

export const CheckoutForm = ({
  cart,
  currency,
  countries,
  addressForm,
  orderKey,
  prefill,
  answer,
}: Props) => {
  const { state, formAction } = useNavigation()
  const isPlacing = state !== 'idle' && formAction === '/checkout'
  const attempt = answer?.attempt ?? {
    key: orderKey,
    cartVersion: cart?.version ?? '',
    total: cart?.total ?? 0,
  }
  const form = answer?.addressForm ?? addressForm
  const errors = answer ? fieldErrors(answer) : {}
  const field = (name: string) => ({
    name,
    defaultValue: answer ? answer.values[name] : prefill?.values[name] || undefined,
    error: errors[name],
  })
  if (!cart && !answer?.attempt) return <EmptyCart />
  return (
    <Form
      method="post"
      action="/checkout"
      noValidate
      onSubmit={event => isPlacing && event.preventDefault()}
      className="mt-6 grid items-start gap-x-14 gap-y-10 lg:grid-cols-[1fr_22rem]"
    >
      <input type="hidden" name="key" value={attempt.key} />
      <input type="hidden" name="cart_version" value={attempt.cartVersion} />
      <input type="hidden" name="total" value={attempt.total} />
      <div className="max-w-xl">
        <CheckoutErrors answer={answer} errors={errors} hasUnavailableItems={cart?.can_check_out === false} />
        <fieldset>
          <legend className="section-title">{t.checkout.contact}</legend>
          <TextField
            {...field('email')}
            label={t.checkout.email}
            hint={t.checkout.emailHint}
            type="email"
            autoComplete="email"
          />
        </fieldset>
        <fieldset className="mt-8">
          <legend className="section-title">{t.checkout.shippingAddress}</legend>
          {prefill && prefill.savedAddresses.length > 1 && !answer && (
            <SavedAddresses choices={prefill.savedAddresses} />
          )}
          <AddressFields form={form} field={field} countries={countries} />
        </fieldset>
        <h2 className="section-title mt-8">{t.checkout.payment}</h2>
        <p>{t.checkout.invoice}</p>
      </div>
      <section aria-labelledby="your-order" className="panel">
        <h2 id="your-order" className="section-title">
          {t.checkout.summary}
        </h2>
        {cart && <OrderLines cart={cart} />}
        {cart && <Totals amounts={cartAmounts(cart)} currency={cart.currency} />}
        {cart?.can_check_out !== false ? (
          <>
            <button type="submit" className="button mt-6 min-h-12 w-full" aria-disabled={isPlacing}>
              {isPlacing ? t.checkout.placingOrder : t.checkout.placeOrder(money(attempt.total, currency))}
            </button>
            <p className="mt-3 text-sm text-soft">{t.checkout.terms}</p>
          </>
        ) : (
          <p className="mt-6 text-warn">{t.cart.unavailable}</p>
        )}
      </section>
    </Form>
  )
}

const SavedAddresses = ({ choices }: { readonly choices: Prefill['savedAddresses'] }) => (
  <nav aria-label={t.checkout.savedAddresses} className="mb-5">
    <ul className="space-y-1 text-sm">
      {choices.map(({ id, line, isChosen }) => (
        <li key={id}>
          <a
            href={`/checkout?${new URLSearchParams({ address: id })}`}
            rel="external"
            aria-current={isChosen ? 'true' : undefined}
            className="facet-link"
          >
            <span>{line}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

/** Shown when the cart was ordered or emptied in another tab. */
const EmptyCart = () => (
  <div className="prose">
    <p role="alert" className="notice-bad">
      {t.checkout.cartChangedTitle}. {t.cart.empty}
    </p>
    <p>
      <a href="/orders" className="link">
        {t.cart.justOrdered}
      </a>
    </p>
  </div>
)

const OrderLines = ({ cart: { items, currency } }: { readonly cart: CartView }) => (
  <>
    <ul className="mb-4 space-y-2">
      {items.map(item => (
        <li key={item.book_id} className="flex justify-between gap-4">
          <span className="min-w-0">
            {item.quantity > 1 && `${item.quantity} × `}
            <span className="font-serif text-lg leading-tight">{item.title}</span>
          </span>
          <span className="tabular-nums">{money(item.line_total, currency)}</span>
        </li>
      ))}
    </ul>
    <p className="mb-4 text-sm">
      <a href="/cart" className="link inline-flex min-h-6 items-center">
        {t.checkout.editCart}
      </a>
    </p>
  </>
)

/** What is wrong with each invalid field, in the order of the page. */
const fieldErrors = ({ invalidFields, addressForm }: Failure): Readonly<Record<string, string>> => {
  const messages = {
    email: t.checkout.emailError,
    country: address.countryError,
    ...Object.fromEntries(addressForm.fields.map(({ name, error }) => [name, error])),
  }
  return Object.fromEntries(Object.entries(messages).filter(([name]) => invalidFields.includes(name)))
}

const CheckoutErrors = ({
  answer,
  errors,
  hasUnavailableItems,
}: {
  readonly answer: Failure | undefined
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
