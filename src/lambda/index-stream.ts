/** IndexConsumer function: writes changes of books to the change log at once, and to the snapshot of the index every few minutes. */
import { isDeepStrictEqual } from 'node:util'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda'
import { explainTooLarge } from '../catalog/index/index-memory.ts'
import { createMissingPointers } from '../catalog/pointers.ts'
import { type BookKey, isBook } from '../catalog/table.ts'
import { toDetail } from '../catalog/views.ts'
import { changeOf } from '../cdn/scope.ts'
import { createPurgeTable } from '../cdn/table.ts'
import { createWaker } from '../cdn/wake.ts'
import { createCatalogDeps } from '../composition/catalog.ts'
import { createBucketBlobs, createSigner } from '../composition/clients.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { createFunctionBase } from './open.ts'
import { createKeyHandOn } from './stream-keys.ts'
import { isEmptyBatch } from './version-checks.ts'

/** A snapshot is written at most this often; a function that starts reads the change log from there on. */
const SNAPSHOT_INTERVAL_MS = 3 * 60_000
/** Where the index is too large, the books are counted again at most this often: each count reads the whole table. */
const COUNT_INTERVAL_MS = 18 * 3_600_000

const base = await createFunctionBase()
const deps = { ...base, ...createCatalogDeps(base, createBucketBlobs(base.settings)) }
const { liveIndex, changes, db, now, report, settings } = deps
const handOn = createKeyHandOn(base)
/** Only where the CDN is purged. */
const purges =
  settings.cdn.purger === undefined
    ? undefined
    : {
        ...createPurgeTable(db, base.names),
        wake: createWaker(settings.lambdaEndpoint, createSigner(settings, 'lambda'), settings.cdn.purger),
      }

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage']

const parseImage = (image: Image) => (image === undefined ? undefined : deps.books.parse(fromWire(image)))

/** The change in a record: the book's key, and the book as it is now; undefined where nothing changed that the public sees. */
const readChange = ({ dynamodb }: DynamoDBRecord) => {
  const { category, book_id } = fromWire(dynamodb?.Keys ?? {})
  if (typeof category !== 'string' || typeof book_id !== 'string')
    throw new TypeError('a stream record must have the key of a book')
  const [before, after] = [parseImage(dynamodb?.OldImage), parseImage(dynamodb?.NewImage)]
  const isSame =
    before &&
    after &&
    isBook(before) &&
    isBook(after) &&
    before.status === after.status &&
    isDeepStrictEqual(toDetail(before, base.currency), toDetail(after, base.currency))
  if (isSame) return undefined
  const bookOf = (parsed: typeof after) => (parsed && isBook(parsed) ? parsed : undefined)
  const shown = changeOf(bookOf(before), bookOf(after), base.currency)
  return { key: { category, book_id }, isNew: before === undefined, after, shown }
}

const changesIn = (records: readonly DynamoDBRecord[]) =>
  records.flatMap(record => {
    try {
      return readChange(record) ?? []
    } catch (error) {
      // A retry would fail too: the other records are processed.
      report(error)
      return []
    }
  })

const announce = async (records: readonly DynamoDBRecord[]): Promise<void> => {
  const found = changesIn(records)
  const keys = new Map<string, BookKey>(found.map(({ key }) => [JSON.stringify(key), key]))
  const shown = found.flatMap(({ shown }) => shown ?? [])
  const logged = changes.announce([...keys.values()], now())
  if (logged.length > 0) await db.transact(logged)
  // Only now: a purge that overtakes its change lets the CDN fetch the old page again.
  const waiting = await purges?.enqueue(shown, now())
  // A purger that cannot be woken finds the change when its schedule starts it.
  if (waiting) await purges?.wake(waiting, now().getTime()).catch(report)
  // The shop creates a pointer with each book; other clients do not.
  await createMissingPointers(
    deps,
    found.flatMap(({ isNew, after }) => (isNew && after && isBook(after) ? [after] : [])),
  )
}

/** Loads the index, unless it is too large; where that was found long ago, the table is read again. */
const load = async (): Promise<void> => {
  await liveIndex.load()
  const { tooLarge, asOf } = liveIndex
  if (tooLarge && now().getTime() - asOf.getTime() >= COUNT_INTERVAL_MS)
    await liveIndex.load({ fromTable: true })
  if (liveIndex.tooLarge) base.log.event('index', explainTooLarge(liveIndex.tooLarge), {})
}

/** Brings the snapshot up to date, unless it is recent. */
const snapshot = async (always: boolean): Promise<void> => {
  const age = () => now().getTime() - liveIndex.savedAt.getTime()
  const isRecent = () =>
    liveIndex.tooLarge ? age() < COUNT_INTERVAL_MS : !always && age() < SNAPSHOT_INTERVAL_MS
  if (isRecent()) return
  if (liveIndex.index) await liveIndex.readChanges()
  else await load()
  // Another consumer may have written the one that was just loaded.
  if (!isRecent()) await liveIndex.save({ always })
}

export const handler = async (
  event: DynamoDBStreamEvent | ScheduledEvent,
): Promise<DynamoDBBatchResponse> => {
  if (isEmptyBatch(event)) return { batchItemFailures: [] }
  const isStream = 'Records' in event
  // Lambda retries a batch that could not be logged; a failed snapshot is tried again with the next batch.
  if (isStream) {
    await announce(event.Records)
    await handOn?.(event.Records)
  }
  await snapshot(!isStream).catch(report)
  return { batchItemFailures: [] }
}
