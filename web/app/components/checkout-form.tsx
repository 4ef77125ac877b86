/** Checkout form. */
import { Form, useNavigation } from 'react-router'
import type { CartView } from '#src/cart/schema.ts'
import type { CheckoutOptions } from '#src/payments/api.ts'
import type { AddressForm } from '../forms/address-form.server.ts'
import type { Prefill } from '../forms/checkout-prefill.server.ts'
import { signInPath } from '../paths.ts'
import { address } from '../texts/address.ts'
import { money } from '../texts/format.ts'
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import { AddressFields } from './address-fields.tsx'
import { DeliveryChoice, MethodChoice } from './checkout-choices.tsx'
import { CheckoutErrors, type CheckoutFailure, fieldErrors } from './checkout-errors.tsx'
import { EmptyCart, LiveCheckout } from './checkout-notices.tsx'
import { CheckoutSubmit, LegalLinks } from './checkout-submit.tsx'
import { TextField } from './fields.tsx'
import { Totals } from './totals.tsx'
import { useShop } from './use-shop.ts'

type Props = {
  /** Undefined when the cart is empty, or could not be read, while answering a form submission. */
  readonly basket: { readonly cart: CartView; readonly options: CheckoutOptions } | undefined
  readonly currency: string
  /** Idempotency key of this checkout. */
  readonly orderKey: string
  readonly countries: readonly Country[]
  /** The form of the prefilled country, or of the shop's. */
  readonly addressForm: AddressForm
  readonly prefill: Prefill | undefined
  readonly answer: CheckoutFailure | undefined
}

const NO_FIELDS: Readonly<Record<string, string>> = {}

export const CheckoutForm = ({
  basket,
  currency,
  countries,
  addressForm,
  orderKey,
  prefill,
  answer,
}: Props) => {
  const { state, formAction } = useNavigation()
  const isPlacing = state !== 'idle' && formAction === '/checkout'
  const deliveries = basket?.options.deliveries ?? []
  const totalOf = (id: string): number => deliveries.find(one => one.id === id)?.total ?? 0
  const attempt = answer?.attempt ?? {
    key: orderKey,
    cartVersion: basket?.cart.version ?? '',
    totals: { ship: totalOf('ship'), collect: totalOf('collect') },
  }
  const values = answer?.values ?? NO_FIELDS
  const chosen = deliveries.length > 1 && values.delivery === 'collect' ? 'collect' : 'ship'
  const canCollect = deliveries.some(({ id }) => id === 'collect')
  const errors = answer ? fieldErrors(answer) : NO_FIELDS
  const field = (name: string, stored = name) => ({
    name,
    defaultValue: answer ? values[name] : prefill?.values[stored] || undefined,
    error: errors[name],
  })
  const hasUnavailableItems = basket?.cart.can_check_out === false
  const summary = <CheckoutErrors answer={answer} errors={errors} hasUnavailableItems={hasUnavailableItems} />
  if (!basket && !answer?.attempt) return answer?.problem?.link ? summary : <EmptyCart />
  return (
    <Form
      method="post"
      action="/checkout"
      noValidate
      onSubmit={event => isPlacing && event.preventDefault()}
      className="checkout mt-6 grid items-start gap-x-14 gap-y-10 lg:grid-cols-[1fr_22rem]"
    >
      <input type="hidden" name="key" value={attempt.key} />
      <input type="hidden" name="cart_version" value={attempt.cartVersion} />
      <input type="hidden" name="total" value={attempt.totals.ship} />
      <input type="hidden" name="total_collect" value={attempt.totals.collect} />
      <div className="max-w-xl">
        {summary}
        {basket && !answer && <LiveCheckout id={basket.options.live_checkout} />}
        <DeliveryChoice deliveries={deliveries} chosen={chosen} currency={currency} />
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
        <fieldset className="if-ship mt-8">
          <legend className="section-title">{t.checkout.shippingAddress}</legend>
          {prefill && prefill.savedAddresses.length > 1 && !answer && (
            <SavedAddresses choices={prefill.savedAddresses} />
          )}
          <AddressFields form={answer?.addressForm ?? addressForm} field={field} countries={countries} />
        </fieldset>
        {canCollect && (
          <fieldset className="if-collect mt-8">
            <legend className="section-title">{t.checkout.collector}</legend>
            <TextField {...field('collector_name', 'name')} label={address.labels.name} autoComplete="name" />
            <TextField
              {...field('collector_phone', 'phone')}
              label={address.labels.phone}
              hint={t.checkout.collectorPhoneHint}
              type="tel"
              autoComplete="tel"
            />
          </fieldset>
        )}
        {deliveries.map(delivery => (
          <MethodChoice
            key={delivery.id}
            delivery={delivery}
            submitted={values[`payment_method_${delivery.id}`]}
          />
        ))}
        {!basket && <SubmittedChoices values={values} />}
      </div>
      <section aria-labelledby="your-order" className="panel">
        <h2 id="your-order" className="section-title">
          {t.checkout.summary}
        </h2>
        {basket && <OrderLines cart={basket.cart} />}
        {deliveries.map(delivery => (
          <div key={delivery.id} className={`if-${delivery.id}`}>
            <Totals amounts={delivery} currency={currency} />
            <DeliveryNote delivery={delivery.id} />
            {!hasUnavailableItems && (
              <CheckoutSubmit
                delivery={delivery}
                total={attempt.totals[delivery.id]}
                currency={currency}
                isPlacing={isPlacing}
              />
            )}
          </div>
        ))}
        {!basket && (
          <CheckoutSubmit
            delivery={undefined}
            total={attempt.totals[values.delivery === 'collect' ? 'collect' : 'ship']}
            currency={currency}
            isPlacing={isPlacing}
          />
        )}
        {hasUnavailableItems ? <p className="mt-6 text-warn">{t.cart.unavailable}</p> : <LegalLinks />}
      </section>
    </Form>
  )
}

/** What was chosen, where the choices cannot be shown. */
const SubmittedChoices = ({ values }: { readonly values: Readonly<Record<string, string>> }) =>
  ['delivery', 'payment_method_ship', 'payment_method_collect'].map(name => (
    <input key={name} type="hidden" name={name} value={values[name] ?? ''} />
  ))

const DeliveryNote = ({ delivery }: { readonly delivery: string }) => {
  const { deliveryTime } = useShop()
  return delivery === 'ship' ? (
    <p className="mt-4 text-sm">{t.checkout.deliveryTime(deliveryTime)}</p>
  ) : (
    <p className="mt-4 text-sm">{t.checkout.collectNote}</p>
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
