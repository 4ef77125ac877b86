/** Amounts of refunds: the price of copies with their tax, so that all partial refunds of an order return its tax to the cent. */
import { ShopError } from '../core/errors.ts'
import { isWhole, type MinorUnits, minorUnits, multiply, sum } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import type { Copies, PaymentRecords, Refund, RefundedLine } from './schema.ts'

/** What a refund gives back, and what of it is tax and shipping. */
export type RefundAmount = {
  readonly amount: MinorUnits
  readonly tax: MinorUnits
  readonly shipping?: MinorUnits
  readonly lines?: readonly RefundedLine[]
}

const ZERO = minorUnits(0)

/** Whether the money of a refund has gone, or may go. */
const counts = ({ state }: Refund): boolean => state === 'pending' || state === 'succeeded'

/** `total` in parts by weight, none more than a minor unit from its exact share (largest remainder). */
export const spread = (total: MinorUnits, weights: readonly number[]): MinorUnits[] => {
  const whole = weights.reduce((all, one) => all + one, 0)
  if (whole === 0) return weights.map((_, i) => (i === 0 ? total : ZERO))
  const exact = weights.map(weight => BigInt(total) * BigInt(weight))
  const floors = exact.map(share => Number(share / BigInt(whole)))
  const left = total - floors.reduce((all, one) => all + one, 0)
  const byRemainder = exact
    .map((share, i) => ({ i, remainder: Number(share % BigInt(whole)) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
  const rounded = new Set(byRemainder.slice(0, left).map(({ i }) => i))
  return floors.map((share, i) => minorUnits(share + (rounded.has(i) ? 1 : 0)))
}

type BookOfOrder = { readonly ordered: number; readonly value: MinorUnits; readonly tax: MinorUnits }

/** The books of an order, each with its copies, their value, and its share of the tax. */
const booksOf = ({ items, amounts }: Order): ReadonlyMap<string, BookOfOrder> => {
  const ids = [...new Set(items.map(({ book_id }) => book_id))]
  const values = ids.map(id =>
    sum(items.filter(line => line.book_id === id).map(line => multiply(line.price, line.quantity))),
  )
  const shares = spread(wholeOrNone(amounts.tax), values)
  return new Map(
    ids.map((id, i) => [
      id,
      { ordered: copiesOf(items, id), value: values[i] ?? ZERO, tax: shares[i] ?? ZERO },
    ]),
  )
}

/** An amount that another client stored may be missing, or have a fraction of a minor unit. */
const wholeOrNone = (amount: MinorUnits | undefined): MinorUnits =>
  amount !== undefined && isWhole(amount) ? amount : ZERO

/** Copies of a book in a list. */
export const copiesOf = (lines: readonly Copies[], bookId: string): number =>
  lines.reduce((all, line) => all + (line.book_id === bookId ? line.quantity : 0), 0)

/** Copies of an order whose price was refunded, or may be. */
export const refundedCopies = (refunds: readonly Refund[]): RefundedLine[] =>
  refunds.filter(counts).flatMap(({ lines = [] }) => lines)

/** Copies of an order that are in stock again by its refunds. */
export const restockedCopies = (refunds: readonly Refund[]): Copies[] =>
  refunds.flatMap(({ restock = [] }) => restock)

const taxSoFar = (refunds: readonly Refund[]): MinorUnits =>
  sum(refunds.filter(counts).map(({ tax = ZERO }) => tax))

/** `part` of `of` copies of `whole`, in whole minor units. */
const upTo = (whole: MinorUnits, part: number, of: number): number => Math.round((whole * part) / of)

/** What the price of these copies is, with the rest of what was asked. Throws refund_not_possible and refund_too_large. */
export const amountOfLines = (
  order: Order,
  refunds: readonly Refund[],
  asked: { readonly lines: readonly Copies[]; readonly shipping: boolean },
): RefundAmount => {
  const books = booksOf(order)
  const earlier = refundedCopies(refunds)
  const parts = asked.lines.map(({ book_id, quantity }) => {
    const book = books.get(book_id)
    if (!book) throw notInOrder(book_id)
    const before = copiesOf(earlier, book_id)
    const after = before + quantity
    if (after > book.ordered) throw tooMany('refund_too_large', book_id, book.ordered - before)
    const taxBefore = sum(earlier.filter(line => line.book_id === book_id).map(({ tax }) => tax))
    const price = upTo(book.value, after, book.ordered) - upTo(book.value, before, book.ordered)
    const tax = minorUnits(Math.max(0, upTo(book.tax, after, book.ordered) - taxBefore))
    return { price: minorUnits(price), line: { book_id, quantity, tax } }
  })
  const shipping = asked.shipping ? shippingLeft(order, refunds) : undefined
  const tax = sum(parts.map(({ line }) => line.tax))
  return {
    amount: sum([...parts.map(({ price }) => price), tax, shipping ?? ZERO]),
    // Refunds of free amounts may have returned a part of this tax before.
    tax: minorUnits(Math.min(tax, Math.max(0, wholeOrNone(order.amounts.tax) - taxSoFar(refunds)))),
    ...(shipping === undefined ? {} : { shipping }),
    ...(parts.length === 0 ? {} : { lines: parts.map(({ line }) => line) }),
  }
}

/** What is left of the shipping charge. */
export const shippingLeft = ({ amounts }: Order, refunds: readonly Refund[]): MinorUnits => {
  const gone = sum(refunds.filter(counts).map(({ shipping = ZERO }) => shipping))
  return minorUnits(Math.max(0, wholeOrNone(amounts.shipping) - gone))
}

/** An amount that is not of certain lines: its tax is its share of that of the order. */
export const freeAmount = (
  order: Order | undefined,
  refunds: readonly Refund[],
  amount: MinorUnits,
): RefundAmount => {
  const tax = wholeOrNone(order?.amounts.tax)
  const total = wholeOrNone(order?.amounts.total)
  if (total === 0) return { amount, tax: ZERO }
  const left = Math.max(0, tax - taxSoFar(refunds))
  return { amount, tax: minorUnits(Math.min(left, amount, upTo(tax, amount, total))) }
}

/** The same refund; with all the tax that no earlier one has returned, where nothing of the order's money is left after it. */
export const shareOf = (
  order: Order | undefined,
  { payment, refunds }: Pick<PaymentRecords, 'payment' | 'refunds'>,
  refund: RefundAmount,
): RefundAmount => {
  const { amount, captured, refunded, reserved } = payment
  const isLast = captured === amount && captured - refunded - reserved === refund.amount
  if (!isLast) return refund
  return { ...refund, tax: minorUnits(Math.max(0, wholeOrNone(order?.amounts.tax) - taxSoFar(refunds))) }
}

/** Throws where more copies would be restocked than were ordered and are not in stock again. */
export const assertRestockable = (
  { items }: Pick<Order, 'items'>,
  refunds: readonly Refund[],
  restock: readonly Copies[],
): void => {
  const before = restockedCopies(refunds)
  for (const { book_id } of restock) {
    const ordered = copiesOf(items, book_id)
    if (ordered === 0) throw notInOrder(book_id)
    const left = ordered - copiesOf(before, book_id)
    if (copiesOf(restock, book_id) > left) throw tooMany('refund_not_possible', book_id, left)
  }
}

const notInOrder = (bookId: string): ShopError =>
  new ShopError('refund_not_possible', 'This book is not in the order.', { book_id: bookId })

const tooMany = (code: 'refund_too_large' | 'refund_not_possible', bookId: string, left: number): ShopError =>
  new ShopError(
    code,
    left > 0
      ? `Only ${left} ${left === 1 ? 'copy' : 'copies'} of this book can still be taken back.`
      : 'All copies of this book were taken back already.',
    { book_id: bookId, left },
  )
