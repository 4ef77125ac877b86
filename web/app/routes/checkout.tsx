/** The checkout of a guest: address, exact total, one button. */
import { data, redirect } from 'react-router'
import { getCart } from '../../../src/cart/api.ts'
import { CheckoutForm } from '../parts/checkout-form.tsx'
import { pageMeta } from '../shop/page-meta.ts'
import { submitOrder, takeWhatIsLeft } from '../shop/place-order.server.ts'
import { afterEveryTry } from '../shop/revalidate.ts'
import { visitContext } from '../shop/visit.ts'
import { countries } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/checkout'

const HOME_OF: Readonly<Record<string, string>> = {
  USD: 'US',
  GBP: 'GB',
  CAD: 'CA',
  AUD: 'AU',
  CHF: 'CH',
  JPY: 'JP',
}

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { readMine, currency, isForm } = context.get(visitContext)
  // The answer to a form stands by itself, whatever has become of the cart: what was typed is in it.
  const cart = await readMine(getCart, {}).catch((error: unknown) => {
    if (isForm) return undefined
    throw error
  })
  if (cart?.items.length === 0 && !isForm) throw redirect('/cart', 303)
  // The key of this very checkout: however often its button is pressed, it is one order.
  return {
    cart: cart?.items.length === 0 ? undefined : cart,
    currency,
    orderKey: crypto.randomUUID(),
    countries,
    country: HOME_OF[currency] ?? '',
  }
}

export const action = async ({ context, request }: Route.ActionArgs) => {
  const visit = context.get(visitContext)
  const form = await request.formData()
  const answer = await (form.get('intent') === 'mend'
    ? takeWhatIsLeft(visit, form)
    : submitOrder(visit, form))
  const headers = visit.answerHeaders()
  if ('orderId' in answer) return redirect(`/orders/${answer.orderId}/confirmed`, { status: 303, headers })
  return data(answer, { status: answer.status, headers })
}

export const shouldRevalidate = afterEveryTry

export const meta: Route.MetaFunction = () => pageMeta({ title: t.checkout.title })

export default function Checkout({ loaderData, actionData }: Route.ComponentProps) {
  return (
    <div className="py-8">
      <h1 className="page-title">{t.checkout.title}</h1>
      <CheckoutForm {...loaderData} answer={actionData && 'typed' in actionData ? actionData : undefined} />
    </div>
  )
}
