/** Concurrent buyers of one book, and the results of their orders. */

import { type Answer, newCustomer, orderFor, type Shopper, type TestShop } from './kit.ts'
import { readItems } from './table-contents.ts'

export type Buyer = { readonly shopper: Shopper; readonly order: Record<string, unknown> }

export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** Creates shoppers with copies of the book in their carts, and their order requests. */
export const createBuyers = (
  shop: TestShop,
  count: number,
  book_id: string,
  quantityOf: (i: number) => number = () => 1,
): Promise<Buyer[]> =>
  Promise.all(
    times(count, async i => {
      const shopper = shop.visitor()
      const { body } = await shopper.post('/api/cart/items', { book_id, quantity: quantityOf(i) })
      return { shopper, order: orderFor(body, newCustomer()) }
    }),
  )

export const placeOrder = ({ shopper, order }: Buyer, key: string = crypto.randomUUID()): Promise<Answer> =>
  shopper.post('/api/orders', order, { 'idempotency-key': key })

/** Counts responses by status, refusals with their code: `{ 201: 10, '409 out_of_stock': 50 }`. */
export const countStatuses = (answers: readonly Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const name = status < 300 ? String(status) : `${status} ${body.code}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Copies of a book in orders that are not cancelled. */
export const countSold = async (shop: TestShop, bookId: string): Promise<number> =>
  (await readItems(shop, 'orders'))
    .filter(order => order.status !== 'cancelled')
    .flatMap(order => order.items)
    .filter(line => line.book_id === bookId)
    .reduce((sold, line) => sold + line.quantity, 0)
