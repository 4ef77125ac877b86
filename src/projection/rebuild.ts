/** Empties the projection, so that the follower fills it again. */
import type { Sql } from '../core/sql/sql.ts'
import { claimDatabase } from './positions.ts'
import type { Pseudonyms } from './pseudonyms.ts'

const TABLES =
  'shop.books, shop.book_authors, shop.book_prices, shop.orders, shop.order_lines, shop.order_steps, shop.carts, shop.customers'

/**
 * Empties the database of the projection and takes it for this shop's. What the tables do not have is lost with it: earlier prices,
 * when orders changed their state, books and carts that are gone.
 */
export const emptyProjection = async (
  sql: Sql,
  { fingerprint }: Pick<Pseudonyms, 'fingerprint'>,
): Promise<void> => {
  await sql.transaction(async transaction => {
    await transaction.query(`truncate ${TABLES}, sync.parked, sync.seen`)
    await transaction.query("delete from sync.positions where source like 'backfill:%' or source = 'secret'")
    await claimDatabase(transaction, fingerprint)
  })
}
