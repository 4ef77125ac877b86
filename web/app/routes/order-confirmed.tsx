/** Order confirmation page. */
import { getOrder } from '#src/orders/api.ts'
import { BankDetails, usePaymentNote } from '../components/order-payment.tsx'
import { useShop } from '../components/use-shop.ts'
import { type OrderPage, toOrderPage } from '../loading/order-page.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/order-confirmed'

export const loader = async ({ context, params }: Route.LoaderArgs) =>
  toOrderPage(await context.get(pageContext).readPrivate(getOrder, { params: { order_id: params.orderId } }))

const titleOf = ({ status }: OrderPage['order']): string =>
  status === 'cancelled' ? t.order.cancelledTitle : t.order.confirmedTitle

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, { title: loaderData ? titleOf(loaderData.order) : t.order.title })

export default function Confirmed({ loaderData: { order, addressLines } }: Route.ComponentProps) {
  const { deliveryTime } = useShop()
  const paymentNote = usePaymentNote()
  const isCollected = order.delivery === 'collect'
  const isCancelled = order.status === 'cancelled'
  return (
    <div className="prose max-w-2xl py-12">
      <h1 className="page-title">{titleOf(order)}</h1>
      <p className="text-lg">
        {isCancelled
          ? order.payment.paid > 0
            ? t.order.cancelledPaid
            : t.order.cancelled
          : [
              t.order.confirmedTotal(money(order.total, order.currency)),
              paymentNote(order),
              ...(isCollected ? [] : [t.order.deliveryTime(deliveryTime)]),
            ].join(' ')}
      </p>
      <div className="panel">
        <p className="text-soft text-sm">{t.order.number}</p>
        <p className="font-semibold text-xl tracking-wide">{order.order_number}</p>
        <ul className="mt-4 space-y-1">
          {order.items.map(item => (
            <li key={item.book_id}>
              {item.quantity > 1 && `${item.quantity} × `}
              <span className="font-serif text-lg">{item.title}</span>
            </li>
          ))}
        </ul>
        <BankDetails order={order} />
        {addressLines.length > 0 && (
          <>
            <p className="mt-4 text-soft text-sm">{isCollected ? t.order.collectAt : t.order.shippingTo}</p>
            <p className="whitespace-pre-line break-words">{addressLines.join('\n')}</p>
          </>
        )}
      </div>
      <p>
        {order.email !== undefined && !isCancelled && `${t.order.confirmedEmail(order.email)} `}
        {t.order.confirmedFind}
      </p>
      <p className="flex flex-wrap gap-4">
        <a href={`/orders/${order.order_id}`} className="button">
          {t.order.view}
        </a>
        <a href="/" className="button-quiet">
          {t.shop.continueShopping}
        </a>
      </p>
    </div>
  )
}
