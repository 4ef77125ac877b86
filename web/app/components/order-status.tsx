/** Status label and progress bar of an order. */
import type { OrderView } from '#src/orders/schema.ts'
import type { OrderStatus } from '#src/orders/status.ts'
import { t } from '../texts/texts.ts'

const COLOR_CLASS: Readonly<Record<OrderStatus, string>> = {
  confirmed: 'text-good',
  processing: 'text-good',
  shipped: 'text-good',
  delivered: 'text-soft',
  cancelled: 'text-bad',
}

const isKnown = (status: string): status is OrderStatus => Object.hasOwn(COLOR_CLASS, status)

type Props = { readonly order: OrderView }

/** A status that another client made up is shown as it is stored. */
const nameOf = (status: string, delivery: OrderView['delivery']): string => {
  if (!isKnown(status)) return status
  const isCollected = delivery === 'collect' && (status === 'shipped' || status === 'delivered')
  return isCollected ? t.order.collectStatus[status] : t.order.status[status]
}

export const OrderStatusLabel = ({ order: { status, delivery } }: Props) => (
  <span className={`font-semibold text-sm ${isKnown(status) ? COLOR_CLASS[status] : 'text-soft'}`}>
    {nameOf(status, delivery)}
  </span>
)

const STEPS: readonly OrderStatus[] = ['confirmed', 'processing', 'shipped', 'delivered']

/** Steps from confirmed to delivered, with the current one marked. */
export const OrderProgress = ({ order }: Props) => {
  const { status, delivery, payment } = order
  if (status === 'cancelled')
    return <p className="notice-bad">{payment.paid > 0 ? t.order.cancelledPaid : t.order.cancelled}</p>
  const at = isKnown(status) ? STEPS.indexOf(status) : -1
  if (at < 0) return <OrderStatusLabel order={order} />
  return (
    <ol aria-label={t.order.progress} className="order-progress">
      {STEPS.map((step, i) => (
        <li
          key={step}
          data-state={i < at ? 'done' : i === at ? 'now' : 'ahead'}
          aria-current={i === at ? 'step' : undefined}
        >
          {nameOf(step, delivery)}
        </li>
      ))}
    </ol>
  )
}
