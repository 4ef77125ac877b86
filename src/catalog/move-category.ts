/**
 * Move of all books of a category to another one, for `cloudshelf categories`, while the shop sells. Each book moves with its stock in
 * one transaction, so a crash leaves every book in one of both; the same move again completes it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { ShopError } from '../core/errors.ts'
import { backoff } from '../core/retry.ts'
import type { EditDeps } from './deps.ts'
import { auditedValues, commitEdit, nextUpdatedAt } from './edit.ts'
import { isForSale } from './find.ts'
import { createMissingPointers, type PointerDeps } from './pointers.ts'
import { renamedWrites } from './renamed-categories.ts'
import { type BookKey, type BookTable, isBook } from './table.ts'

export type MoveDeps = EditDeps & Pick<PointerDeps, 'report'>

/** What a category holds: all books, those for sale, and items that are not valid books. */
export type CategoryContent = { readonly books: number; readonly forSale: number; readonly invalid: number }

/** All categories of the table by name, also those without a book for sale. */
export const readCategoryContents = async (books: BookTable): Promise<Map<string, CategoryContent>> => {
  const contents = new Map<string, CategoryContent>()
  for await (const rows of books.rows())
    for (const row of rows) {
      const content = contents.get(row.category) ?? { books: 0, forSale: 0, invalid: 0 }
      contents.set(
        row.category,
        isBook(row)
          ? {
              ...content,
              books: content.books + 1,
              forSale: content.forSale + (isForSale(row) ? 1 : 0),
            }
          : { ...content, invalid: content.invalid + 1 },
      )
    }
  return contents
}

export type CategoryMove = {
  /** For the audit: an account's id, or what else acts. */
  readonly actor: string
  readonly what: 'category.rename' | 'category.merge'
  readonly from: string
  readonly to: string
}

export type MoveResult = {
  readonly moved: number
  /** Books that stay: their id is that of another book in the new category, or of one that the pointer leads to. */
  readonly taken: readonly string[]
}

const MAX_ATTEMPTS = 40
const PAUSE = backoff(5, 500)
const RETRIED = new Set(['book_changed', 'store_busy'])

type Moved = 'moved' | 'taken' | 'gone'

/** Moves one book, read again before each attempt: a sale or an edit was faster. */
const moveBook = async (deps: MoveDeps, key: BookKey, { actor, to }: CategoryMove): Promise<Moved> => {
  for (let attempt = 1; ; attempt++) {
    const item = await deps.books.getItem(key)
    const book = item && deps.books.parse(item)
    if (!item || !book || !isBook(book)) return 'gone'
    const moved = { ...book, category: to, updated_at: nextUpdatedAt(book.updated_at, deps.now()) }
    const event = {
      actor,
      what: 'book.change',
      before: auditedValues(book, deps.currency),
      after: auditedValues(moved, deps.currency),
      fields: ['category'],
    }
    try {
      await commitEdit(deps, [key, moved], deps.books.move(item, moved), event)
      return 'moved'
    } catch (error) {
      if (!(error instanceof ShopError)) throw error
      if (error.code === 'book_exists') return 'taken'
      if (error.code === 'book_not_found') return 'gone'
      if (!RETRIED.has(error.code) || attempt === MAX_ATTEMPTS) throw error
      await sleep(PAUSE(attempt))
    }
  }
}

/** The books of a page whose id is theirs; of two books with one id, only the one that the pointer leads to. */
const ownedKeys = async (deps: MoveDeps, category: string, page: readonly BookKey[]): Promise<BookKey[]> => {
  const pointers = await deps.books.categoriesOf(page.map(({ book_id }) => book_id))
  return page.filter(({ book_id }) => pointers.get(book_id) === category)
}

/** Records the move, so that links to the former name lead to the new one; a repeated move has been recorded. */
const recordMove = async (deps: MoveDeps, { actor, what, from, to }: CategoryMove): Promise<void> => {
  const { control } = deps.names
  const known = await deps.db.get(control, CONTROL_ROWS.renamedCategory.key(from))
  if (known?.now === to) return
  const event = {
    actor,
    what,
    subject: `category:${from}`,
    before: { category: from },
    after: { category: to },
  }
  await deps.db.transact([...renamedWrites(deps, from, to), ...auditWrites(control, event, deps.now())])
}

const PAGE_SIZE = 100
const MOVED_AT_ONCE = 4
/** Books that others put into the category meanwhile are moved by another pass. */
const MAX_PASSES = 5

/**
 * Moves all books from one category to the other and makes links to the former name lead there. Idempotent: after a crash or a
 * failure, the same call moves the rest. `onMoved` is called after each book. Throws ShopError store_unavailable.
 */
export const moveCategory = async (
  deps: MoveDeps,
  move: CategoryMove,
  onMoved: () => void = () => {},
): Promise<MoveResult> => {
  await recordMove(deps, move)
  let moved = 0
  let taken: string[] = []
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    let movedInPass = 0
    taken = []
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await deps.books.getCategoryPage(move.from, PAGE_SIZE, after)
      after = page.next
      await createMissingPointers(deps, page.books)
      const keys = await ownedKeys(deps, move.from, page.books)
      const owned = new Set(keys.map(({ book_id }) => book_id))
      taken.push(...page.books.flatMap(({ book_id }) => (owned.has(book_id) ? [] : [book_id])))
      const queue = [...keys]
      const worker = async (): Promise<void> => {
        for (let key = queue.shift(); key; key = queue.shift()) {
          const result = await moveBook(deps, key, move)
          if (result === 'taken') taken.push(key.book_id)
          if (result !== 'moved') continue
          movedInPass++
          onMoved()
        }
      }
      // None may go on after a failure: the caller closes the database then.
      const workers = await Promise.allSettled(Array.from({ length: MOVED_AT_ONCE }, worker))
      for (const one of workers) if (one.status === 'rejected') throw one.reason
    }
    moved += movedInPass
    if (movedInPass === 0) break
  }
  return { moved, taken }
}
