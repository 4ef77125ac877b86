/** Cart commands. Concurrent changes are retried under optimistic locking: each is written only on the version that it read. */
import { isForSale } from '../catalog/find.ts'
import type { PricedBook } from '../catalog/schema.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds, newVersion } from '../core/ids.ts'
import { backoff, type RetryPolicy, retry } from '../core/retry.ts'
import type { CartDeps } from './deps.ts'
import { cartView, isShort, quoteLines, withCopies } from './quote.ts'
import type { BooksById } from './reader.ts'
import { type AddItem, type Cart, type CartLine, type CartView, MAX_LINES, MAX_QUANTITY } from './schema.ts'
import { cartIdOn } from './table.ts'

const CART_RETRIES: RetryPolicy = { maxTries: 30, pause: backoff(5, 80) }

/** The shopper's cart at today's prices; an empty one where there is none. */
export const readCart = async (deps: CartDeps, userId: string | undefined): Promise<CartView> => {
  if (userId === undefined) return cartView(undefined, new Map(), deps)
  const { cart, books } = await deps.cartReader.readForDisplay(userId, deps.now())
  return cartView(cart, await withHeldCopies(deps, userId, cart?.items ?? [], books), deps)
}

/** The books with the copies that the shopper holds; they are asked for only where a line is short, which is rare. */
const withHeldCopies = async (
  deps: CartDeps,
  userId: string,
  lines: readonly CartLine[],
  books: BooksById,
): Promise<BooksById> =>
  quoteLines(lines, books).some(isShort) ? withCopies(books, await deps.heldCopies(userId)) : books

type Edit = (lines: readonly CartLine[], books: BooksById) => readonly CartLine[]

/** The cart to write in place of `previous`, with a version and an expiry of its own. */
const nextCart = (
  { cartTtlSeconds }: CartDeps,
  userId: string,
  previous: Cart | undefined,
  lines: readonly CartLine[],
  now: Date,
): Cart => ({
  user_id: userId,
  cart_id: previous?.cart_id ?? cartIdOn(now),
  items: [...lines],
  version: newVersion(),
  created_at: previous?.created_at ?? now.toISOString(),
  updated_at: now.toISOString(),
  expires_at: epochSeconds(now) + cartTtlSeconds,
})

/**
 * Whether the write succeeded. False where the stored cart has changed since it was read; where it is `cart` itself, an
 * earlier attempt was applied and only its response was lost.
 */
const isWritten = async (cart: Cart, writing: Promise<void>): Promise<boolean> => {
  const rejection = await rejectionOf(writing)
  return !rejection || [...rejection.failed.values()].some(stored => stored?.version === cart.version)
}

/**
 * Writes the cart on the version that was read. A transaction even for a single item, because its token tells our own
 * write, whose response was lost, from a later one of another device. An engine that was restarted has forgotten the token;
 * then the version tells.
 */
const save = ({ db, carts, now }: CartDeps, cart: Cart, previous: Cart | undefined): Promise<boolean> =>
  isWritten(
    cart,
    db.transact(previous ? [carts.replace(cart, previous.version, now())] : carts.begin(cart, now())),
  )

const storeBusy = () =>
  new ShopError('store_busy', 'Your cart is being changed from several places at once. Please try again.')

/** Called before a cart is created; throws where it must not be. */
type BeforeNewCart = () => Promise<void>

/** The edited lines. Copies that the shopper holds while paying are theirs, and asked for only where others are missing. */
const editLines = async (
  deps: CartDeps,
  userId: string,
  edit: Edit,
  lines: readonly CartLine[],
  books: BooksById,
): Promise<readonly CartLine[]> => {
  try {
    return edit(lines, books)
  } catch (error) {
    if (!(error instanceof ShopError && error.code === 'out_of_stock')) throw error
    return edit(lines, withCopies(books, await deps.heldCopies(userId)))
  }
}

/** Applies `edit` to the newest cart: read, edit, conditional write; again with backoff where another device was faster. */
const change = async (
  deps: CartDeps,
  userId: string,
  edit: Edit,
  bookIds: readonly string[],
  beforeNewCart?: BeforeNewCart,
): Promise<CartView> => {
  let isCounted = false
  const view = await retry(CART_RETRIES, async () => {
    const now = deps.now()
    const { cart: previous, books } = await deps.cartReader.readForUpdate(userId, bookIds, now)
    const lines = await editLines(deps, userId, edit, previous?.items ?? [], books)
    const cart = nextCart(deps, userId, previous, lines, now)
    if (!previous && !isCounted) {
      isCounted = true
      await beforeNewCart?.()
    }
    if (!(await save(deps, cart, previous))) return undefined
    deps.cartReader.cacheKeys(cart, now)
    return cartView(cart, await withHeldCopies(deps, userId, lines, books), deps)
  })
  if (!view) throw storeBusy()
  return view
}

