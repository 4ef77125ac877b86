/** Dependencies of the carts. */
import { createCartReader } from '../cart/reader.ts'
import { createCartTable } from '../cart/table.ts'
import { createBookTable } from '../catalog/table.ts'
import type { BaseContext } from './base.ts'

/** `categoryOf` locates a book through the index in memory. Without an index books are located in the table. */
export const createCartDeps = (
  context: BaseContext,
  categoryOf: (bookId: string) => string | undefined = () => undefined,
) => {
  const { db, settings } = context
  const books = createBookTable(context)
  const carts = createCartTable(context)
  return {
    books,
    carts,
    cartReader: createCartReader({ db, carts, books, categoryOf }),
    rules: settings.rules,
    cartTtlSeconds: settings.cartTtlSeconds,
    categoryOf,
  }
}
