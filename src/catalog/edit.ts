/** Edit of a book under optimistic locking, with its audit event and its entry in the change log. No edit undoes a sale. */
import { type AuditEvent, auditWrites } from '../core/audit.ts'
import type { Currency } from '../core/currency.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { orShopError } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { EditDeps } from './deps.ts'
import type { FoundBooks } from './index/refresh.ts'
import { etagOf, getStaffBook, getStoredBook, locateBook, type StoredBook } from './lookup.ts'
import type { Book } from './schema.ts'
import type { BookKey } from './table.ts'
import { type BookEdit, stockWouldBeNegative } from './table-writes.ts'

/** Who edits which book; `ifMatch` is the ETag that the editor read, or `*`. */
export type EditTarget = {
  /** An account's id, or what else acts, for the audit. */
  readonly actor: string
  readonly bookId: string
  readonly ifMatch?: string | undefined
}

export type RequestedEdit = {
  /** Where the book is moved to; undefined leaves it. */
  readonly category?: string | undefined
  readonly changes: BookEdit
  /** Moves the stock by a number, or sets it to a counted one. Never both. */
  readonly stockDelta?: number | undefined
  readonly stockQuantity?: number | undefined
}

type EditEvent = Omit<AuditEvent, 'subject'>

/** What the audit records of a book: what decides a sale. */
export const auditedValues = (
  { category, price, stock_quantity, status }: Book,
  currency: Currency,
): Item => ({
  category,
  price: toDecimal(price, currency),
  stock_quantity,
  ...(status === undefined ? {} : { status }),
})

/**
 * Carries out the writes with their change log entry and audit event in one transaction, and updates the index. Returns the
 * books of these keys as they are now. Throws the ShopError of the write that was refused.
 */
export const commitEdit = async (
  deps: EditDeps,
  keys: readonly BookKey[],
  writes: readonly Write[],
  event: EditEvent,
): Promise<FoundBooks> => {
  const now = deps.now()
  const subject = `book:${keys.at(-1)?.book_id}`
  const audit = auditWrites(deps.names.control, { ...event, subject }, now)
  await orShopError(deps.db.transact([...writes, ...deps.changes.announce(keys, now), ...audit]))
  return deps.liveIndex.onEdit(keys)
}

/** The last moment that a Date can hold. */
const LAST_INSTANT = 8.64e15

/** The `updated_at` of an edit: always after the previous one, since it tells two edits apart. */
export const nextUpdatedAt = (previous: string, now: Date): string => {
  const last = Date.parse(previous)
  return last >= now.getTime() && last < LAST_INSTANT ? new Date(last + 1).toISOString() : now.toISOString()
}

/** Audit event of an edit. Deltas are recorded as deltas: the stock may have moved since it was read. */
const editEvent = (
  { currency }: EditDeps,
  actor: string,
  book: Book,
  { category }: BookKey,
  edit: RequestedEdit,
): EditEvent => {
  const { stockDelta: delta, stockQuantity: counted, changes } = edit
  const after = {
    ...auditedValues({ ...book, ...changes, category } as Book, currency),
    ...(counted === undefined ? {} : { stock_quantity: counted }),
    ...(delta === undefined ? {} : { stock_quantity: book.stock_quantity + delta, stock_delta: delta }),
  }
  return {
    actor,
    what: 'book.change',
    before: auditedValues(book, currency),
    after,
    fields: Object.keys(changes).sort(),
  }
}

const stockCondition = (book: Book, { stockDelta, stockQuantity }: RequestedEdit) => {
  if (stockDelta !== undefined) return { delta: stockDelta }
  return stockQuantity === undefined ? undefined : { to: stockQuantity, seen: book.stock_quantity }
}

/** A move writes the item whole, on condition that neither edit nor sale came since it was read. */
const moveWrites = (
  deps: EditDeps,
  { book, item }: StoredBook,
  key: BookKey,
  { changes, stockDelta, stockQuantity }: RequestedEdit,
): Write[] => {
  const stock = stockQuantity ?? book.stock_quantity + (stockDelta ?? 0)
  if (stock < 0) throw stockWouldBeNegative(book.book_id, book.stock_quantity)
  return deps.books.move(item, { ...book, ...key, stock_quantity: stock, ...changes } as Book)
}

const writeEdit = async (
  deps: EditDeps,
  stored: StoredBook,
  { actor, ifMatch }: EditTarget,
  requested: RequestedEdit,
): Promise<Book> => {
  const { book } = stored
  const { book_id } = book
  const key = { category: requested.category ?? book.category, book_id }
  const changes = { ...requested.changes, updated_at: nextUpdatedAt(book.updated_at, deps.now()) }
  const edit = { ...requested, changes }
  const event = editEvent(deps, actor, book, key, requested)
  const conditions = {
    seen: ifMatch === undefined ? undefined : book.updated_at,
    stock: stockCondition(book, edit),
  }
  const found =
    key.category === book.category
      ? await commitEdit(deps, [key], [deps.books.edit(key, changes, conditions)], event)
      : await commitEdit(deps, [book, key], moveWrites(deps, stored, key, edit), event)
  // It is missing when another process has moved it since.
  return found.get(book_id) ?? getStaffBook(deps, book_id)
}

const MAX_ATTEMPTS = 5

/**
 * Edits a book and returns it as it is then. Without `ifMatch` an edit that another one overtook is repeated. Throws
 * book_not_found, precondition_failed, book_changed, stock_would_be_negative.
 */
export const editBook = async (
  deps: EditDeps,
  target: EditTarget,
  requested: RequestedEdit,
): Promise<Book> => {
  const { bookId, ifMatch } = target
  for (let attempt = 1; ; attempt++) {
    const stored = await getStoredBook(deps, await locateBook(deps, bookId))
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(stored.book))
      throw new ShopError(
        'precondition_failed',
        'The book has changed since you read it. Read it again and repeat your change.',
      )
    try {
      return await writeEdit(deps, stored, target, requested)
    } catch (error) {
      const isOvertaken = error instanceof ShopError && error.code === 'book_changed'
      if (!isOvertaken || ifMatch !== undefined || attempt === MAX_ATTEMPTS) throw error
    }
  }
}
