/**
 * Refunds. The amount is reserved first, by the version of the payment, and only then is the provider asked: so refunds at the same
 * time never give back more than was paid, and one of which the answer is lost is asked for again under the same id.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BookKey } from '../catalog/table.ts'
import { storedCurrency } from '../core/currency.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { type MinorUnits, toDecimal } from '../core/money.ts'
import { backoff } from '../core/retry.ts'
import type { Order } from '../orders/schema.ts'
import { type StockReturn, stockReturns } from '../orders/stock-returns.ts'
import { askProvider } from './ask-provider.ts'
import type { MoneyDeps, PaymentDeps } from './deps.ts'
import { amountOfLines, assertRestockable, freeAmount, type RefundAmount, shareOf } from './refund-amounts.ts'
import { isHosted, type NewRefund, newRefund, refundWrites } from './refund-writes.ts'
import type { Copies, Payment, PaymentRecords } from './schema.ts'
import { refundable } from './state.ts'

export type RefundDeps = MoneyDeps & Pick<PaymentDeps, 'books' | 'booksChanged'>

/** What is to be given back: an amount, the price of copies and shipping, or whatever can be. */
export type RefundWish =
  | { readonly amount: MinorUnits }
  | { readonly lines: readonly Copies[]; readonly shipping: boolean }
  | 'all'

export type RefundRequest = {
  readonly refundId: string
  /** Tells whether the same id is sent again with another request. */
  readonly requestHash: string
  readonly actor: string
  readonly wish: RefundWish
  readonly restock: readonly Copies[]
  readonly reason: string | undefined
  /** Whether it ends the review of the payment. */
  readonly endsReview?: boolean
}

const MAX_CONFLICTS = 10
const pauseAfter = backoff(5, 200)

export const refundNotPossible = (why: string): ShopError => new ShopError('refund_not_possible', why)

/**
 * Refunds a payment, or a part of it. The same request again changes nothing. Money that no provider has taken counts as given back at
 * once: staff hand it over. Throws refund_not_possible, refund_too_large, idempotency_key_reused and store_busy.
 */
export const requestRefund = async (
  deps: RefundDeps,
  orderId: string,
  request: RefundRequest,
): Promise<void> => {
  let missing: readonly BookKey[] = []
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    const records = await deps.paymentTable.records(orderId)
    if (!records) throw refundNotPossible('No payment of this order is recorded.')
    if (isRepeated(records, request)) return
    // Read after the payment: a cancellation changes both, so none can come between unseen.
    const order = await deps.orders.get(records.payment.user_id, orderId)
    const { refund, writes, returns } = await reserve(deps, records, order, request, missing)
    const rejection = await rejectionOf(deps.db.transact(writes))
    if (!rejection) {
      deps.booksChanged(returns.map(({ key }) => key))
      if (refund.state === 'pending') await askProvider(deps, records.payment, refund)
      return
    }
    missing = [...missing, ...returns.filter(one => rejection.failed.has(one.write)).map(({ key }) => key)]
    await sleep(pauseAfter(++conflicts))
  }
  throw new ShopError('store_busy', 'This payment is being changed at the same time. Please try again.')
}

/** Whether the request was carried out before. Throws idempotency_key_reused where another one was, under its id. */
const isRepeated = ({ refunds }: PaymentRecords, { refundId, requestHash }: RefundRequest): boolean => {
  const earlier = refunds.find(({ refund_id }) => refund_id === refundId)
  if (!earlier) return false
  if (earlier.request_hash === requestHash) return true
  throw new ShopError(
    'idempotency_key_reused',
    'This Idempotency-Key was already used for a different refund. Send a new key.',
  )
}

