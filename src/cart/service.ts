/** What a shopper does with a cart. Devices that change one cart at once lose nothing: each change is made again on what the other left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type BookFinder, findBooks, isForSale } from '../catalog/find.ts'
import type { PricedBook } from '../catalog/schema.ts'
import type { PricedByKey } from '../catalog/table.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { TransactionRefused } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds, newVersion } from '../core/ids.ts'
import type { PriceRules } from './pricing.ts'
import { cartView } from './quote.ts'
import type { CartReader } from './reader.ts'
import { type AddItem, type Cart, type CartLine, type CartView, MAX_LINES, MAX_QUANTITY } from './schema.ts'
import { type CartTable, cartIdOn } from './table.ts'

export type CartDeps = BookFinder & {
  readonly db: Dynamo
  readonly carts: CartTable
  readonly cartReader: CartReader
  readonly rules: PriceRules
  readonly currency: string
  readonly cartTtlSeconds: number
  readonly now: () => Date
}

const MAX_TRIES = 30

const booksOf = (
  deps: CartDeps,
  lines: readonly CartLine[],
  more: readonly string[],
  seen?: PricedByKey,
): Promise<Map<string, PricedBook>> =>
  findBooks(
    deps,
    [...new Set([...lines.map(line => line.book_id), ...more])],
    new Map(lines.map(line => [line.book_id, line.category])),
    keys => deps.books.getPricedTogether(keys, seen),
  )

/** The shopper's cart at today's prices; an empty one when there is none. */
export const readCart = async (deps: CartDeps, userId: string | undefined): Promise<CartView> => {
  if (userId === undefined) return cartView(undefined, new Map(), deps)
  const { cart, books } = await deps.cartReader.readForDisplay(userId, deps.categoryOf, deps.now())
  return cartView(cart, await booksOf(deps, cart?.items ?? [], [], books), deps)
}

type Edit = (lines: readonly CartLine[], books: ReadonlyMap<string, PricedBook>) => readonly CartLine[]

const cartOf = (
  { cartTtlSeconds }: CartDeps,
  userId: string,
  seen: Cart | undefined,
  lines: readonly CartLine[],
  now: Date,
): Cart => ({
  user_id: userId,
  cart_id: seen?.cart_id ?? cartIdOn(now),
  items: [...lines],
  version: newVersion(),
  created_at: seen?.created_at ?? now.toISOString(),
  updated_at: now.toISOString(),
  expires_at: epochSeconds(now) + cartTtlSeconds,
})

/** False when the cart is no longer as it was seen, unless it is this very `cart`: then the answer was lost, not the write. */
const isWritten = async (cart: Cart, writing: Promise<void>): Promise<boolean> => {
  try {
    await writing
    return true
  } catch (error) {
    if (error instanceof TransactionRefused)
      return [...error.failed.values()].some(old => old?.version === cart.version)
    throw error
  }
}

/**
 * A transaction also where one item is written: its token alone tells our own write, whose answer was lost, from another
 * device's that came after it. Only an engine that was restarted has forgotten the token: then the version tells.
 */
const save = ({ db, carts, now }: CartDeps, cart: Cart, seen: Cart | undefined): Promise<boolean> =>
  isWritten(cart, db.transact(seen ? [carts.replace(cart, seen.version, now())] : carts.begin(cart, now())))

const storeBusy = () =>
  new ShopError('store_busy', 'Your cart is being changed from many places at once. Please try again.')

const change = async (
  deps: CartDeps,
  userId: string,
  edit: Edit,
  bookIds: readonly string[],
): Promise<CartView> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (tries > 0) await sleep(Math.random() * Math.min(5 * 2 ** tries, 80))
    const now = deps.now()
    const { cart: seen, books: had } = await deps.cartReader.readForUpdate(
      userId,
      deps.categoryOf,
      now,
      bookIds,
    )
    const books = await booksOf(deps, seen?.items ?? [], bookIds, had)
    const cart = cartOf(deps, userId, seen, edit(seen?.items ?? [], books), now)
    if (!(await save(deps, cart, seen))) continue
    deps.cartReader.remember(cart, now.getTime())
    return cartView(cart, books, deps)
  }
  throw storeBusy()
}

