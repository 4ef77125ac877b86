/** Checkout page. Fields are prefilled for signed-in customers. */
import { data, redirect, redirectDocument } from 'react-router'
import { getCart } from '#src/cart/api.ts'
import { getCheckoutOptions } from '#src/payments/api.ts'
import { COUNTRY_INTENT } from '../components/address-fields.tsx'
import { CheckoutForm } from '../components/checkout-form.tsx'
import { addressForm } from '../forms/address-form.server.ts'
import { checkoutPrefill } from '../forms/checkout-prefill.server.ts'
import { countryForCurrency } from '../forms/default-country.server.ts'
import {
  type CheckoutActionData,
  keepAvailableItems,
  showCountry,
  submitOrder,
} from '../forms/place-order.server.ts'
import { type PageContext, pageContext } from '../loading/page-context.ts'
import { revalidateAfterAction } from '../loading/revalidate.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { countries } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/checkout'

export const loader = async ({ context, request, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { readPrivate, currency, isFormSubmission } = ctx
  // After a submission the page must render even without a cart: it shows the submitted values.
  const basket = await Promise.all([readPrivate(getCart, {}), readPrivate(getCheckoutOptions, {})]).catch(
    (error: unknown) => {
      if (isFormSubmission) return undefined
      throw error
    },
  )
  const [cart, options] = basket ?? []
  const isEmpty = cart?.items.length === 0
  if (isEmpty && !isFormSubmission) throw redirect('/cart', 303)
  const prefill = request.headers.has('cookie')
    ? await checkoutPrefill(ctx, url.searchParams.get('address'))
    : undefined
  // The idempotency key makes repeated submissions one order.
  return {
    basket: cart && options && !isEmpty ? { cart, options } : undefined,
    currency,
    orderKey: crypto.randomUUID(),
    countries,
    addressForm: addressForm(prefill?.values.country || countryForCurrency(currency)),
    prefill,
  }
}

const submit = async (ctx: PageContext, form: FormData): Promise<CheckoutActionData> => {
  const intent = form.get('intent')
  if (intent === 'mend') return keepAvailableItems(ctx, form)
  return intent === COUNTRY_INTENT ? showCountry(form) : submitOrder(ctx, form)
}

export const action = async ({ context, request }: Route.ActionArgs) => {
  const ctx = context.get(pageContext)
  const form = await request.formData()
  const answer = await submit(ctx, form)
  const headers = ctx.responseHeaders()
  // Its own document: the payment page is none of ours.
  if ('paymentUrl' in answer) return redirectDocument(answer.paymentUrl, { status: 303, headers })
  if ('orderId' in answer) return redirect(`/orders/${answer.orderId}/confirmed`, { status: 303, headers })
  return data(answer, { status: answer.status, headers })
}

export const shouldRevalidate = revalidateAfterAction

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.checkout.title })

export default function Checkout({ loaderData, actionData }: Route.ComponentProps) {
  return (
    <div className="py-8">
      <h1 className="page-title">{t.checkout.title}</h1>
      <CheckoutForm {...loaderData} answer={actionData && 'values' in actionData ? actionData : undefined} />
    </div>
  )
}
