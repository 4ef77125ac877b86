/** Books one by one: how the public reads one, and how staff put, change and remove them. No edit undoes a sale. */
import { type AuditEvent, auditWrites } from '../core/audit.ts'
import type { Blobs } from '../core/blobs.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type Item, orShopError, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'
import { type Cents, parseDecimal, toDecimal } from '../core/money.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { BrowseDeps } from './browse.ts'
import { isForSale } from './find.ts'
import type { ChangeLog } from './index/change-log.ts'
import { normalizeIsbn } from './isbn.ts'
import { Book, type BookChange, type BookContent, BookId, type NewBook } from './schema.ts'
import type { BookKey } from './table.ts'
import { type BookEdit, changedMeanwhile } from './table-writes.ts'

export type CatalogDeps = BrowseDeps & {
  readonly db: Dynamo
  readonly changes: ChangeLog
  readonly blobs: Blobs
  readonly names: TableNames
  readonly now: () => Date
}

const notFound = (id: string) => new ShopError('book_not_found', `There is no book ${id.slice(0, 60)}.`)
const cents = (price: number): Cents => parseDecimal(price) ?? (0 as Cents)

/** Where a book lies: by its id, else by its ISBN in any spelling. Throws book_not_found. */
export const locate = async ({ liveIndex, books }: CatalogDeps, idOrIsbn: string): Promise<BookKey> => {
  const row = liveIndex.index?.rows.get(idOrIsbn)
  if (row) return row
  if (BookId.safeParse(idOrIsbn).success) {
    const category = (await books.categoriesOf([idOrIsbn])).get(idOrIsbn)
    if (category !== undefined) return { category, book_id: idOrIsbn }
  }
  if (normalizeIsbn(idOrIsbn) !== undefined) {
    const byIsbn = (await liveIndex.indexSoon())?.rows.getByIsbn(idOrIsbn)
    if (byIsbn) return byIsbn
  }
  throw notFound(idOrIsbn)
}

/** One book for the public, as the table has it. Throws book_not_found, also for one that is retired. */
export const getBook = async (deps: CatalogDeps, idOrIsbn: string): Promise<Book> => {
  const book = await getStaffBook(deps, idOrIsbn)
  if (!isForSale(book)) throw notFound(idOrIsbn)
  return book
}

/** One book for staff, retired or not. Throws book_not_found. */
export const getStaffBook = async (deps: CatalogDeps, idOrIsbn: string): Promise<Book> => {
  const key = await locate(deps, idOrIsbn)
  const book = (await deps.books.get(key)) ?? (await whereItMoved(deps, key))
  if (!book) throw notFound(idOrIsbn)
  return book
}

/** A book that another process has moved a moment ago: its pointer knows before the memory does. */
const whereItMoved = async (
  { books }: CatalogDeps,
  { category, book_id }: BookKey,
): Promise<Book | undefined> => {
  const pointed = (await books.categoriesOf([book_id])).get(book_id)
  return pointed === undefined || pointed === category ? undefined : books.get({ category: pointed, book_id })
}

/** The ETag of a book as staff see it: another one after any edit, sale or return. */
export const etagOf = (book: Book): string =>
  `"${sha256(`${book.updated_at}\n${book.stock_quantity}`).slice(0, 32)}"`

/** Writes, tells the memory, and notes who did it. */
const commitEdit = async (
  deps: CatalogDeps,
  keys: readonly BookKey[],
  writes: readonly Write[],
  act: Omit<AuditEvent, 'subject'>,
): Promise<void> => {
  const now = deps.now()
  const note = auditWrites(deps.names.control, { ...act, subject: `book:${keys.at(-1)?.book_id}` }, now)
  await orShopError(deps.db.transact([...writes, ...deps.changes.announce(keys, now), ...note]))
  await deps.liveIndex.onEdit(keys)
}

/** What the audit tells of a book: what decides a sale. */
const audited = ({ category, price, stock_quantity, status }: Book): Item => ({
  category,
  price: toDecimal(price),
  stock_quantity,
  ...(status === undefined ? {} : { status }),
})

/** Puts a new book on the shelf. `actor` is who does it, for the audit. Throws book_exists. */
export const createBook = async (deps: CatalogDeps, actor: string, input: NewBook): Promise<Book> => {
  const at = deps.now().toISOString()
  const book: Book = { ...input, price: cents(input.price), created_at: at, updated_at: at }
  const act = { actor, what: 'book.create', after: audited(book) }
  try {
    await commitEdit(deps, [book], deps.books.create(book), act)
  } catch (error) {
    const stale =
      error instanceof ShopError && error.code === 'book_exists' && (await stalePointer(deps, book))
    if (!stale) throw error
    await commitEdit(deps, [book], deps.books.create(book, stale), act)
  }
  return book
}

/** The category to which the pointer of this id leads, where there is nothing. */
const stalePointer = async ({ books }: CatalogDeps, { book_id }: BookKey): Promise<string | undefined> => {
  const category = (await books.categoriesOf([book_id])).get(book_id)
  if (category === undefined) return undefined
  return (await books.getItem({ category, book_id })) ? undefined : category
}

const editOf = ({ price, ...rest }: Omit<BookContent, 'category'>): BookEdit => ({
  ...rest,
  price: cents(price),
})

/** Optional attributes that a full replacement takes away unless it names them. */
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

/** Replaces all that staff may edit. Throws book_not_found, precondition_failed, book_changed. */
export const replaceBook = (
  deps: CatalogDeps,
  actor: string,
  bookId: string,
  ifMatch: string | undefined,
  input: BookContent,
): Promise<Book> => {
  const { category, ...content } = input
  const cleared = Object.fromEntries(OPTIONAL.map(name => [name, undefined]))
  return edit(deps, actor, bookId, ifMatch, { category, changes: { ...cleared, ...editOf(content) } })
}

