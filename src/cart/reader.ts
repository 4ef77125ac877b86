/** Looking at a cart: asked for where it was found, with the books that lay in it, and together with others who look, in one call. */
import { LRUCache } from 'lru-cache'
import type { BookFinder } from '../catalog/find.ts'
import type { BookKey, BookTable, PricedByKey } from '../catalog/table.ts'
import { coalesceReadsInLanes } from '../core/dynamo/coalesce.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { versionOf } from './quote.ts'
import type { Cart } from './schema.ts'
import { type CartKey, type CartTable, isLive } from './table.ts'

/** Where a shopper's cart was found, when (ms), and what books it had. */
type KnownCart = { readonly cart_id: string; readonly seen: number; readonly books: readonly BookKey[] }
type CartRead = { readonly cart: CartKey; readonly books: readonly BookKey[] }
/** A shopper's cart, and books that were read with it: those that it had when it was last looked at, if any. */
export type CartWithBooks = { readonly cart: Cart | undefined; readonly books: PricedByKey }

export type CartReader = ReturnType<typeof createCartReader>

/** So many carts are asked for by their keys, for so long (ms) after they were found. */
const PLACES_KNOWN = 5_000
const PLACE_KNOWN_MS = 60_000

/** So many calls for those who look may be under way. */
const LINES = 2

const NO_BOOKS: PricedByKey = new Map()
const textOf = ({ user_id, cart_id }: CartKey): string => `${user_id}\n${cart_id}`

export const createCartReader = (db: Dynamo, carts: CartTable, books: BookTable) => {
  const places = new LRUCache<string, KnownCart>({ max: PLACES_KNOWN })

  const read = async (questions: readonly CartRead[]): Promise<ReadonlyMap<string, CartWithBooks>> => {
    // Only names count of a key: each book is asked for once.
    const wanted = new Map(questions.flatMap(one => one.books).map(key => [books.nameOf(key), key]))
    const [cartsAsked, booksAsked] = [
      carts.cartRead(questions.map(one => one.cart)),
      books.pricedRead([...wanted.values()]),
    ]
    const itemsOf = await db.batchGetAll([cartsAsked, booksAsked])
    const priced = books.parsePriced(itemsOf(booksAsked.table))
    const found = carts.parseCarts(itemsOf(cartsAsked.table))
    return new Map(found.map(cart => [textOf(cart), { cart, books: priced }]))
  }
  const together = coalesceReadsInLanes(LINES, ({ cart }: CartRead) => textOf(cart), read)

  /** Keeps where a cart is, that was the shopper's newest at `seen` (ms). */
  const remember = ({ user_id, cart_id, items }: Cart, seen: number): void => {
    const keys = items.map(({ book_id, category }) => ({ book_id, category }))
    places.set(user_id, { cart_id, seen, books: keys })
  }

  /** For the cart at this place, with the books that it had and `more`: each where the memory, else the cart, says that it lies. */
  const questionFor = (
    cart: CartKey,
    { books: had }: KnownCart,
    categoryOf: BookFinder['categoryOf'],
    more: readonly string[] = [],
  ): CartRead => {
    const hints = [...had, ...more.map(book_id => ({ book_id, category: undefined }))]
    const keys = hints.flatMap(({ book_id, category: hint }) => {
      const category = categoryOf(book_id) ?? hint
      return category === undefined ? [] : { book_id, category }
    })
    return { cart, books: keys }
  }
  const lookAt = async (...asked: Parameters<typeof questionFor>): Promise<CartWithBooks | undefined> =>
    (await together([questionFor(...asked)]))[0]

  /**
   * The shopper's cart for looking at: the newest that has not expired, asked for by its key where that is known. A cart of
   * ours is never newer than one that lives; one that somebody else puts beside it is seen a minute later. What is
   * remembered only says what to ask for: cart and books are as the tables have them now.
   */
  const readForDisplay = async (
    userId: string,
    categoryOf: BookFinder['categoryOf'],
    now: Date,
  ): Promise<CartWithBooks> => {
    const place = places.get(userId)
    if (place && now.getTime() - place.seen <= PLACE_KNOWN_MS) {
      const seen = await lookAt({ user_id: userId, cart_id: place.cart_id }, place, categoryOf)
      if (seen?.cart && isLive(seen.cart, now)) {
        remember(seen.cart, place.seen)
        return seen
      }
    }
    const cart = await carts.current(userId, now)
    if (cart) remember(cart, now.getTime())
    else places.delete(userId)
    return { cart, books: NO_BOOKS }
  }

  /**
   * The shopper's cart for changing it, with these `more` books: the newest that has not expired, whoever put it there. Where
   * its place is known it comes with its books, while a question that costs little makes sure that no other is newer.
   */
  const readForUpdate = async (
    userId: string,
    categoryOf: BookFinder['categoryOf'],
    now: Date,
    more: readonly string[],
  ): Promise<CartWithBooks> => {
    const place = places.get(userId)
    if (place) {
      const key = { user_id: userId, cart_id: place.cart_id }
      const [isNewest, seen] = await Promise.all([carts.isNewest(key), lookAt(key, place, categoryOf, more)])
      if (isNewest && seen?.cart && isLive(seen.cart, now)) return seen
    }
    return { cart: await carts.current(userId, now), books: NO_BOOKS }
  }

  /**
   * The shopper's live cart of this version, to be bought: asked for where it was last found, for itself and with its books.
   * Undefined where it is not known to be, and where it is not that one any more.
   */
  const readVersion = async (
    userId: string,
    version: string,
    categoryOf: BookFinder['categoryOf'],
    now: Date,
  ): Promise<{ readonly cart: Cart; readonly books: PricedByKey } | undefined> => {
    const place = places.get(userId)
    if (!place) return undefined
    const key = { user_id: userId, cart_id: place.cart_id }
    const seen = (await read([questionFor(key, place, categoryOf)])).get(textOf(key))
    return seen?.cart && isLive(seen.cart, now) && versionOf(seen.cart) === version
      ? { cart: seen.cart, books: seen.books }
      : undefined
  }

  return { readForDisplay, readForUpdate, readVersion, remember }
}