/** The book, if it can be bought in this quantity; says how many are left where it cannot. */
const buyable = (books: ReadonlyMap<string, PricedBook>, bookId: string, quantity: number): PricedBook => {
  const book = books.get(bookId)
  if (!book || !isForSale(book)) throw new ShopError('book_not_found', `There is no book ${bookId}.`)
  if (quantity > MAX_QUANTITY)
    throw new ShopError('quantity_limit', `At most ${MAX_QUANTITY} copies of one book go into a cart.`)
  if (book.stock_quantity >= quantity) return book
  const left = book.stock_quantity === 0 ? 'is sold out' : `has only ${book.stock_quantity} left`
  throw new ShopError('out_of_stock', `“${book.title}” ${left}.`, {
    items: [{ book_id: bookId, requested_quantity: quantity, available_quantity: book.stock_quantity }],
  })
}

const lineOf = ({ book_id, category, title, price }: PricedBook, quantity: number): CartLine => ({
  book_id,
  category,
  title,
  price,
  quantity,
})

const adding =
  ({ book_id, quantity }: AddItem): Edit =>
  (lines, books) => {
    const line = lines.find(one => one.book_id === book_id)
    const book = buyable(books, book_id, (line?.quantity ?? 0) + quantity)
    if (line) return lines.map(one => (one === line ? lineOf(book, one.quantity + quantity) : one))
    if (lines.length >= MAX_LINES)
      throw new ShopError('line_limit', `A cart holds at most ${MAX_LINES} different books.`)
    return [...lines, lineOf(book, quantity)]
  }

/** Adds copies of a book to what the cart has of it. Throws book_not_found, out_of_stock, quantity_limit, line_limit. */
export const addItem = (deps: CartDeps, userId: string, item: AddItem): Promise<CartView> =>
  change(deps, userId, adding(item), [item.book_id])

/**
 * As `addItem`, for somebody whose id was made for this very request: nobody else knows it before the answer, so there is no
 * cart to look for and no other device that could be making one.
 */
export const addFirstItem = async (deps: CartDeps, newUserId: string, item: AddItem): Promise<CartView> => {
  const now = deps.now()
  const books = await booksOf(deps, [], [item.book_id])
  const cart = cartOf(deps, newUserId, undefined, adding(item)([], books), now)
  if (await isWritten(cart, deps.db.write(deps.carts.beginNew(cart), true)))
    return cartView(cart, books, deps)
  throw storeBusy()
}

const lineMissing = () => new ShopError('cart_line_not_found', 'This book is not in your cart.')

/** Sets how many copies the cart has of a book in it. Throws cart_line_not_found, out_of_stock. */
export const setQuantity = async (
  deps: CartDeps,
  userId: string | undefined,
  bookId: string,
  quantity: number,
): Promise<CartView> => {
  if (userId === undefined) throw lineMissing()
  const edit: Edit = (lines, books) => {
    if (!lines.some(line => line.book_id === bookId)) throw lineMissing()
    const book = buyable(books, bookId, quantity)
    return lines.map(line => (line.book_id === bookId ? lineOf(book, quantity) : line))
  }
  return change(deps, userId, edit, [bookId])
}

/** Takes a book out of the cart. Throws cart_line_not_found. */
export const removeItem = async (
  deps: CartDeps,
  userId: string | undefined,
  bookId: string,
): Promise<CartView> => {
  if (userId === undefined) throw lineMissing()
  const edit: Edit = lines => {
    if (!lines.some(line => line.book_id === bookId)) throw lineMissing()
    return lines.filter(line => line.book_id !== bookId)
  }
  return change(deps, userId, edit, [])
}

/** Empties the cart; one that is empty stays so. */
export const clearCart = async (deps: CartDeps, userId: string | undefined): Promise<CartView> => {
  const cart = userId === undefined ? undefined : await deps.carts.current(userId, deps.now())
  if (userId === undefined || !cart || cart.items.length === 0) return cartView(cart, new Map(), deps)
  return change(deps, userId, () => [], [])
}
