/** The checkout: address, exact total, one button. Who is signed in finds the fields filled. */
import { data, redirect } from 'react-router'
import { getCart } from '#src/cart/api.ts'
import { CheckoutForm } from '../components/checkout-form.tsx'
import { checkoutPrefill } from '../forms/checkout-prefill.server.ts'
import { homeCountry } from '../forms/home-country.server.ts'
import { submitOrder, takeWhatIsLeft } from '../forms/place-order.server.ts'
import { afterEveryTry } from '../loading/revalidate.ts'
import { visitContext } from '../loading/visit.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { countries } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/checkout'

export const loader = async ({ context, request, url }: Route.LoaderArgs) => {
  const visit = context.get(visitContext)
  const { readMine, currency, isForm } = visit
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
    home: homeCountry(currency),
    prefill: request.headers.has('cookie')
      ? await checkoutPrefill(visit, url.searchParams.get('address'))
      : undefined,
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
