/** The part of the shop that has carts. */
import { openLooks } from '../cart/reader.ts'
import { cartTable } from '../cart/table.ts'
import { bookTable } from '../catalog/table.ts'
import type { Ground } from './base.ts'

/** Carts over books that are looked up in the table; whoever has them in memory says so by `categoryOf`. */
export const cartPart = ({ db, names, settings }: Ground) => {
  const books = bookTable(db, names)
  const carts = cartTable(db, names)
  return {
    books,
    carts,
    looks: openLooks(db, carts, books),
    rules: settings.rules,
    cartTtlSeconds: settings.cartTtlSeconds,
    categoryOf: (_bookId: string): string | undefined => undefined,
  }
}
