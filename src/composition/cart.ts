/** The part of the shop that has carts. */
import { createCartReader } from '../cart/reader.ts'
import { createCartTable } from '../cart/table.ts'
import { createBookTable } from '../catalog/table.ts'
import type { BaseContext } from './base.ts'

/** Carts over books that are looked up in the table; whoever has them in memory says so by `categoryOf`. */
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