/** What a refund would give back. Throws as `requestRefund` does, and changes nothing. */
export const previewRefund = async (
  { paymentTable, orders }: Pick<RefundDeps, 'paymentTable' | 'orders'>,
  orderId: string,
  { wish, restock }: Pick<RefundRequest, 'wish' | 'restock'>,
): Promise<RefundAmount & { readonly payment: Payment }> => {
  const records = await paymentTable.records(orderId)
  if (!records) throw refundNotPossible('No payment of this order is recorded.')
  const { payment } = records
  const order = await orders.get(payment.user_id, orderId)
  const amount = shareOf(order, records, wishedAmount(records, order, wish))
  assertRefundable(payment, amount.amount)
  if (restock.length > 0) restockedItems(order, records, restock)
  return { ...amount, payment }
}

type Reserved = {
  readonly refund: NewRefund
  readonly writes: readonly Write[]
  readonly returns: readonly StockReturn[]
}

const reserve = async (
  deps: RefundDeps,
  records: PaymentRecords,
  order: Order | undefined,
  request: RefundRequest,
  missing: readonly BookKey[],
): Promise<Reserved> => {
  const { payment } = records
  const { actor, restock, reason, requestHash } = request
  const now = deps.now()
  const amount = shareOf(order, records, wishedAmount(records, order, request.wish))
  assertRefundable(payment, amount.amount)
  const items = restock.length === 0 ? [] : restockedItems(order, records, restock)
  const returns = items.length === 0 ? [] : await stockReturns(deps, { items }, missing)
  const refund: NewRefund = {
    ...newRefund(payment, request, amount, isHosted(payment) ? 'pending' : 'succeeded', now),
    request_hash: requestHash,
    ...(restock.length === 0 ? {} : { restock: [...restock] }),
    ...(reason === undefined ? {} : { reason }),
  }
  const { refund_id, state } = refund
  const after = { refund_id, state, amount: refund.amount, ...(restock.length === 0 ? {} : { restock }) }
  const writes = [
    ...refundWrites(deps, records, refund, request.endsReview ? { review: undefined } : {}),
    ...deps.orders.audit({ actor, what: 'payment.refund', after }, payment, now),
    ...(state === 'succeeded' && order?.email !== undefined
      ? [deps.orders.announce(order, 'payment_refunded', now, refund_id)]
      : []),
    ...returns.map(({ write }) => write),
  ]
  return { refund, writes, returns }
}

const wishedAmount = (
  { payment, refunds }: PaymentRecords,
  order: Order | undefined,
  wish: RefundWish,
): RefundAmount => {
  if (wish === 'all') return freeAmount(order, refunds, refundable(payment))
  if ('amount' in wish) return freeAmount(order, refunds, wish.amount)
  if (!order) throw refundNotPossible('There is no order whose lines could be refunded.')
  return amountOfLines(order, refunds, wish)
}

const assertRefundable = (payment: Payment, amount: MinorUnits): void => {
  const { captured, refunded, reserved } = payment
  const left = refundable(payment)
  if (captured === 0) throw refundNotPossible('Nothing was paid for this order.')
  if (amount > 0 && amount <= left) return
  if (amount <= 0) throw refundNotPossible('There is nothing to refund.')
  if (amount <= captured - refunded - reserved)
    throw refundNotPossible(
      'This payment is disputed: the bank decides who gets the money, so it cannot be refunded as well.',
    )
  throw new ShopError('refund_too_large', 'This is more than can still be refunded.', {
    refundable: toDecimal(left, storedCurrency(payment.currency)),
  })
}

/** The lines of the order that are in stock again. Throws refund_not_possible where they were not sold, or are already. */
const restockedItems = (
  order: Order | undefined,
  { refunds }: PaymentRecords,
  restock: readonly Copies[],
): Order['items'] => {
  if (!order) throw refundNotPossible('There is no order whose copies could be returned to stock.')
  if (order.status === 'cancelled')
    throw refundNotPossible('This order is canceled: its copies are in stock already.')
  assertRestockable(order, refunds, restock)
  return restock.flatMap(({ book_id, quantity }) => {
    const line = order.items.find(item => item.book_id === book_id)
    return line ? [{ ...line, quantity }] : []
  })
}
