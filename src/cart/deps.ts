/** What the cart's service and routes need: database, table, reader, price rules and clock. */
import type { Currency } from '../core/currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { PriceRules } from './pricing.ts'
import type { CartReader } from './reader.ts'
import type { CartTable } from './table.ts'

export type CartDeps = {
  readonly db: Dynamo
  readonly carts: CartTable
  readonly cartReader: CartReader
  readonly rules: PriceRules
  readonly currency: Currency
  readonly cartTtlSeconds: number
  readonly now: () => Date
  /** Copies that the shopper holds while paying for them, by book: they are in no stock, and still theirs to buy. */
  readonly heldCopies: (userId: string) => Promise<ReadonlyMap<string, number>>
}
