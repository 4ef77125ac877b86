/** The part of the shop that has carts. */
import { cartTable } from '../cart/table.ts'
import { bookTable } from '../catalog/table.ts'
import type { Ground } from './ground.ts'

/** Carts over books that are looked up in the table; whoever has them in memory says so by `categoryOf`. */
export const cartPart = ({ db, names, settings }: Ground) => ({
  books: bookTable(db, names),
  carts: cartTable(db, names),
  rules: settings.rules,
  cartTtlSeconds: settings.cartTtlSeconds,
  categoryOf: (_bookId: string): string | undefined => undefined,
})
