/** A guest who signs in brings the cart along: one transaction, so that it is joined once or not at all. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TransactionRefused } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds, newVersion } from '../core/ids.ts'
import type { CartDeps } from './deps.ts'
import { type Cart, type CartLine, MAX_LINES, MAX_QUANTITY } from './schema.ts'
import { cartIdOn } from './table.ts'

const MAX_TRIES = 10

/**
 * Both carts as one: quantities added up, at most 20 of a book; where 50 lines are not enough the account's own stay, and
 * `rest` are the guest's that found no room.
 */
export const mergeCarts = (
  own: readonly CartLine[],
  guests: readonly CartLine[],
): { readonly lines: readonly CartLine[]; readonly rest: readonly CartLine[] } => {
  const lines = own.map(line => {
    const more = guests.find(one => one.book_id === line.book_id)
    return more ? { ...line, quantity: Math.min(line.quantity + more.quantity, MAX_QUANTITY) } : line
  })
  const others = guests.filter(line => !own.some(one => one.book_id === line.book_id))
  const room = Math.max(0, MAX_LINES - lines.length)
  return { lines: [...lines, ...others.slice(0, room)], rest: others.slice(room) }
}

const isRefused = async (writing: Promise<void>): Promise<boolean> => {
  try {
    await writing
    return false
  } catch (error) {
    if (error instanceof TransactionRefused) return true
    throw error
  }
}

/**
 * Joins the guest's cart of this browser to the account's. What finds no room stays in the guest's cart, so nothing is
 * lost. Does nothing where the guest has none. Throws store_busy where the carts keep changing.
 */
export const mergeGuestCart = async (deps: CartDeps, userId: string, guestId: string): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (tries > 0) await sleep(Math.random() * Math.min(5 * 2 ** tries, 80))
    const now = deps.now()
    const guests = await deps.carts.current(guestId, now)
    if (!guests || guests.items.length === 0) return
    const own = await deps.carts.current(userId, now)
    const { lines, rest } = mergeCarts(own?.items ?? [], guests.items)
    if (rest.length === guests.items.length) return
    const fresh = {
      version: newVersion(),
      updated_at: now.toISOString(),
      expires_at: epochSeconds(now) + deps.cartTtlSeconds,
    }
    const cart: Cart = {
      user_id: userId,
      cart_id: own?.cart_id ?? cartIdOn(now),
      items: [...lines],
      created_at: own?.created_at ?? now.toISOString(),
      ...fresh,
    }
    const left: Cart = { ...guests, items: [...rest], version: newVersion(), updated_at: fresh.updated_at }
    const refused = await isRefused(
      deps.db.transact([
        ...(own ? [deps.carts.replace(cart, own.version, now)] : deps.carts.begin(cart, now)),
        rest.length > 0
          ? deps.carts.replace(left, guests.version, now)
          : deps.carts.remove(guests, guests.version, now),
      ]),
    )
    if (!refused) return
  }
  throw new ShopError('store_busy', 'Your cart is being changed from many places at once. Please try again.')
}
