/** Order history: the account's orders, or those placed as a guest in this browser. */
import { whoAmI } from '#src/accounts/api.ts'
import { listOrders } from '#src/orders/api.ts'
import { PaymentLabel } from '../components/order-payment.tsx'
import { OrderStatusLabel } from '../components/order-status.tsx'
import { useOrderDay } from '../components/use-shop.ts'
import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/orders'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const cursor = url.searchParams.get('cursor') ?? undefined
  const { readPrivate } = context.get(pageContext)
  const [page, { signed_in }] = await Promise.all([
    readPrivate(listOrders, { query: cursor ? { cursor } : {} }),
    readPrivate(whoAmI, {}),
  ])
  return { ...page, isFirst: cursor === undefined, isSignedIn: signed_in }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.order.title })

export default function Orders({ loaderData }: Route.ComponentProps) {
  const { items, next_cursor, isFirst, isSignedIn } = loaderData
  const orderDay = useOrderDay()
  const words = isSignedIn ? t.order.account : t.order.guest
  return (
    <div className="max-w-3xl py-8">
      <h1 className="page-title">{t.order.title}</h1>
      <p className="text-lg text-soft">{items.length > 0 ? words.intro : words.none}</p>
      {items.length > 0 && (
        <ul className="mt-6 border-line border-t">
          {items.map(order => (
            <li key={order.order_id} className="border-line border-b">
              <a href={`/orders/${order.order_id}`} className="order-row">
                <span className="min-w-0">
                  <span className="block font-serif text-xl">{t.order.orderFrom(orderDay(order))}</span>
                  <span className="block text-soft text-sm">
                    {t.order.number} {order.order_number}
                  </span>
                  <span className="block truncate text-soft text-sm">
                    {order.items.map(({ title }) => title).join(', ')}
                  </span>
                </span>
                <span className="shrink-0 text-right">
                  <OrderStatusLabel order={order} />
                  <PaymentLabel order={order} />
                  <span className="block text-sm tabular-nums">{money(order.total, order.currency)}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-8 flex flex-wrap gap-4">
        {!isFirst && (
          <a href="/orders" className="button-quiet">
            {t.order.newest}
          </a>
        )}
        {next_cursor !== null && (
          <a href={`/orders?${new URLSearchParams({ cursor: next_cursor })}`} className="button-quiet">
            {t.order.older}
          </a>
        )}
        <a href="/orders/find" className="button-quiet">
          {t.order.findLink}
        </a>
      </p>
    </div>
  )
}
