/** Status label and progress bar of an order. */
import type { OrderView } from '#src/orders/schema.ts'
import { t } from '../texts/texts.ts'

type Status = OrderView['status']

const COLOR_CLASS: Readonly<Record<Status, string>> = {
  confirmed: 'text-good',
  processing: 'text-good',
  shipped: 'text-good',
  delivered: 'text-soft',
  cancelled: 'text-bad',
}

export const OrderStatusLabel = ({ status }: { readonly status: Status }) => (
  <span className={`font-semibold text-sm ${COLOR_CLASS[status]}`}>{t.order.status[status]}</span>
)

const STEPS: readonly Status[] = ['confirmed', 'processing', 'shipped', 'delivered']

/** Steps from confirmed to delivered, with the current one marked. */
export const OrderProgress = ({ status }: { readonly status: Status }) => {
  if (status === 'cancelled') return <p className="notice-bad">{t.order.cancelled}</p>
  const at = STEPS.indexOf(status)
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
