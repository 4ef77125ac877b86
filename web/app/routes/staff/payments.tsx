/** Payments that staff must look at: to review, disputed, due. */
import { dayIn } from '#src/core/days.ts'
import { listPayments } from '#src/payments/staff-api.ts'
import type { PaymentSummary } from '#src/payments/staff-schema.ts'
import { QuietNotice } from '../../components/quiet-notice.tsx'
import { useDay } from '../../components/use-shop.ts'
import { pageContext } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { money } from '../../texts/format.ts'
import { staff } from '../../texts/staff.ts'
import { payments as texts } from '../../texts/staff-payments.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/payments'

const QUEUES = ['review', 'disputed', 'due'] as const
type Queue = (typeof QUEUES)[number]

const DAY_MS = 86_400_000

/** Days since the day `due`; 0 where it has not passed. */
const overdueDays = (due: string | undefined, today: string): number =>
  due === undefined ? 0 : Math.max(0, (Date.parse(today) - Date.parse(due)) / DAY_MS)

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { isQuiet } = await requireStaff(ctx, url)
  const queue = QUEUES.find(one => one === url.searchParams.get('state')) ?? 'review'
  const isOverdue = queue === 'due' && url.searchParams.has('overdue')
  const cursor = url.searchParams.get('cursor')
  const { items, next_cursor } = await ctx.readPrivate(listPayments, {
    query: { state: queue, ...(isOverdue ? { overdue: 'true' } : {}), ...(cursor ? { cursor } : {}) },
  })
  const today = dayIn(ctx.shop.timeZone, new Date())
  return {
    isQuiet,
    queue,
    isOverdue,
    next: next_cursor,
    items: items.map(payment => ({ payment, overdue: overdueDays(payment.due_on, today) })),
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: texts.title })

const pathOf = (params: Readonly<Record<string, string>>): string =>
  `/staff/payments?${new URLSearchParams(params)}`

export default function Payments({ loaderData }: Route.ComponentProps) {
  const { isQuiet, queue, isOverdue, items, next } = loaderData
  return (
    <div className="max-w-4xl py-8">
      <p className="text-sm">
        <a href="/staff" className="link inline-flex min-h-6 items-center">
          {staff.backToDashboard}
        </a>
      </p>
      <h1 className="page-title mt-2">{texts.title}</h1>
      <QuietNotice isQuiet={isQuiet} />
      <nav aria-label={texts.title} className="flex flex-wrap gap-x-6">
        {QUEUES.map(one => (
          <a
            key={one}
            href={pathOf({ state: one })}
            aria-current={one === queue ? 'page' : undefined}
            className="nav-link"
          >
            {texts.tabs[one]}
          </a>
        ))}
      </nav>
      {queue === 'due' && (
        <p className="mt-3">
          <a
            href={pathOf(isOverdue ? { state: queue } : { state: queue, overdue: '' })}
            className="link inline-flex min-h-6 items-center"
          >
            {isOverdue ? texts.allDue : texts.overdueOnly}
          </a>
        </p>
      )}
      {items.length === 0 && <p className="mt-6 text-soft">{texts.none[queue]}</p>}
      {items.length > 0 && (
        <ul className="mt-4 border-line border-t">
          {items.map(({ payment, overdue }) => (
            <li key={payment.order_id} className="border-line border-b">
              <PaymentRow payment={payment} queue={queue} overdue={overdue} />
            </li>
          ))}
        </ul>
      )}
      {next !== null && (
        <p className="mt-6">
          <a
            href={pathOf({ state: queue, ...(isOverdue ? { overdue: '' } : {}), cursor: next })}
            className="button-quiet"
          >
            {t.list.next}
          </a>
        </p>
      )}
    </div>
  )
}

type RowProps = { readonly payment: PaymentSummary; readonly queue: Queue; readonly overdue: number }

const PaymentRow = ({ payment, queue, overdue }: RowProps) => {
  const day = useDay()
  const { order_id, order_number, method, currency, due_on, review, disputed } = payment
  const amounts = { review: payment.paid || payment.amount, disputed, due: payment.outstanding }
  const why = {
    review: review === undefined ? '' : (texts.reasons[review] ?? review),
    disputed: texts.inDispute(money(disputed, currency)),
    due: due_on === undefined ? texts.dueAtDesk : texts.dueOn(day(due_on)),
  }
  return (
    <a href={`/staff/orders/${encodeURIComponent(order_id)}`} className="order-row">
      <span className="min-w-0">
        <span className="block">{order_number}</span>
        <span className="block text-soft text-sm">{why[queue]}</span>
      </span>
      <span className="shrink-0 text-right">
        {queue === 'due' && overdue > 0 && (
          <span className="block font-semibold text-bad text-sm">{texts.overdue(overdue)}</span>
        )}
        <span className="block text-soft text-sm">
          {payment.has_order ? texts.methods[method] : texts.withoutOrder}
        </span>
        <span className="block tabular-nums">{money(amounts[queue], currency)}</span>
      </span>
    </a>
  )
}
