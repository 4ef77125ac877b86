/** What a payment becomes by the refunds and disputes that its provider names: pure, and the same for a list that comes again. */
import { type MinorUnits, minorUnits } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import type { DisputeState, RefundState, Seen, SeenDispute, SeenRefund } from './provider.ts'
import { freeAmount, shareOf } from './refund-amounts.ts'
import type { Dispute, Entry, Payment, PaymentRecords, Refund } from './schema.ts'

/** A refund as it is known to be; without the provider's id where the provider has none. */
export type RefundNews = Omit<SeenRefund, 'id'> & { readonly id: string | undefined }
export type MoneyNews = {
  readonly refunds: readonly RefundNews[]
  readonly disputes: Seen['disputes']
}

type Unversioned<T> = Omit<T, 'version'>
export type RefundChange = { readonly before: Refund | undefined; readonly after: Unversioned<Refund> }

export type SyncPlan = {
  readonly payment: Payment
  readonly refunds: readonly RefundChange[]
  readonly disputes: readonly Dispute[]
  readonly entries: readonly Entry[]
}

/** Refunds, and disputes, in one transaction, which has at most 100 writes. */
const MAX_CHANGES = 6
/** How long after the provider has taken a refund on it is asked what became of it (ms). */
const PENDING_MS = 6 * 3_600_000

/** A state is only replaced by a later one: what was seen may be older than what is known. */
const REFUND_STEP: Readonly<Record<RefundState, number>> = {
  pending: 0,
  succeeded: 1,
  failed: 2,
  cancelled: 2,
}
const DISPUTE_STEP: Readonly<Record<DisputeState, number>> = {
  needs_response: 0,
  under_review: 1,
  won: 2,
  lost: 2,
}

const isNews = (before: Refund | undefined, news: RefundNews): boolean => {
  if (before === undefined) return true
  if (REFUND_STEP[news.state] > REFUND_STEP[before.state]) return true
  // The provider has it under an id by now: also where the shop took it for refused.
  return before.ref === undefined && news.id !== undefined
}

const isDisputeNews = (before: Dispute | undefined, { state, amount }: SeenDispute): boolean =>
  before === undefined ||
  (DISPUTE_STEP[state] >= DISPUTE_STEP[before.state] && (state !== before.state || amount !== before.amount))

type Found = { readonly before: Refund | undefined; readonly news: RefundNews }

const findRefund = ({ refunds }: PaymentRecords, news: RefundNews): Found => ({
  before: refunds.find(
    ({ refund_id, ref }) => refund_id === news.refundId || (news.id !== undefined && ref === news.id),
  ),
  news,
})

const newsOf = (records: PaymentRecords, { refunds, disputes }: MoneyNews) => ({
  refunds: refunds
    .map(news => findRefund(records, news))
    .filter(({ before, news }) => isNews(before, news))
    // One that was not known before is alone, because its tax depends on what the others have returned.
    .filter((found, i, all) => found.before || all.findIndex(({ before }) => !before) === i)
    .slice(0, MAX_CHANGES),
  disputes: disputes
    .filter(one =>
      isDisputeNews(
        records.disputes.find(({ dispute_id }) => dispute_id === one.id),
        one,
      ),
    )
    .slice(0, MAX_CHANGES),
})

/** Whether the payment does not say yet what is known of it. */
export const hasNews = (records: PaymentRecords, news: MoneyNews): boolean => {
  const { refunds, disputes } = newsOf(records, news)
  return refunds.length > 0 || disputes.length > 0
}

const isGone = ({ state }: Pick<Refund, 'state'>): boolean => state === 'failed' || state === 'cancelled'
const amountIn = (refund: Pick<Refund, 'state' | 'amount'> | undefined, state: RefundState): number =>
  refund?.state === state ? refund.amount : 0
const plus = (amount: MinorUnits, by: number): MinorUnits => minorUnits(amount + by)

/** The next step of a payment towards what is known of it: several are needed where there is very much news. */
export const planSync = (
  records: PaymentRecords,
  news: MoneyNews,
  order: Order | undefined,
  now: Date,
): SyncPlan => {
  const at = now.toISOString()
  const next = newsOf(records, news)
  const refunds = next.refunds.map(found => refundChange(records, found, order, now))
  const disputes = next.disputes.map(one => disputeAfter(records, one, at))
  const isAgain = (id: string) => disputes.some(({ dispute_id }) => dispute_id === id)
  const allDisputes = [...records.disputes.filter(one => !isAgain(one.dispute_id)), ...disputes]
  const changed = (state: RefundState): number =>
    refunds.reduce((all, { before, after }) => all + amountIn(after, state) - amountIn(before, state), 0)
  const { payment } = records
  const hasFailed = refunds.some(({ before, after }) => before && !isGone(before) && isGone(after))
  const review = payment.review ?? (hasFailed ? 'refund_failed' : undefined)
  return {
    payment: {
      ...payment,
      reserved: plus(payment.reserved, changed('pending')),
      refunded: plus(payment.refunded, changed('succeeded')),
      disputed: minorUnits(
        allDisputes.reduce((all, { state, amount }) => all + (state === 'won' ? 0 : amount), 0),
      ),
      in_dispute: allDisputes.some(({ state }) => state === 'needs_response' || state === 'under_review'),
      ...(review === undefined ? {} : { review }),
      updated_at: at,
    },
    refunds,
    disputes,
    entries: refunds.flatMap(change => entriesOf(payment, change, at)),
  }
}

const refundChange = (
  { payment, refunds }: PaymentRecords,
  { before, news }: Found,
  order: Order | undefined,
  now: Date,
): RefundChange => {
  const at = now.toISOString()
  const { id, refundId, amount, state } = news
  const due_at = state === 'pending' ? new Date(now.getTime() + PENDING_MS).toISOString() : undefined
  const { due_at: _, ...known } = before ?? {
    order_id: payment.order_id,
    refund_id: refundId ?? String(id),
    amount,
    tax: shareOf(order, { payment, refunds }, freeAmount(order, refunds, amount)).tax,
    actor: 'provider',
    created_at: at,
  }
  return {
    before,
    after: {
      ...known,
      state,
      ...(id === undefined ? {} : { ref: id }),
      ...(due_at === undefined ? {} : { due_at }),
      updated_at: at,
    },
  }
}

const disputeAfter = (
  { payment, disputes }: PaymentRecords,
  { id, amount, state }: SeenDispute,
  at: string,
): Dispute => ({
  order_id: payment.order_id,
  dispute_id: id,
  amount,
  state,
  created_at: disputes.find(({ dispute_id }) => dispute_id === id)?.created_at ?? at,
  updated_at: at,
})

/** The entries of a refund: one when its money has gone, and one where it has come back. */
const entriesOf = (
  { order_id, method }: Payment,
  { before, after }: RefundChange,
  at: string,
): readonly Entry[] => {
  const { refund_id, amount, actor, ref } = after
  const entry = (name: string, moved: number): Entry => ({
    order_id,
    entry_id: `refund-${refund_id}${name}`,
    kind: 'refunded',
    amount: minorUnits(moved),
    by: method,
    ...(ref === undefined ? {} : { reference: ref }),
    actor,
    at,
  })
  if (after.state === 'succeeded' && before?.state !== 'succeeded') return [entry('', -amount)]
  return before?.state === 'succeeded' && isGone(after) ? [entry('-back', amount)] : []
}
