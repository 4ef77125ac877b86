/** The payment of an order as staff see it: amounts, journal entries, refunds, disputes. */
import type { OrderPayments, PaymentSummary } from '#src/payments/staff-schema.ts'
import { moment, money } from '../texts/format.ts'
import { payments as texts } from '../texts/staff-payments.ts'
import { useDay, useShop } from './use-shop.ts'

export const PaymentPanel = ({
  payments,
  currency,
}: {
  readonly payments: OrderPayments
  readonly currency: string
}) => {
  const { payment, entries, refunds, disputes } = payments
  const { timeZone } = useShop()
  const at = (instant: string) => moment(instant, timeZone)
  const amount = (value: number) => money(value, currency)
  return (
    <section aria-labelledby="payment" className="mt-10 print:hidden">
      <h2 id="payment" className="section-title">
        {texts.panel}
      </h2>
      {payment ? <Amounts payment={payment} /> : <p>{texts.notRecorded}</p>}
      <Rows
        title={texts.entries}
        rows={entries.map(entry => ({
          what: [texts.kinds[entry.kind], texts.methods[entry.by] ?? entry.by, entry.reference],
          when: `${at(entry.at)}, ${texts.by(entry.actor)}`,
          amount: amount(entry.amount),
        }))}
      />
      <Rows
        title={texts.refunds}
        rows={refunds.map(refund => ({
          what: [texts.refundStates[refund.state], refund.reason],
          when: `${at(refund.created_at)}, ${texts.by(refund.actor)}`,
          amount: amount(refund.amount),
        }))}
      />
      <Rows
        title={texts.disputes}
        rows={disputes.map(dispute => ({
          what: [texts.disputeStates[dispute.state]],
          when: at(dispute.created_at),
          amount: amount(dispute.amount),
        }))}
      />
    </section>
  )
}

const Amounts = ({ payment }: { readonly payment: PaymentSummary }) => {
  const { method, status, currency, amount, paid, refunded, due_on } = payment
  const { pending_refunds, outstanding, refundable, disputed } = payment
  const day = useDay()
  const due = due_on !== undefined && outstanding > 0 ? `, ${texts.dueOn(day(due_on))}` : ''
  const amounts: readonly (readonly [string, number, boolean])[] = [
    [texts.amount, amount, true],
    [texts.paid, paid, true],
    [texts.outstanding, outstanding, outstanding > 0],
    [texts.refunded, refunded, refunded > 0],
    [texts.pending, pending_refunds, pending_refunds > 0],
    [texts.disputed, disputed, disputed > 0],
    [texts.refundable, refundable, paid > 0],
  ]
  return (
    <dl className="facts">
      <div>
        <dt>{texts.method}</dt>
        <dd>{texts.methods[method]}</dd>
      </div>
      <div>
        <dt>{texts.status}</dt>
        <dd>
          {texts.statuses[status]}
          {due}
        </dd>
      </div>
      {amounts
        .filter(([, , isShown]) => isShown)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="tabular-nums">{money(value, currency)}</dd>
          </div>
        ))}
    </dl>
  )
}

type Row = {
  readonly what: readonly (string | undefined)[]
  readonly when: string
  readonly amount: string
}

/** A list with amounts, where there is anything to show. */
const Rows = ({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) =>
  rows.length === 0 ? null : (
    <>
      <h3 className="mt-6 mb-1 font-semibold">{title}</h3>
      <ul className="border-line border-t">
        {rows.map(({ what, when, amount }) => (
          <li
            key={`${when} ${what} ${amount}`}
            className="flex justify-between gap-6 border-line border-b py-2"
          >
            <span className="min-w-0">
              <span className="block break-words">{what.filter(Boolean).join(', ')}</span>
              <span className="block break-words text-soft text-sm">{when}</span>
            </span>
            <span className="shrink-0 tabular-nums">{amount}</span>
          </li>
        ))}
      </ul>
    </>
  )
