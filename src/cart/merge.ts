/** Merge of a guest's cart into the account's cart after sign-in: one transaction, so that it happens once or not at all. */
import { wasApplied } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds, newVersion } from '../core/ids.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'
import type { CartDeps } from './deps.ts'
import { type Cart, type CartLine, MAX_LINES, MAX_QUANTITY } from './schema.ts'
import { cartIdOn } from './table.ts'

const MERGE_RETRIES: RetryPolicy = { maxTries: 10, pause: backoff(5, 80) }

/**
 * The merged lines: quantities are added up, to at most 20 of a book. Where 50 lines are not enough, the account's own come
 * first, and `rest` are the guest's lines that do not fit.
 */
export const mergeCarts = (
  own: readonly CartLine[],
  guest: readonly CartLine[],
): { readonly lines: readonly CartLine[]; readonly rest: readonly CartLine[] } => {
  const lines = own.map(line => {
    const more = guest.find(one => one.book_id === line.book_id)
    return more ? { ...line, quantity: Math.min(line.quantity + more.quantity, MAX_QUANTITY) } : line
  })
  const others = guest.filter(line => !own.some(one => one.book_id === line.book_id))
  const room = Math.max(0, MAX_LINES - lines.length)
  return { lines: [...lines, ...others.slice(0, room)], rest: others.slice(room) }
}

/**
 * Merges the guest's cart into the account's cart. Lines that do not fit stay in the guest's cart, so nothing is lost. Does
 * nothing where the guest's cart is empty. Retried with backoff under optimistic locking; throws store_busy where the carts
 * keep changing.
 */
export const mergeGuestCart = async (deps: CartDeps, userId: string, guestId: string): Promise<void> => {
  const merged = await retry(MERGE_RETRIES, async () => {
    const now = deps.now()
    const guest = await deps.carts.current(guestId, now)
    if (!guest || guest.items.length === 0) return true
    const own = await deps.carts.current(userId, now)
    const { lines, rest } = mergeCarts(own?.items ?? [], guest.items)
    if (rest.length === guest.items.length) return true
    const written = {
      version: newVersion(),
      updated_at: now.toISOString(),
      expires_at: epochSeconds(now) + deps.cartTtlSeconds,
    }
    const cart: Cart = {
      user_id: userId,
      cart_id: own?.cart_id ?? cartIdOn(now),
      items: [...lines],
      created_at: own?.created_at ?? now.toISOString(),
      ...written,
    }
    const remaining: Cart = {
      ...guest,
      items: [...rest],
      version: newVersion(),
      updated_at: written.updated_at,
    }
    const applied = await wasApplied(
      deps.db.transact([
        ...(own ? [deps.carts.replace(cart, own.version, now)] : deps.carts.begin(cart, now)),
        rest.length > 0
          ? deps.carts.replace(remaining, guest.version, now)
          : deps.carts.remove(guest, guest.version, now),
      ]),
    )
    return applied || undefined
  })
  if (!merged)
    throw new ShopError(
      'store_busy',
      'Your cart is being changed from several places at once. Please try again.',
    )
}
