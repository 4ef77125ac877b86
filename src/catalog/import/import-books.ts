/**
 * Import of a feed into the shop, in batches; memory holds the ids and ISBNs of the file and the shop, not the books. Idempotent
 * and therefore resumable: a second run writes only what differs. Stock of existing books is left to sales unless the operator
 * asks for it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { auditWrites } from '../../core/audit.ts'
import { TransactionRefused } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { newSortKey } from '../../core/ids.ts'
import { backoff } from '../../core/retry.ts'
import type { FieldChange, ImportSource } from './changes.ts'
import type { FeedRow } from './feed/attributes.ts'
import { type FeedBook, isRefused, type ReadOptions, type RefusedRow, readFeedRow } from './feed/feed-book.ts'
import type { IsbnIndex } from './feed/identity.ts'
import { SeenIds } from './feed/seen-ids.ts'
import type { ImportOptions, Plan } from './plan.ts'
import { readShopContents, type ShopContents } from './shop-contents.ts'
import { groupSteps, type ImportDeps, planSteps, type Step, type StepOptions } from './steps.ts'

/** Result of one row. */
export type Outcome = {
  readonly line: number
  readonly book_id?: string
  readonly kind: Plan['kind']
  readonly reason?: string
  readonly warnings: readonly string[]
  /** What changes, or would in a dry run. */
  readonly changes: readonly FieldChange[]
  /** A new book whose stock neither the row nor the options give. */
  readonly withoutStock?: boolean
}

/** Options of an import. The currency is the shop's. */
export type ImportRun = Omit<ImportOptions & ReadOptions, 'currency'> & {
  /** Who imports which file, for the audit. */
  readonly source: Omit<ImportSource, 'id'>
  /** Plan without writing. */
  readonly dryRun?: boolean | undefined
}

/** Rows that are planned and written together; a new or changed book is three writes with its audit. */
const BATCH_SIZE = 33
/** Batches that are imported concurrently. */
const MAX_IN_FLIGHT = 4
const MAX_ATTEMPTS = 8
const PAUSE = backoff(10, 2_560)

/** A run with its id. */
type Run = ImportRun & StepOptions & ReadOptions

/**
 * Imports the rows and yields the outcome of each, in their order; every change has its audit event, and the import a summary at
 * its end. Throws ShopError store_unavailable: run it again.
 */
export async function* importBooks(
  deps: ImportDeps,
  rows: AsyncIterable<FeedRow>,
  options: ImportRun,
): AsyncGenerator<Outcome> {
  const contents = await readShopContents(deps)
  const { isbns, renamedCategories } = contents
  const run: Run = {
    ...options,
    renamedCategories,
    currency: deps.currency,
    source: { ...options.source, id: newSortKey(deps.now()) },
  }
  const counts: Counts = { new: 0, changed: 0, moved: 0, unchanged: 0, refused: 0 }
  for await (const outcome of importRows(deps, rows, run, isbns)) {
    counts[outcome.kind]++
    yield withCategoryWarning(outcome, contents)
  }
  if (!run.dryRun) await recordImport(deps, run, counts)
}

/** Names the categories that the one of a row is hardly meant to differ from. */
const withCategoryWarning = (outcome: Outcome, { addCategory }: ShopContents): Outcome => {
  const category = outcome.changes.find(({ field }) => field === 'category')?.after
  const similar = category === undefined ? [] : addCategory(category)
  if (similar.length === 0) return outcome
  const names = similar.map(name => JSON.stringify(name)).join(', ')
  const warning = `category ${JSON.stringify(category)} looks like ${names}: \`cloudshelf categories merge\` makes one of them`
  return { ...outcome, warnings: [...outcome.warnings, warning] }
}

type Counts = Record<Outcome['kind'], number>

const recordImport = async (
  { db, names, now }: ImportDeps,
  { source }: Run,
  counts: Counts,
): Promise<void> => {
  const { actor, file, id } = source
  const event = { actor, what: 'books.import', subject: `import:${id}`, after: { file, ...counts } }
  await withRetry(() => db.transact(auditWrites(names.control, event, now())))
}

async function* importRows(
  deps: ImportDeps,
  rows: AsyncIterable<FeedRow>,
  run: Run,
  isbns: IsbnIndex,
): AsyncGenerator<Outcome> {
  const inFlight: Promise<Outcome[]>[] = []
  try {
    for await (const batch of batches(rows, run, isbns)) {
      const importing = withRetry(() => importBatch(deps, batch, run))
      importing.catch(() => {}) // handled when its turn comes to be awaited
      inFlight.push(importing)
      if (inFlight.length === MAX_IN_FLIGHT) yield* (await inFlight.shift()) ?? []
    }
    for (let next = inFlight.shift(); next; next = inFlight.shift()) yield* await next
  } finally {
    // A caller that stops early may close the database client next.
    await Promise.allSettled(inFlight)
  }
}

