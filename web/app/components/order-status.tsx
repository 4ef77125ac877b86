/** Status label and progress bar of an order. */
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

/** A status that another client made up is shown as it is stored. */
export const OrderStatusLabel = ({ status }: { readonly status: string }) => (
  <span className={`font-semibold text-sm ${isKnown(status) ? COLOR_CLASS[status] : 'text-soft'}`}>
    {isKnown(status) ? t.order.status[status] : status}
  </span>
)

const STEPS: readonly OrderStatus[] = ['confirmed', 'processing', 'shipped', 'delivered']

/** Steps from confirmed to delivered, with the current one marked. */
export const OrderProgress = ({ status }: { readonly status: string }) => {
  if (status === 'cancelled') return <p className="notice-bad">{t.order.cancelled}</p>
  const at = isKnown(status) ? STEPS.indexOf(status) : -1
  if (at < 0) return <OrderStatusLabel status={status} />
  return (
    <ol aria-label={t.order.progress} className="order-progress">
      {STEPS.map((step, i) => (
        <li
          key={step}
          data-state={i < at ? 'done' : i === at ? 'now' : 'ahead'}
          aria-current={i === at ? 'step' : undefined}
        >
          {t.order.status[step]}
        </li>
      ))}
    </ol>
  )
}
