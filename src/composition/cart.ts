/** Dependencies of the carts. */
import { createCartReader } from '../cart/reader.ts'
import { createCartTable } from '../cart/table.ts'
import { createBookTable } from '../catalog/table.ts'
import type { BaseContext } from './base.ts'

/** `categoryOf` knows no category, so that books are located in the table; an application with an index replaces it. */
export const createCartDeps = ({ db, names, settings }: BaseContext) => {
  const books = createBookTable(db, names)
  const carts = createCartTable(db, names)
  return {
    books,
    carts,
    cartReader: createCartReader(db, carts, books),
    rules: settings.rules,
    cartTtlSeconds: settings.cartTtlSeconds,
    categoryOf: (_bookId: string): string | undefined => undefined,
  }
}