/** Changes what is given. Throws as `replaceBook`, and stock_would_be_negative, precondition_required. */
export const changeBook = (
  deps: CatalogDeps,
  actor: string,
  bookId: string,
  ifMatch: string | undefined,
  input: BookChange,
): Promise<Book> => {
  const { category, stock_delta: delta, stock_quantity: counted, price, ...rest } = input
  if (delta !== undefined && counted !== undefined)
    throw new ShopError('invalid_request', 'Change the stock by stock_delta or set stock_quantity, not both.')
  if (counted !== undefined && (ifMatch === undefined || ifMatch === '*'))
    throw new ShopError(
      'precondition_required',
      'To set the stock, send If-Match with the ETag that you read; or send stock_delta.',
    )
  const changes = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? undefined]))
  return edit(deps, actor, bookId, ifMatch, {
    category,
    changes: price === undefined ? changes : { ...changes, price: cents(price) },
    delta,
    counted,
  })
}

type Edit = {
  readonly category: string | undefined
  readonly changes: BookEdit
  readonly delta?: number | undefined
  readonly counted?: number | undefined
}

const MAX_TRIES = 5

const edit = async (
  deps: CatalogDeps,
  actor: string,
  bookId: string,
  ifMatch: string | undefined,
  wanted: Edit,
): Promise<Book> => {
  for (let tries = 1; ; tries++) {
    const seen = await getStaffBook(deps, bookId)
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(seen))
      throw new ShopError(
        'precondition_failed',
        'The book is no longer as you read it. Read it again and repeat your change.',
      )
    try {
      return await writeEdit(deps, actor, seen, ifMatch !== undefined, wanted)
    } catch (error) {
      const raced = error instanceof ShopError && error.code === 'book_changed'
      if (!raced || ifMatch !== undefined || tries === MAX_TRIES) throw error
    }
  }
}

const writeEdit = async (
  deps: CatalogDeps,
  actor: string,
  seen: Book,
  exactly: boolean,
  wanted: Edit,
): Promise<Book> => {
  const key = { category: wanted.category ?? seen.category, book_id: seen.book_id }
  const changes = { ...wanted.changes, updated_at: later(seen.updated_at, deps.now()) }
  const act = actOf(actor, seen, key, wanted)
  if (key.category !== seen.category) await move(deps, seen, key, changes, wanted, act)
  else {
    const stock = stockOf(seen, wanted)
    const write = deps.books.edit(key, changes, { seen: exactly ? seen.updated_at : undefined, stock })
    await commitEdit(deps, [key], [write], act)
  }
  return getStaffBook(deps, seen.book_id)
}

/** The audit's word of an edit. A delta is told as such: what the stock was then is the store's to know. */
const actOf = (
  actor: string,
  seen: Book,
  { category }: BookKey,
  wanted: Edit,
): Omit<AuditEvent, 'subject'> => {
  const { delta, counted, changes } = wanted
  const after = {
    ...audited({ ...seen, ...changes, category } as Book),
    ...(counted === undefined ? {} : { stock_quantity: counted }),
    ...(delta === undefined ? {} : { stock_quantity: seen.stock_quantity + delta, stock_delta: delta }),
  }
  return { actor, what: 'book.change', before: audited(seen), after, fields: Object.keys(changes).sort() }
}

/** The last moment that a date can say. */
const LAST_INSTANT = 8.64e15

/** The time of an edit: always after the one before, since it is what tells two edits apart. */
export const later = (before: string, now: Date): string => {
  const last = Date.parse(before)
  return last >= now.getTime() && last < LAST_INSTANT ? new Date(last + 1).toISOString() : now.toISOString()
}

const stockOf = (seen: Book, { delta, counted }: Edit) => {
  if (delta !== undefined) return { delta }
  return counted === undefined ? undefined : { to: counted, seen: seen.stock_quantity }
}

const move = async (
  deps: CatalogDeps,
  seen: Book,
  key: BookKey,
  changes: BookEdit,
  { delta, counted }: Edit,
  act: Omit<AuditEvent, 'subject'>,
): Promise<void> => {
  const item = await deps.books.getItem(seen)
  if (!item) throw notFound(seen.book_id)
  // What was decided on the book as it was seen holds for no other.
  if (etagOf(Book.parse(item)) !== etagOf(seen)) throw changedMeanwhile(seen.book_id)
  const stock = counted ?? seen.stock_quantity + (delta ?? 0)
  if (stock < 0)
    throw new ShopError(
      'stock_would_be_negative',
      `${seen.book_id} has only ${seen.stock_quantity} in stock.`,
    )
  const moved = Book.parse({ ...item, ...key, stock_quantity: stock })
  await commitEdit(deps, [seen, key], deps.books.move(item, { ...moved, ...changes } as Book), act)
}

/** Takes a book off the shelf for good; carts that hold it will say so. Throws book_not_found. */
export const deleteBook = async (deps: CatalogDeps, actor: string, bookId: string): Promise<void> => {
  const key = await locate(deps, bookId)
  const seen = await deps.books.get(key)
  const act = { actor, what: 'book.delete', ...(seen ? { before: audited(seen) } : {}) }
  await commitEdit(deps, [key], deps.books.remove(key), act)
}

/** Makes the cover of a book the one under this address. Throws book_not_found. */
export const setCover = (deps: CatalogDeps, actor: string, bookId: string, imageUrl: string): Promise<Book> =>
  edit(deps, actor, bookId, undefined, { category: undefined, changes: { image_url: imageUrl } })
