/** The payment of an order in plain words: on its page, in its print, and in lists of orders. */
import { storedCurrency } from '#src/core/currency.ts'
import { fromDecimal, minorUnits, toDecimal } from '#src/core/money.ts'
import type { OrderView } from '#src/orders/schema.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { useDay } from './use-shop.ts'

/** What was paid and is not refunded yet. */
export const keptAmount = ({ payment, currency: code }: OrderView): number => {
  const currency = storedCurrency(code)
  const [paid, refunded] = [payment.paid, payment.refunded].map(amount => fromDecimal(amount, currency))
  return toDecimal(minorUnits((paid ?? 0) - (refunded ?? 0)), currency)
}

const isCancelled = ({ status }: OrderView): boolean => status === 'cancelled'

/** Lines about what was paid, is to be paid and was refunded. */
const linesOf = (order: OrderView, day: (date: string) => string): string[] => {
  const { payment, currency } = order
  const { method, status, amount, paid, refunded, due_on } = payment
  const text = t.payment
  const due = due_on === undefined ? [] : [text.dueOn(day(due_on))]
  switch (status) {
    case 'not_recorded':
      return [isCancelled(order) ? text.nothingToPay : text.due.invoice]
    case 'voided':
      return [text.nothingToPay]
    case 'due':
      return isCancelled(order) ? [text.nothingToPay] : [text.due[method], ...due]
    case 'partly_paid':
      return [text.partlyPaid(money(paid, currency), money(amount, currency)), ...due]
    case 'paid':
      return [amount === 0 ? text.nothingToPay : text.paid[method]]
    case 'partly_refunded':
      return [text.paid[method], text.refunded(money(refunded, currency))]
    case 'refunded':
      return [text.refunded(money(refunded, currency))]
  }
}

/** The rows of an order's facts that concern its payment. */
export const PaymentFacts = ({ order }: { readonly order: OrderView }) => {
  const lines = linesOf(order, useDay())
  const { payment, currency, order_number } = order
  const kept = keptAmount(order)
  return (
    <>
      <div>
        <dt>{t.order.payment}</dt>
        <dd>
          {lines.map(line => (
            <p key={line}>{line}</p>
          ))}
          {isCancelled(order) && kept > 0 && <p>{t.payment.refunding(money(kept, currency))}</p>}
          {payment.disputed && <p>{t.payment.disputed}</p>}
        </dd>
      </div>
      {payment.bank_details && payment.bank_details.length > 0 && (
        <div>
          <dt>{t.payment.transferTo}</dt>
          <dd className="break-words">
            <TransferLines details={payment.bank_details} orderNumber={order_number} />
          </dd>
        </div>
      )}
    </>
  )
}

/** Where to transfer the money to, outside of a list of facts. */
export const BankDetails = ({ order: { payment, order_number } }: { readonly order: OrderView }) =>
  payment.bank_details && payment.bank_details.length > 0 ? (
    <div className="mt-4 break-words">
      <p className="text-soft text-sm">{t.payment.transferTo}</p>
      <TransferLines details={payment.bank_details} orderNumber={order_number} />
    </div>
  ) : null

const TransferLines = ({
  details,
  orderNumber,
}: {
  readonly details: readonly string[]
  readonly orderNumber: string
}) => (
  <>
    {details.map(line => (
      <p key={line}>{line}</p>
    ))}
    <p className="font-semibold">{t.payment.transferReference(orderNumber)}</p>
  </>
)

/** One line for lists; nothing where the status of the order says enough. */
export const PaymentLabel = ({ order }: { readonly order: OrderView }) => {
  const { status, due_on } = order.payment
  const day = useDay()
  if (status === 'not_recorded' || status === 'voided') return null
  if (status === 'due' && isCancelled(order)) return null
  const { short } = t.payment
  return (
    <span className="block text-soft text-sm">
      {status === 'due' && due_on !== undefined ? short.dueOn(day(due_on)) : short[status]}
    </span>
  )
}

/** What follows from an order that was just placed, as sentences. */
export const usePaymentNote = (): ((order: OrderView) => string) => {
  const day = useDay()
  return ({ payment: { method, status, due_on } }) => {
    const { next } = t.payment
    if (status === 'paid') return next.paid
    if (status !== 'due') return ''
    return method === 'transfer' && due_on !== undefined
      ? next.transfer(day(due_on))
      : next[method === 'collection' ? 'collection' : 'invoice']
  }
}
