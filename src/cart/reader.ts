/**
 * Cart reader: a shopper's cart together with its books in one BatchGetItem.
 *
 * The key of a cart and the keys of its books are cached when the cart is read or written, so that the next read can ask for
 * both at once. The cache decides only which keys are asked for: carts and books are always as the tables have them now.
 * Concurrent reads for display and for update share calls; checkout reads alone, so that it never waits for a batch.
 */
import { LRUCache } from 'lru-cache'
import { type BookFinder, findBooks } from '../catalog/find.ts'
import type { PricedBook } from '../catalog/schema.ts'
import { type BookKey, keyText, type PricedByKey } from '../catalog/table.ts'
import { coalesceReads, coalesceReadsInLanes } from '../core/dynamo/coalesce.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import { versionOf } from './quote.ts'
import type { Cart } from './schema.ts'
import { type CartKey, type CartTable, cartChanged, isLive } from './table.ts'

/** Books by id, as the table has them. A book that does not exist is missing. */
export type BooksById = ReadonlyMap<string, PricedBook>
export type CartWithBooks<C = Cart | undefined> = { readonly cart: C; readonly books: BooksById }

export interface CartReader {
  /**
   * The shopper's newest live cart and its books. A cart that another client put beside the known one is found when the
   * cached key is a minute old.
   */
  readForDisplay(userId: string, now: Date): Promise<CartWithBooks>
  /** The shopper's newest live cart, its books and the books of `bookIds`. Always checks for a newer cart. */
  readForUpdate(userId: string, bookIds: readonly string[], now: Date): Promise<CartWithBooks>
  /**
   * The shopper's live cart of this version and its books, for checkout. Throws cart_empty where there is no cart or nothing
   * in it, and cart_changed where it has another version.
   */
  readVersion(userId: string, version: string, now: Date): Promise<CartWithBooks<Cart>>
  /** The books of these ids, for a new shopper, who has no cart yet. */
  readBooks(bookIds: readonly string[]): Promise<BooksById>
  /** Caches the keys of a cart that was just written. */
  cacheKeys(cart: Cart, now: Date): void
}

/** Keys of a shopper's newest cart and of its books, and when (ms) it was found to be the newest. */
type CachedKeys = { readonly cartId: string; readonly books: readonly BookKey[]; readonly checkedAt: number }
type CartRequest = { readonly cart: CartKey; readonly books: readonly BookKey[] }
/** A cart, and all books that were read in the same call, by their keys. */
type BatchedCart = { readonly cart: Cart; readonly books: PricedByKey }
type ReadBooks = (keys: readonly BookKey[]) => Promise<Iterable<PricedBook>>

const MAX_CACHED_CARTS = 5_000
const DISPLAY_CHECK_MS = 60_000
/** Batches that may be in flight at once: while the store answers one, the shop works on the answer to another. */
const LANES = 2

const NO_BOOKS: PricedByKey = new Map()
const requestName = ({ cart }: CartRequest): string => `${cart.user_id}\n${cart.cart_id}`

