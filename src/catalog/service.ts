/** Commands of staff on single books: create, replace, change, delete, set the cover image. */
import { ShopError } from '../core/errors.ts'
import type { EditDeps } from './deps.ts'
import { auditedValues, commitEdit, type EditTarget, editBook } from './edit.ts'
import { locateBook } from './lookup.ts'
import { requirePrice } from './price.ts'
import type { Book, BookChange, BookContent, NewBook } from './schema.ts'
import type { BookKey } from './table.ts'

/** The category that the pointer of this id leads to, if there is no item: a pointer that was left behind. */
const stalePointer = async ({ books }: EditDeps, { book_id }: BookKey): Promise<string | undefined> => {
  const category = (await books.categoriesOf([book_id])).get(book_id)
  if (category === undefined) return undefined
  return (await books.getItem({ category, book_id })) ? undefined : category
}

/** Creates a book. `actor` is the account's id, for the audit. Throws book_exists. */
export const createBook = async (deps: EditDeps, actor: string, input: NewBook): Promise<Book> => {
  const at = deps.now().toISOString()
  const book: Book = {
    ...input,
    price: requirePrice(input.price, deps.currency),
    created_at: at,
    updated_at: at,
  }
  const event = { actor, what: 'book.create', after: auditedValues(book, deps.currency) }
  try {
    await commitEdit(deps, [book], deps.books.create(book), event)
  } catch (error) {
    const isTaken = error instanceof ShopError && error.code === 'book_exists'
    const stale = isTaken ? await stalePointer(deps, book) : undefined
    if (stale === undefined) throw error
    await commitEdit(deps, [book], deps.books.create(book, stale), event)
  }
  return book
}

/** Optional attributes that a full replacement removes unless it gives them. */
const OPTIONAL = [
  'isbn',
  'description',
  'image_url',
  'status',
  'average_rating',
  'ratings_count',
  'published_year',
  'language',
  'pages',
  'genres',
] as const

/** Replaces everything that staff may edit, and leaves the stock. Throws book_not_found, precondition_failed, book_changed. */
export const replaceBook = async (deps: EditDeps, target: EditTarget, input: BookContent): Promise<Book> => {
  const { category, price, ...content } = input
  const removed = Object.fromEntries(OPTIONAL.map(name => [name, undefined]))
  return editBook(deps, target, {
    category,
    changes: { ...removed, ...content, price: requirePrice(price, deps.currency) },
  })
}

/** Changes what is given. Throws as `replaceBook`, and stock_would_be_negative, precondition_required. */
export const changeBook = async (deps: EditDeps, target: EditTarget, input: BookChange): Promise<Book> => {
  const { category, stock_delta: stockDelta, stock_quantity: stockQuantity, price, ...rest } = input
  const { ifMatch } = target
  if (stockDelta !== undefined && stockQuantity !== undefined)
    throw new ShopError('invalid_request', 'Send either stock_delta or stock_quantity, not both.')
  if (stockQuantity !== undefined && (ifMatch === undefined || ifMatch === '*'))
    throw new ShopError(
      'precondition_required',
      'To set the stock, send If-Match with the ETag that you read, or send stock_delta instead.',
    )
  const changes = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? undefined]))
  return editBook(deps, target, {
    category,
    changes: price === undefined ? changes : { ...changes, price: requirePrice(price, deps.currency) },
    stockDelta,
    stockQuantity,
  })
}

/** Deletes a book for good; carts that contain it show it as unavailable. Throws book_not_found. */
export const deleteBook = async (deps: EditDeps, actor: string, bookId: string): Promise<void> => {
  const key = await locateBook(deps, bookId)
  // Also an item that cannot be read as a book can be deleted: then the audit has no values of it.
  const book = await deps.books.get(key)
  const event = {
    actor,
    what: 'book.delete',
    ...(book ? { before: auditedValues(book, deps.currency) } : {}),
  }
  await commitEdit(deps, [key], deps.books.remove(key), event)
}

/** Sets the cover image of a book to this URL. Throws book_not_found, book_changed. */
export const setCover = (deps: EditDeps, actor: string, bookId: string, imageUrl: string): Promise<Book> =>
  editBook(deps, { actor, bookId }, { changes: { image_url: imageUrl } })
