/** Dependencies of the carts. */
import { createCartReader } from '../cart/reader.ts'
import { createCartTable } from '../cart/table.ts'
import { createBookTable } from '../catalog/table.ts'
import { createCheckoutTable } from '../payments/checkout-table.ts'
import { heldCopies } from '../payments/hosted-checkouts.ts'
import type { BaseContext } from './base.ts'
import { takesMoneyFirst } from './payment-settings.ts'

const NO_COPIES: ReadonlyMap<string, number> = new Map()

/** `categoryOf` locates a book through the index in memory. Without an index books are located in the table. */
export const createCartDeps = (
  context: BaseContext,
  categoryOf: (bookId: string) => string | undefined = () => undefined,
) => {
  const { db, settings, currency } = context
  const checkouts = createCheckoutTable(context)
  const books = createBookTable(context)
  const carts = createCartTable(context)
  return {
    books,
    carts,
    cartReader: createCartReader({ db, carts, books, categoryOf }),
    rules: settings.rules,
    cartTtlSeconds: settings.cartTtlSeconds,
    categoryOf,
    heldCopies: async (userId: string) =>
      takesMoneyFirst(settings) ? heldCopies({ checkouts, currency }, userId) : NO_COPIES,
  }
}
