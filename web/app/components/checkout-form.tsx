/** Checkout form. */
import { Form, useNavigation } from 'react-router'
import { cartAmounts } from '#src/cart/amounts.ts'
import type { CartView } from '#src/cart/schema.ts'
import type { AddressForm } from '../forms/address-form.server.ts'
import type { Prefill } from '../forms/checkout-prefill.server.ts'
import { signInPath } from '../paths.ts'
import { money } from '../texts/format.ts'
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import { AddressFields } from './address-fields.tsx'
import { CheckoutErrors, type CheckoutFailure, fieldErrors } from './checkout-errors.tsx'
import { TextField } from './fields.tsx'
import { Totals } from './totals.tsx'
import { useShop } from './use-shop.ts'

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
  readonly answer: CheckoutFailure | undefined
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
  const { deliveryTime } = useShop()
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
          {!prefill?.isSignedIn && (
            <p className="mb-4">
              <a href={signInPath('/checkout')} className="link inline-flex min-h-6 items-center">
                {t.checkout.signIn}
              </a>
            </p>
          )}
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
        <p className="mt-4 text-sm">{t.checkout.deliveryTime(deliveryTime)}</p>
        {cart?.can_check_out !== false ? (
          <>
            <button type="submit" className="button mt-6 min-h-12 w-full" aria-disabled={isPlacing}>
              {isPlacing ? t.checkout.placingOrder : t.checkout.placeOrder(money(attempt.total, currency))}
            </button>
            <p className="mt-3 text-sm text-soft">{t.checkout.terms}</p>
            <LegalLinks />
          </>
        ) : (
          <p className="mt-6 text-warn">{t.cart.unavailable}</p>
        )}
      </section>
    </Form>
  )
}

/** The shop's legal pages, in a new tab so that what was entered stays. */
const LegalLinks = () => {
  const shop = useShop()
  const links = [
    ...(shop.hasTerms ? [{ to: '/terms', text: t.checkout.termsLink }] : []),
    { to: '/privacy', text: shop.hasPrivacy ? t.checkout.privacyLink : t.shop.yourData },
  ]
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 text-sm">
      {links.map(({ to, text }) => (
        <li key={to}>
          <a href={to} target="_blank" rel="noreferrer" className="link inline-flex min-h-6 items-center">
            {text}
          </a>
        </li>
      ))}
    </ul>
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
