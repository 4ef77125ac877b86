/** Audit of the money of a shop, over the items of its tables and the payment pages of its provider: independent of the shop's own checks. */
import type { Item } from '#src/core/dynamo/write.ts'
import type { HostedProvider, Seen } from '#src/payments/provider.ts'
import type { Json } from '../../test/kit.ts'

/** A payment page as the provider has it. */
export type AuditedPage = Pick<Seen, 'status' | 'captured' | 'refunds'> & { readonly orderId: string }

/** Every page of a provider. */
export const readPages = async (provider: HostedProvider): Promise<AuditedPage[]> => {
  const pages: AuditedPage[] = []
  for await (const { ref, orderId } of provider.listSince(new Date(0))) {
    const { status, captured, refunds } = await provider.look(ref)
    pages.push({ orderId: orderId ?? '', status, captured, refunds })
  }
  return pages
}

export type AuditedTables = {
  readonly orders: readonly Item[]
  readonly control: readonly Item[]
  readonly books: readonly Item[]
}

export type MoneyAudit = {
  readonly paid: number
  readonly orders: number
  readonly reviews: number
  readonly wrong: readonly string[]
}

const copiesSold = (orders: readonly Json[], bookId: unknown): number =>
  orders
    .filter(({ status }) => status !== 'cancelled')
    .flatMap(({ items }) => items as Json[])
    .filter(({ book_id }) => book_id === bookId)
    .reduce((sum, { quantity }) => sum + quantity, 0)

/**
 * Audits a shop after the end of all sessions: paid is ordered or under review, once, with its amount; orders that are paid first are paid;
 * nothing is held; `startStock` copies of each book are in stock or sold. Amounts are in USD.
 */
export const auditMoney = (
  { orders, control, books }: AuditedTables,
  pages: readonly AuditedPage[],
  startStock: ReadonlyMap<string, number>,
): MoneyAudit => {
  const wrong: string[] = []
  const payments = new Map<unknown, Json>()
  const entries = new Map<unknown, Json[]>()
  for (const row of control as Json[]) {
    if (!row.pk.startsWith('payment#')) continue
    if (row.sk === 'payment') payments.set(row.order_id, row)
    if (row.sk.startsWith('entry#') && row.kind === 'captured')
      entries.set(row.order_id, [...(entries.get(row.order_id) ?? []), row])
  }
  const byId = new Map(orders.map(order => [order.order_id, order as Json]))
  const paid = pages.filter(({ status }) => status === 'paid')
  const capturedOf = new Map<unknown, number>()
  for (const { orderId, captured } of paid) {
    if (capturedOf.has(orderId)) wrong.push(`${orderId} was charged twice`)
    capturedOf.set(orderId, captured)
    const payment = payments.get(orderId)
    if (!payment || (!byId.has(orderId) && payment.amount !== 0))
      wrong.push(`${orderId} is paid, but no order`)
    const sums = (entries.get(orderId) ?? []).map(({ amount }) => amount)
    if (sums.length !== 1 || sums[0] !== captured || payment?.captured !== captured)
      wrong.push(`${orderId}: ${captured} paid, entries ${sums}, captured ${payment?.captured}`)
  }
  for (const [id, { method, total }] of byId)
    if (method === 'stripe' && capturedOf.get(id) !== Math.round(total * 100))
      wrong.push(`${id} is an order of ${total}, paid ${capturedOf.get(id) ?? 0}`)
  for (const [id, { captured }] of payments)
    if (captured > 0 && !capturedOf.has(id)) wrong.push(`${id} is recorded as paid, and is not`)
  for (const { pk, sk, state, order_id } of control as Json[]) {
    if (sk === 'checkout' && pk.startsWith('checkout#') && ['opening', 'held', 'processing'].includes(state))
      wrong.push(`${order_id} is still ${state}`)
    if (sk === 'checkout' && pk.startsWith('user#')) wrong.push(`${order_id} is still the live checkout`)
  }
  for (const [bookId, start] of startStock) {
    const left = books.find(({ book_id }) => book_id === bookId)?.stock_quantity
    const sold = copiesSold(orders, bookId)
    if (left !== start - sold) wrong.push(`${bookId}: ${left} left, ${sold} sold of ${start}`)
  }
  const reviews = [...payments.values()].filter(({ review }) => review !== undefined).length
  return { paid: paid.length, orders: orders.length, reviews, wrong }
}
