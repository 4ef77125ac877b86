/** Empties the projection, so that the follower fills it again. */
import type { Sql } from '../core/sql/sql.ts'
import { beginGeneration, claimDatabase } from './positions.ts'
import type { Pseudonyms } from './pseudonyms.ts'

const TABLES =
  'shop.books, shop.book_authors, shop.book_prices, shop.orders, shop.order_lines, shop.order_steps, shop.carts, shop.customers, shop.search_days, shop.searches, shop.payment_rows, search.books, search.terms, search.pairs'

/** A projection that is not filled. */
const NEVER = new Date(0).toISOString()

/**
 * Empties the database of the projection and takes it for this shop's. What the tables do not have is lost with it: earlier prices,
 * when orders changed their state, books and carts that are gone. A backfill, a follower or a verification that runs meanwhile begins again.
 */
export const emptyProjection = async (
  sql: Sql,
  { fingerprint }: Pick<Pseudonyms, 'fingerprint'>,
): Promise<void> => {
  await sql.transaction(
    async transaction => {
      await beginGeneration(transaction)
      await transaction.query(`truncate ${TABLES}, sync.parked, sync.seen`)
      await transaction.query(
        "delete from sync.positions where source like 'backfill:%' or source in ('secret', 'search')",
      )
      // Reports show nothing until it is filled.
      await transaction.query(
        `update sync.positions set position = jsonb_set(position::jsonb, '{asOf}', '"${NEVER}"')::text where source = 'journal'`,
      )
      await claimDatabase(transaction, fingerprint)
    },
    { isUnlimited: true },
  )
}
