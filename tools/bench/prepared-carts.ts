/** Guest carts that are stored before a measurement. */

import { cartView } from '#src/cart/quote.ts'
import type { Cart } from '#src/cart/schema.ts'
import { cartIdOn, createCartTable } from '#src/cart/table.ts'
import type { Book } from '#src/catalog/schema.ts'
import { createBaseContext } from '#src/composition/base.ts'
import { createDatabase } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { epochSeconds, guestUserId, newSecret, newVersion } from '#src/core/ids.ts'
import { createLinesLog } from '#src/core/log/log.ts'
import { pickSome, seededRandom } from './random.ts'

/** A guest's cart, the secret of its cookie, and the total that checkout will charge. */
export type PreparedCart = { readonly secret: string; readonly cart: Cart; readonly total: number }

/** Each cart needs three writes of the hundred that a transaction allows. */
const CARTS_PER_TRANSACTION = 33

/** Opens the tables of the shop that runs on this engine. */
export const openTables = (endpoint: string) => {
  const settings = readSettings({})
  const db = createDatabase(settings, () => endpoint)
  const context = createBaseContext(settings, { db, log: createLinesLog('errors', () => {}) })
  return { ...context, carts: createCartTable(context) }
}

/** Stores `count` carts of new guests, each with one copy of `lines` different books. */
export const prepareCarts = async (
  { db, settings, carts }: ReturnType<typeof openTables>,
  books: readonly Book[],
  { count, lines, seed }: { readonly count: number; readonly lines: number; readonly seed: number },
): Promise<PreparedCart[]> => {
  const random = seededRandom(seed)
  const now = new Date()
  const prepared = Array.from({ length: count }, (): PreparedCart => {
    const secret = newSecret()
    const chosen = pickSome(random, books, lines)
    const cart: Cart = {
      user_id: guestUserId(secret),
      cart_id: cartIdOn(now),
      items: chosen.map(({ book_id, category, title, price }) => ({
        book_id,
        category,
        title,
        price,
        quantity: 1,
      })),
      version: newVersion(),
      created_at: now.toISOString(),
      updated_at: now.toISOString(),
      expires_at: epochSeconds(now) + settings.cartTtlSeconds,
    }
    const { total } = cartView(cart, new Map(chosen.map(book => [book.book_id, book])), settings)
    return { secret, cart, total }
  })
  for (let i = 0; i < count; i += CARTS_PER_TRANSACTION)
    await db.transact(
      prepared.slice(i, i + CARTS_PER_TRANSACTION).flatMap(({ cart }) => carts.begin(cart, now)),
    )
  return prepared
}