const MAX_RETRIES = 2

/** Retries when the store is unavailable: the engine of a running shop restarts within a moment. */
const withRetry = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let retry = 1; ; retry++)
    try {
      return await work()
    } catch (error) {
      const isUnavailable = error instanceof ShopError && error.code === 'store_unavailable'
      if (!isUnavailable || retry > MAX_RETRIES) throw error
      await sleep(500 * retry)
    }
}

type Batch = readonly (FeedBook | RefusedRow)[]

async function* batches(rows: AsyncIterable<FeedRow>, run: Run, index: IsbnIndex): AsyncGenerator<Batch> {
  const seen = new SeenIds()
  let batch: (FeedBook | RefusedRow)[] = []
  for await (const row of rows) {
    const book = readFeedRow(row, run, index)
    // A later row of the file must find the book that this one makes.
    if (!isRefused(book) && book.identity.isbn) index.add(book.identity.isbn, book.book_id)
    if (isRefused(book) || seen.add(book.book_id)) batch.push(book)
    else batch.push({ line: book.line, book_id: book.book_id, reason: 'appears more than once in this file' })
    if (batch.length < BATCH_SIZE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const importBatch = async (deps: ImportDeps, batch: Batch, run: Run): Promise<Outcome[]> => {
  const steps = await planSteps(
    deps,
    batch.filter((book): book is FeedBook => !isRefused(book)),
    run,
  )
  const outcomes = new Map<number, Outcome>()
  for (const group of run.dryRun ? [steps] : groupSteps(steps))
    for (const outcome of run.dryRun ? group.map(toOutcome(run)) : await writeBatch(deps, group, run))
      outcomes.set(outcome.line, outcome)
  return batch.flatMap(book =>
    isRefused(book)
      ? { ...book, kind: 'refused', warnings: [], changes: [] }
      : (outcomes.get(book.line) ?? []),
  )
}

const toOutcome =
  ({ stock, demoPrices }: ImportRun) =>
  ({ feed, plan, changes }: Step): Outcome => {
    const { line, book_id } = feed
    const { kind, warnings } = plan
    if (plan.kind === 'refused') return { line, book_id, kind, warnings, changes, reason: plan.reason }
    const hasNoStock = stock === undefined && !demoPrices && !feed.given.has('stock_quantity')
    return {
      line,
      book_id,
      kind,
      warnings,
      changes,
      ...(kind === 'new' && hasNoStock ? { withoutStock: true } : {}),
    }
  }

const writeSteps = async ({ db, changes, now }: ImportDeps, steps: readonly Step[]): Promise<void> => {
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

/** Whether reading and writing again can help. */
const isTransient = (error: unknown): error is TransactionRefused | ShopError =>
  error instanceof TransactionRefused || (error instanceof ShopError && error.code === 'store_busy')

const writeBatch = async (deps: ImportDeps, steps: readonly Step[], run: Run): Promise<Outcome[]> => {
  try {
    await writeSteps(deps, steps)
    return steps.map(toOutcome(run))
  } catch (error) {
    if (!isTransient(error)) throw error
  }
  const outcomes: Outcome[] = []
  for (const { feed } of steps) outcomes.push(await importOne(deps, feed, run))
  return outcomes
}

/** Imports one book alone, read again before each attempt (optimistic locking): a sale or an edit was faster. */
const importOne = async (deps: ImportDeps, feed: FeedBook, run: Run): Promise<Outcome> => {
  for (let attempt = 1; ; attempt++) {
    const steps = await planSteps(deps, [feed], run)
    try {
      await writeSteps(deps, steps)
      return steps.map(toOutcome(run))[0] ?? toRefusal(feed, 'could not be read from the table')
    } catch (error) {
      if (!isTransient(error)) throw error
      if (attempt === MAX_ATTEMPTS || (attempt > 1 && isTaken(steps, error)))
        return toRefusal(feed, refusalReason(error))
      await sleep(PAUSE(attempt))
    }
  }
}

/** A new id that is still refused after another read belongs to an item that is not a valid book. */
const isTaken = (steps: readonly Step[], error: unknown): boolean =>
  error instanceof TransactionRefused && steps.some(({ plan }) => plan.kind === 'new')

const toRefusal = ({ line, book_id }: FeedBook, reason: string): Outcome => ({
  line,
  book_id,
  kind: 'refused',
  reason,
  warnings: [],
  changes: [],
})

const refusalReason = (error: TransactionRefused | ShopError): string => {
  if (error instanceof ShopError) return error.message
  for (const [write, old] of error.failed) if (write.refused) return write.refused(old).message
  return 'was changed by another process at the same time: run the import again'
}
