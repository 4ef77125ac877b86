/**
 * Puts the books of a feed into the shop, many at a time and in constant memory. Idempotent, and so resumable: a second run
 * writes only what differs. Stock is left to sales unless the operator says otherwise.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { TransactionRefused } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { normalizeIsbn } from '../isbn.ts'
import { isBook } from '../table.ts'
import type { FeedRow } from './feed/attributes.ts'
import { type FeedBook, isRefused, type RefusedRow, readFeedRow } from './feed/feed-book.ts'
import { SeenIds } from './feed/seen-ids.ts'
import type { ImportOptions, Plan } from './plan.ts'
import { chunks, type ImportDeps, planAll, type Step } from './steps.ts'

/** What became of one row. */
export type Outcome = {
  readonly line: number
  readonly book_id?: string
  readonly kind: Plan['kind']
  readonly reason?: string
  readonly warnings: readonly string[]
  /** A new book that nobody has said the stock of. */
  readonly withoutStock?: boolean
}

export type ImportRun = ImportOptions & {
  readonly decimalComma?: boolean
  /** Only say what would be done. */
  readonly dryRun?: boolean | undefined
}

const BATCH = 45
const IN_FLIGHT = 4
const MAX_TRIES = 8

/** Imports the rows and tells what became of each, in their order. Throws ShopError store_unavailable: run it again. */
export async function* importBooks(
  deps: ImportDeps,
  rows: AsyncIterable<FeedRow>,
  run: ImportRun,
): AsyncGenerator<Outcome> {
  const inFlight: Promise<Outcome[]>[] = []
  const ids = await idsByIsbn(deps)
  try {
    for await (const batch of batches(rows, run, ids)) {
      const working = patiently(() => importBatch(deps, batch, run))
      working.catch(() => {}) // its turn to be awaited comes
      inFlight.push(working)
      if (inFlight.length === IN_FLIGHT) yield* (await inFlight.shift()) ?? []
    }
    for (let next = inFlight.shift(); next; next = inFlight.shift()) yield* await next
  } finally {
    // Whoever gives up may close the store.
    await Promise.allSettled(inFlight)
  }
}

const MAX_WAITS = 2

/** Waits a moment for a store that is away: the engine of a running shop is brought back when it dies. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let waits = 1; ; waits++)
    try {
      return await work()
    } catch (error) {
      const isAway = error instanceof ShopError && error.code === 'store_unavailable'
      if (!isAway || waits > MAX_WAITS) throw error
      await sleep(500 * waits)
    }
}

/** The ids of the shop's books by their ISBN: a row without an id of its own is the book that has its ISBN already. */
const idsByIsbn = async ({ books }: ImportDeps): Promise<Map<string, string>> => {
  const ids = new Map<string, string>()
  for await (const rows of books.rows())
    for (const row of rows) {
      const isbn = isBook(row) && row.isbn !== undefined ? normalizeIsbn(row.isbn) : undefined
      if (isbn !== undefined && !ids.has(isbn)) ids.set(isbn, row.book_id)
    }
  return ids
}

type Batch = readonly (FeedBook | RefusedRow)[]

async function* batches(
  rows: AsyncIterable<FeedRow>,
  { decimalComma = false }: ImportRun,
  ids: ReadonlyMap<string, string>,
): AsyncGenerator<Batch> {
  const seen = new SeenIds()
  let batch: (FeedBook | RefusedRow)[] = []
  for await (const row of rows) {
    const book = readFeedRow(row, decimalComma, ids)
    if (isRefused(book) || seen.add(book.book_id)) batch.push(book)
    else batch.push({ line: book.line, book_id: book.book_id, reason: 'comes more than once in this file' })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const importBatch = async (deps: ImportDeps, batch: Batch, run: ImportRun): Promise<Outcome[]> => {
  const steps = await planAll(
    deps,
    batch.filter((book): book is FeedBook => !isRefused(book)),
    run,
  )
  const done = new Map<number, Outcome>()
  for (const chunk of run.dryRun ? [steps] : chunks(steps))
    for (const outcome of run.dryRun ? chunk.map(outcomeOf(run)) : await writeBatch(deps, chunk, run))
      done.set(outcome.line, outcome)
  return batch.flatMap(book =>
    isRefused(book) ? { ...book, kind: 'refused', warnings: [] } : (done.get(book.line) ?? []),
  )
}

const outcomeOf =
  ({ stock, demoPrices }: ImportRun) =>
  ({ feed, plan }: Step): Outcome => {
    const { line, book_id } = feed
    const { kind, warnings } = plan
    if (plan.kind === 'refused') return { line, book_id, kind, warnings, reason: plan.reason }
    const unsaid = stock === undefined && !demoPrices && !feed.given.has('stock_quantity')
    return { line, book_id, kind, warnings, ...(kind === 'new' && unsaid ? { withoutStock: true } : {}) }
  }

const write = async ({ db, changes, now }: ImportDeps, steps: readonly Step[]): Promise<void> => {
  const writes = steps.flatMap(step => step.writes)
  if (writes.length === 0) return
  await db.transact([
    ...writes,
    ...changes.announce(
      steps.flatMap(step => step.keys),
      now(),
    ),
  ])
}

/** Whether another look and another try can help. */
const isPassing = (error: unknown): error is TransactionRefused | ShopError =>
  error instanceof TransactionRefused || (error instanceof ShopError && error.code === 'store_busy')

const writeBatch = async (deps: ImportDeps, steps: readonly Step[], run: ImportRun): Promise<Outcome[]> => {
  try {
    await write(deps, steps)
    return steps.map(outcomeOf(run))
  } catch (error) {
    if (!isPassing(error)) throw error
  }
  const outcomes: Outcome[] = []
  for (const { feed } of steps) outcomes.push(await importOne(deps, feed, run))
  return outcomes
}

/** One book alone, looked at anew before each try: a sale or an edit came between. */
const importOne = async (deps: ImportDeps, feed: FeedBook, run: ImportRun): Promise<Outcome> => {
  for (let tries = 1; ; tries++) {
    const steps = await planAll(deps, [feed], run)
    try {
      await write(deps, steps)
      return steps.map(outcomeOf(run))[0] ?? refusedWith(feed, 'could not be looked up')
    } catch (error) {
      if (!isPassing(error)) throw error
      if (tries === MAX_TRIES || (tries > 1 && isTaken(steps, error)))
        return refusedWith(feed, reasonOf(error))
      await sleep(Math.random() * 10 * 2 ** tries)
    }
  }
}

/** An id that is still refused after another look belongs to something that no import may touch. */
const isTaken = (steps: readonly Step[], error: unknown): boolean =>
  error instanceof TransactionRefused && steps.some(({ plan }) => plan.kind === 'new')

const refusedWith = ({ line, book_id }: FeedBook, reason: string): Outcome => ({
  line,
  book_id,
  kind: 'refused',
  reason,
  warnings: [],
})

const reasonOf = (error: TransactionRefused | ShopError): string => {
  if (error instanceof ShopError) return error.message
  for (const [one, old] of error.failed) if (one.refused) return one.refused(old).message
  return 'was being changed by somebody else at the same time: run the import again'
}