/**
 * The book, if it is for sale and in stock in this quantity. Throws book_not_found, quantity_limit, and out_of_stock with
 * the number of copies left.
 */
const requireInStock = (books: BooksById, bookId: string, quantity: number): PricedBook => {
  const book = books.get(bookId)
  if (!book || !isForSale(book))
    throw new ShopError('book_not_found', `The book ${bookId} does not exist or is no longer sold.`)
  if (quantity > MAX_QUANTITY)
    throw new ShopError('quantity_limit', `You can buy at most ${MAX_QUANTITY} copies of a book.`)
  const left = book.stock_quantity
  if (left >= quantity) return book
  const detail =
    left === 0
      ? `“${book.title}” is sold out.`
      : `Only ${left} ${left === 1 ? 'copy' : 'copies'} of “${book.title}” left.`
  throw new ShopError('out_of_stock', detail, {
    items: [{ book_id: bookId, requested_quantity: quantity, available_quantity: left }],
  })
}

const cartLine = ({ book_id, category, title, price }: PricedBook, quantity: number): CartLine => ({
  book_id,
  category,
  title,
  price,
  quantity,
})

const addition =
  ({ book_id, quantity }: AddItem): Edit =>
  (lines, books) => {
    const line = lines.find(one => one.book_id === book_id)
    const book = requireInStock(books, book_id, (line?.quantity ?? 0) + quantity)
    if (line) return lines.map(one => (one === line ? cartLine(book, one.quantity + quantity) : one))
    if (lines.length >= MAX_LINES)
      throw new ShopError('line_limit', `Your cart can hold at most ${MAX_LINES} different books.`)
    return [...lines, cartLine(book, quantity)]
  }

/** Adds copies of a book to the cart. Throws book_not_found, out_of_stock, quantity_limit, line_limit, and what `beforeNewCart` throws. */
export const addItem = (
  deps: CartDeps,
  userId: string,
  item: AddItem,
  beforeNewCart?: BeforeNewCart,
): Promise<CartView> => change(deps, userId, addition(item), [item.book_id], beforeNewCart)

/**
 * Adds copies of a book for a new shopper: one write, without looking for a cart. The id was made for this request and no
 * other request can know it, so there can be neither a cart nor a concurrent change. Throws what `addItem` throws.
 */
export const addFirstItem = async (
  deps: CartDeps,
  newUserId: string,
  item: AddItem,
  beforeNewCart?: BeforeNewCart,
): Promise<CartView> => {
  const now = deps.now()
  const books = await deps.cartReader.readBooks([item.book_id])
  const cart = nextCart(deps, newUserId, undefined, addition(item)([], books), now)
  await beforeNewCart?.()
  if (await isWritten(cart, deps.db.write(deps.carts.beginNew(cart), true)))
    return cartView(cart, books, deps)
  throw storeBusy()
}

const lineMissing = () => new ShopError('cart_line_not_found', 'This book is not in your cart.')

/** Sets the quantity of a book that is in the cart. Throws cart_line_not_found, book_not_found, out_of_stock. */
export const setQuantity = async (
  deps: CartDeps,
  userId: string | undefined,
  bookId: string,
  quantity: number,
): Promise<CartView> => {
  if (userId === undefined) throw lineMissing()
  const edit: Edit = (lines, books) => {
    if (!lines.some(line => line.book_id === bookId)) throw lineMissing()
    const book = requireInStock(books, bookId, quantity)
    return lines.map(line => (line.book_id === bookId ? cartLine(book, quantity) : line))
  }
  return change(deps, userId, edit, [bookId])
}

/** Removes a book from the cart. Throws cart_line_not_found. */
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

/** Empties the cart. Nothing is written where it is empty already. */
export const clearCart = async (deps: CartDeps, userId: string | undefined): Promise<CartView> => {
  const cart = userId === undefined ? undefined : await deps.carts.current(userId, deps.now())
  if (userId === undefined || !cart || cart.items.length === 0) return cartView(cart, new Map(), deps)
  return change(deps, userId, () => [], [])
}
