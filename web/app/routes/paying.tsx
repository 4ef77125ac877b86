/**
 * Page to which shoppers return from paying. Each load asks the provider what was paid, so it needs no script: while that is not
 * known, the page loads itself again some times.
 */
import { data, redirect } from 'react-router'
import { type CheckoutView, cancelCheckout, getCheckout } from '#src/payments/api.ts'
import { SubmitButton } from '../components/submit-button.tsx'
import { useShop } from '../components/use-shop.ts'
import { retryMessageFor } from '../forms/retry-message.server.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { money, timeOfDay } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/paying'

const MAX_REFRESHES = 5
const REFRESH_SECONDS = 2
/** Query parameters: how often the page has loaded itself again, and that the shopper came back without paying. */
const REFRESHES = 'refreshes'
const BACK = 'back'

/** What the page says, by the name of its texts. */
type Shown =
  | 'checking'
  | 'unfinished'
  | 'back'
  | 'processing'
  | 'released'
  | 'review'
  | 'unreachable'
  | 'unknown'

const pathOf = (checkoutId: string): string => `/checkout/paying/${encodeURIComponent(checkoutId)}`
const orderPath = (orderId: string): string => `/orders/${encodeURIComponent(orderId)}/confirmed`

const shownOf = ({ state }: CheckoutView, isBack: boolean, isLast: boolean): Shown => {
  if (state === 'processing' || state === 'released' || state === 'review') return state
  if (isBack) return 'back'
  return isLast ? 'unfinished' : 'checking'
}

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const refreshes = Number(url.searchParams.get(REFRESHES)) || 0
  const isLast = refreshes >= MAX_REFRESHES
  const next = `${pathOf(params.checkoutId)}?${REFRESHES}=${refreshes + 1}`
  try {
    const { call } = context.get(pageContext)
    const checkout = await call(getCheckout, { params: { checkout_id: params.checkoutId } })
    if (checkout.state === 'confirmed') return redirect(orderPath(checkout.order_id), 303)
    const shown = shownOf(checkout, url.searchParams.has(BACK), isLast)
    return { checkout, shown, ...(shown === 'checking' ? { next } : {}) }
  } catch (error) {
    const { code } = toShopError(error)
    if (code === 'checkout_not_found' || code === 'invalid_request')
      return data({ shown: 'unknown' as const }, { status: 404 })
    const { status } = retryMessageFor(error)
    return data({ shown: 'unreachable' as const, ...(isLast ? {} : { next }) }, { status })
  }
}

/** Ends the payment, so that another way can be chosen at checkout. */
export const action = async ({ context, params }: Route.ActionArgs) => {
  try {
    const { call } = context.get(pageContext)
    const { state, order_id } = await call(cancelCheckout, { params: { checkout_id: params.checkoutId } })
    if (state === 'confirmed') return redirect(orderPath(order_id), 303)
    return redirect(state === 'released' ? '/checkout' : pathOf(params.checkoutId), 303)
  } catch (error) {
    if (toShopError(error).code === 'checkout_not_found') return redirect(pathOf(params.checkoutId), 303)
    return data({ problem: t.paying.notCancelled }, { status: retryMessageFor(error).status })
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) => [
  ...pageMeta(matches, { title: loaderData ? t.paying[loaderData.shown].title : t.paying.title }),
  ...(loaderData && 'next' in loaderData
    ? [{ httpEquiv: 'refresh', content: `${REFRESH_SECONDS}; url=${loaderData.next}` }]
    : []),
]

export default function Paying({ loaderData, actionData }: Route.ComponentProps) {
  const { shown } = loaderData
  const checkout = 'checkout' in loaderData ? loaderData.checkout : undefined
  const { title, text } = t.paying[shown]
  return (
    <div className="prose max-w-2xl py-12">
      <h1 className="page-title">{title}</h1>
      {actionData && (
        <p role="alert" className="notice-bad">
          {actionData.problem}
        </p>
      )}
      <p className="text-lg" role={shown === 'checking' ? 'status' : undefined}>
        {text}
      </p>
      {checkout && <Held checkout={checkout} />}
      <div className="flex flex-wrap items-center gap-4">
        <NextSteps shown={shown} checkout={checkout} />
      </div>
    </div>
  )
}

/** What is paid for, and until when it is held. */
const Held = ({ checkout }: { readonly checkout: CheckoutView }) => {
  const { timeZone } = useShop()
  const { items, total, currency, order_number, hold_until } = checkout
  return (
    <div className="panel">
      <p className="text-soft text-sm">{t.paying.order(order_number)}</p>
      <ul className="mt-2 space-y-1">
        {items.map(({ book_id, title, quantity }) => (
          <li key={book_id}>
            {quantity > 1 && `${quantity} × `}
            <span className="font-serif text-lg">{title}</span>
          </li>
        ))}
      </ul>
      <p className="mt-4 font-semibold">
        {t.paying.total}: <span className="tabular-nums">{money(total, currency)}</span>
      </p>
      {hold_until !== undefined && (
        <p className="mt-1 text-soft text-sm">{t.paying.heldUntil(timeOfDay(hold_until, timeZone))}</p>
      )}
    </div>
  )
}

const NextSteps = ({
  shown,
  checkout,
}: {
  readonly shown: Shown
  readonly checkout: CheckoutView | undefined
}) => {
  if (shown === 'released')
    return (
      <a href="/checkout" className="button">
        {t.paying.toCheckout}
      </a>
    )
  if (shown === 'unknown')
    return (
      <a href="/orders/find" className="button">
        {t.shop.findOrder}
      </a>
    )
  const again = (
    <a href="?" rel="external" className="button-quiet">
      {t.paying.refresh}
    </a>
  )
  if (shown === 'unreachable' || shown === 'processing') return again
  if (shown === 'review') return null
  return (
    <>
      {checkout?.payment_url !== undefined && (
        <a href={checkout.payment_url} rel="external" className="button">
          {t.paying.continue}
        </a>
      )}
      {/* Without scripts in any case: the page may load itself again in the middle of it. */}
      <form method="post">
        <SubmitButton text={t.paying.other} className="button-quiet" />
      </form>
      {shown === 'unfinished' && again}
    </>
  )
}
