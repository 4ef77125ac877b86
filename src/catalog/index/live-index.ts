/**
 * The catalogue in memory, and how it follows the table: this process's own writes at once, other processes' through the
 * change log, and whatever anybody else put into the table by a comparison now and then.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Blobs } from '../../core/blobs.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import { isForSale } from '../find.ts'
import { createMissingPointers } from '../pointers.ts'
import { availabilityOf, type Book } from '../schema.ts'
import { type BookIndex, createBookIndex } from '../search/book-index.ts'
import { type BadRow, type BookKey, type BookTable, isBook } from '../table.ts'
import { listedBook } from '../views.ts'
import { type ChangeLog, LOG_KEPT_MS } from './change-log.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

export type LiveIndexDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly blobs: Blobs
  readonly now: () => Date
  /** Told of what went wrong in the background; the memory goes on with what it has. */
  readonly report: (error: unknown) => void
}

/** Rows that are no books, as the last comparison found them. */
const MAX_BAD_ROWS = 1_000
const GATHER_MS = 50
/** Whoever needs the index waits so long for it from the beginning of a load; after that the table answers what it can. */
const PATIENCE_MS = 1_000

export type LiveIndex = ReturnType<typeof createLiveIndex>

export const createLiveIndex = (deps: LiveIndexDeps) => {
  const { books, changes, now } = deps
  let index: BookIndex | undefined
  let asOf = new Date(0)
  let badRows: readonly BadRow[] = []
  /** Moves with each change that the public can see in a list. */
  let contentVersion = 0
  /** Moves when somebody edited books, and is waiting to see it. */
  let editVersion = 0
  let unsaved = false
  let savedAt = new Date(0)
  const bookVersions = new Map<string, number>()
  const seenChanges = new Map<string, number>()
  /** Books whose pointers have been seen. */
  const withPointer = new Set<string>()

  const remember = (book: Book): void => {
    if (!index) return
    const changed = isForSale(book) ? index.rows.put(listedBook(book)) : index.rows.remove(book.book_id)
    if (changed) noteChange(book.book_id)
  }
  const forget = (bookId: string): void => {
    withPointer.delete(bookId)
    if (index?.rows.remove(bookId)) noteChange(bookId)
  }
  const noteChange = (bookId: string): void => {
    contentVersion++
    unsaved = true
    bookVersions.set(bookId, (bookVersions.get(bookId) ?? 0) + 1)
  }

  let queue: Promise<void> = Promise.resolve()
  /** One after the other, so that what was read earlier never covers what was read later. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }

  /** What changed while there was no index yet: who loads it may have read it before. */
  let changedWhileLoading: BookKey[] = []
  const eachOnce = (keys: readonly BookKey[]): BookKey[] => [
    ...new Map(keys.map(key => [`${key.book_id}\n${key.category}`, key])).values(),
  ]
  const reread = async (keys: readonly BookKey[]): Promise<void> => {
    if (!index) {
      changedWhileLoading.push(...keys)
      return
    }
    const unique = eachOnce(keys)
    const found = await books.getMany(unique)
    for (const { category, book_id } of unique)
      if (found.get(book_id)?.category !== category && index?.rows.get(book_id)?.category === category)
        forget(book_id)
    for (const book of found.values()) remember(book)
  }
  /** Reads these books again and makes the memory say what the table says. */
  const refresh = (keys: readonly BookKey[]): Promise<void> => inTurn(() => reread(keys))

  /** Of these, the books of which the public sees something else since their stock has moved: few, whatever is sold. */
  const visiblyChanged = async (keys: readonly BookKey[]): Promise<readonly BookKey[]> => {
    if (!index) return keys
    const unique = eachOnce(keys)
    const found = await books.getPriced(unique)
    return unique.filter(({ book_id }) => {
      const book = found.get(book_id)
      if (!book || !isForSale(book)) return true
      return index?.rows.get(book_id)?.availability !== availabilityOf(book.stock_quantity)
    })
  }

  /** After an edit of this process: whoever asks next sees it. */
  const onEdit = async (keys: readonly BookKey[]): Promise<void> => {
    await refresh(keys)
    for (const { book_id } of keys) bookVersions.set(book_id, (bookVersions.get(book_id) ?? 0) + 1)
    editVersion++
  }

  let gathered: BookKey[] = []
  /** After a sale or a return: gathered, and looked at a moment later. */
  const onSale = (keys: readonly BookKey[]): void => {
    if (gathered.length === 0)
      setTimeout(() => {
        const batch = gathered
        gathered = []
        inTurn(async () => reread(await visiblyChanged(batch))).catch(deps.report)
      }, GATHER_MS)
    gathered.push(...keys)
  }

  /** Takes in what other processes have announced since the last look. */
  const readChanges = async (): Promise<void> => {
    const start = now()
    const keys: BookKey[] = []
    for await (const { sk, books: changed } of changes.since(asOf)) {
      if (seenChanges.has(sk)) continue
      seenChanges.set(sk, start.getTime())
      keys.push(...changed)
    }
    if (keys.length > 0) {
      await refresh(keys)
      editVersion++
      for (const { book_id } of keys) bookVersions.set(book_id, (bookVersions.get(book_id) ?? 0) + 1)
    }
    for (const [sk, at] of seenChanges) if (at < start.getTime() - 120_000) seenChanges.delete(sk)
    asOf = start
  }

  let following: Promise<void> | undefined
  /** Takes in what others have changed, unless that was done within the last `freshMs`. A log that cannot be read is reported. */
  const follow = async (freshMs: number): Promise<void> => {
    if (!index || now().getTime() - asOf.getTime() < freshMs) return
    following ??= readChanges()
      .catch(deps.report)
      .finally(() => {
        following = undefined
      })
    await following
  }

  const build = async (signal: AbortSignal | undefined): Promise<void> => {
    const start = now()
    const built = createBookIndex()
    const bad: BadRow[] = []
    for await (const rows of books.rows()) {
      signal?.throwIfAborted()
      for (const row of rows)
        if (!isBook(row)) bad.push(row)
        else if (isForSale(row)) built.rows.put(listedBook(row))
      // Whoever wants a book meanwhile gets it.
      await new Promise(resolve => setImmediate(resolve))
    }
    index = built
    badRows = bad.slice(0, MAX_BAD_ROWS)
    asOf = start
    unsaved = true
  }

  const read = async (signal: AbortSignal | undefined): Promise<void> => {
    const snapshot = await readSnapshot(deps.blobs).catch(deps.report)
    if (snapshot && now().getTime() - snapshot.asOf.getTime() < LOG_KEPT_MS / 2) {
      index = snapshot.index
      asOf = snapshot.asOf
      savedAt = snapshot.asOf
      await readChanges()
    } else await build(signal)
    await refresh(changedWhileLoading)
    changedWhileLoading = []
  }

  let patience: Promise<unknown> = Promise.resolve()
  /** Makes the memory ready: from the snapshot and the changes since, or from the table, which `signal` breaks off. */
  const load = (signal?: AbortSignal): Promise<void> => {
    const loading = read(signal)
    patience = Promise.race([loading.catch(() => {}), sleep(PATIENCE_MS, undefined, { ref: false })])
    return loading
  }
  /** The index; one that is being loaded is waited for, up to a second after that began. */
  const indexSoon = async (): Promise<BookIndex | undefined> => {
    if (!index) await patience
    return index
  }

  /** Asks the index once for a misspelt title, which makes what it needs for slips before a shopper waits for it. */
  const warmUp = async (): Promise<void> => {
    await index?.search.browse({ q: 'hary poter', sort: 'relevance', offset: 0, limit: 1 })
  }

  const differs = (book: Book): boolean => {
    const row: Readonly<Record<string, unknown>> | undefined = index?.rows.get(book.book_id)
    if (!isForSale(book)) return row !== undefined
    const fresh: Readonly<Record<string, unknown>> = listedBook(book)
    return Object.keys({ ...row, ...fresh }).some(name => row?.[name] !== fresh[name])
  }

  /** Compares the whole table with the memory, and mends the memory, and pointers that were missing. Returns what it mended. */
  const compare = async (): Promise<{ readonly mended: number; readonly badRows: readonly BadRow[] }> => {
    const bad: BadRow[] = []
    const seen = new Set<string>()
    let mended = 0
    for await (const rows of books.rows()) {
      const found = rows.filter(isBook)
      bad.push(...rows.filter((row): row is BadRow => !isBook(row)))
      for (const book of found) seen.add(book.book_id)
      const others = found.filter(differs)
      const unpointed = found.filter(book => !withPointer.has(book.book_id))
      mended += others.length
      if (others.length > 0) await refresh(others)
      const mending = [...others, ...unpointed]
      await createMissingPointers(deps, mending)
      for (const { book_id } of mending) withPointer.add(book_id)
      await new Promise(resolve => setImmediate(resolve))
    }
    const gone = [...(index?.rows.all() ?? [])].filter(row => !seen.has(row.book_id))
    if (gone.length > 0) await refresh(gone)
    badRows = bad.slice(0, MAX_BAD_ROWS)
    return { mended: mended + gone.length, badRows }
  }

  /** Writes the snapshot where the index has changed since the last, or `always`, to say up to when it holds. */
  const save = async ({ always = false }: { readonly always?: boolean } = {}): Promise<void> => {
    if (!index || !(unsaved || always)) return
    unsaved = false
    const upTo = asOf
    await writeSnapshot(deps.blobs, index, upTo)
    savedAt = upTo
  }

  return {
    load,
    indexSoon,
    warmUp,
    refresh,
    onEdit,
    onSale,
    readChanges,
    follow,
    compare,
    save,
    /** The index, once it is ready. */
    get index() {
      return index
    },
    get badRows() {
      return badRows
    },
    /** The moment up to which other processes' changes are in. */
    get asOf() {
      return asOf
    },
    /** The moment up to which the snapshot holds that this process has read or written last. */
    get savedAt() {
      return savedAt
    },
    get listVersion() {
      return { contentVersion, editVersion }
    },
    bookVersion: (bookId: string): number => bookVersions.get(bookId) ?? 0,
  }
}