export const createCartReader = ({
  db,
  carts,
  books,
  categoryOf,
}: BookFinder & { readonly db: Dynamo; readonly carts: CartTable }): CartReader => {
  const cachedKeys = new LRUCache<string, CachedKeys>({ max: MAX_CACHED_CARTS })

  /** One BatchGetItem for several carts and their books, each book once. Carts that do not exist are left out. */
  const readCarts = async (requests: readonly CartRequest[]): Promise<ReadonlyMap<string, BatchedCart>> => {
    const bookKeys = new Map(requests.flatMap(one => one.books).map(key => [keyText(key), key]))
    const cartRead = carts.cartRead(requests.map(({ cart }) => cart))
    const bookRead = books.pricedRead([...bookKeys.values()])
    const itemsOf = await db.batchGetAll([cartRead, bookRead])
    const priced = books.parsePriced(itemsOf(bookRead.table))
    const found = carts.parseCarts(itemsOf(cartRead.table))
    return new Map(found.map(cart => [requestName({ cart, books: [] }), { cart, books: priced }]))
  }
  const readCartCoalesced = coalesceReadsInLanes(LANES, requestName, readCarts)

  const readBooksAlone: ReadBooks = async keys => (await books.getPriced(keys)).values()
  const readBooksCoalesced: ReadBooks = coalesceReads(keyText, async (keys: readonly BookKey[]) => {
    const bookRead = books.pricedRead(keys)
    return books.parsePriced((await db.batchGetAll([bookRead]))(bookRead.table))
  })

  /** The books of the cart and of `bookIds`. Only those that are not among `known` are read. */
  const findBooksOf = (
    cart: Cart | undefined,
    bookIds: readonly string[],
    known: PricedByKey,
    read: ReadBooks,
  ): Promise<BooksById> => {
    const categories = new Map(cart?.items.map(line => [line.book_id, line.category]))
    return findBooks(
      { books, categoryOf },
      [...new Set([...categories.keys(), ...bookIds])],
      categories,
      async keys => {
        const found = keys.flatMap(key => known.get(keyText(key)) ?? [])
        const unknown = keys.filter(key => !known.has(keyText(key)))
        return new Map([...found, ...(await read(unknown))].map(book => [book.book_id, book]))
      },
    )
  }

  const remember = ({ user_id, cart_id, items }: Cart, checkedAt: number): void => {
    const keys = items.map(({ book_id, category }) => ({ book_id, category }))
    cachedKeys.set(user_id, { cartId: cart_id, books: keys, checkedAt })
  }

  /** Request for a cart by its cached key, with the books that it had and those of `bookIds` whose category is known. */
  const requestFor = (userId: string, cached: CachedKeys, bookIds: readonly string[]): CartRequest => {
    const hints = [...cached.books, ...bookIds.map(book_id => ({ book_id, category: undefined }))]
    const keys = hints.flatMap(({ book_id, category: hint }) => {
      const category = categoryOf(book_id) ?? hint
      return category === undefined ? [] : { book_id, category }
    })
    return { cart: { user_id: userId, cart_id: cached.cartId }, books: keys }
  }

  const readCached = async (
    userId: string,
    cached: CachedKeys,
    bookIds: readonly string[],
    now: Date,
  ): Promise<BatchedCart | undefined> => {
    const [found] = await readCartCoalesced([requestFor(userId, cached, bookIds)])
    return found && isLive(found.cart, now) ? found : undefined
  }

  return {
    readForDisplay: async (userId, now) => {
      const cached = cachedKeys.get(userId)
      const isFresh = cached !== undefined && now.getTime() - cached.checkedAt <= DISPLAY_CHECK_MS
      const found = isFresh ? await readCached(userId, cached, [], now) : undefined
      const cart = found?.cart ?? (await carts.current(userId, now))
      if (cart) remember(cart, found && cached ? cached.checkedAt : now.getTime())
      else cachedKeys.delete(userId)
      return { cart, books: await findBooksOf(cart, [], found?.books ?? NO_BOOKS, readBooksCoalesced) }
    },

    readForUpdate: async (userId, bookIds, now) => {
      const cached = cachedKeys.get(userId)
      const [found, isNewest] = cached
        ? await Promise.all([
            readCached(userId, cached, bookIds, now),
            carts.isNewest({ user_id: userId, cart_id: cached.cartId }),
          ])
        : []
      const known = isNewest ? found : undefined
      const cart = known?.cart ?? (await carts.current(userId, now))
      return { cart, books: await findBooksOf(cart, bookIds, known?.books ?? NO_BOOKS, readBooksCoalesced) }
    },

    readVersion: async (userId, version, now) => {
      const cached = cachedKeys.get(userId)
      const request = cached && requestFor(userId, cached, [])
      const found = request && (await readCarts([request])).get(requestName(request))
      const known = found && isLive(found.cart, now) && versionOf(found.cart) === version ? found : undefined
      const cart = known?.cart ?? (await carts.current(userId, now))
      if (!cart || cart.items.length === 0) throw new ShopError('cart_empty', 'Your cart is empty.')
      if (versionOf(cart) !== version) throw cartChanged()
      return { cart, books: await findBooksOf(cart, [], known?.books ?? NO_BOOKS, readBooksAlone) }
    },

    readBooks: bookIds => findBooksOf(undefined, bookIds, NO_BOOKS, readBooksCoalesced),

    cacheKeys: (cart, now) => remember(cart, now.getTime()),
  }
}
