/** IndexConsumer: what happens to books goes into the change log at once, and into the snapshot of the index now and then. */
import { isDeepStrictEqual } from 'node:util'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda'
import { createMissingPointers } from '../catalog/pointers.ts'
import { type BookKey, isBook, parseBook } from '../catalog/table.ts'
import { toDetail } from '../catalog/views.ts'
import { createCatalogDeps } from '../composition/catalog.ts'
import { createBucketBlobs } from '../composition/clients.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { createFunctionBase } from './open.ts'

/** A snapshot is written at most this often; functions that start read the log from where it ends. */
const EVERY_MS = 3 * 60_000

const base = createFunctionBase()
const deps = { ...base, ...createCatalogDeps(base, createBucketBlobs(base.settings)) }
const { liveIndex, changes, db, now, report } = deps

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage']

const rowOf = (image: Image) => (image === undefined ? undefined : parseBook(fromWire(image)))

/** What a record tells: the book's key, and what it is now; undefined where nothing changed that the public sees. */
const changeOf = ({ dynamodb }: DynamoDBRecord) => {
  const { category, book_id } = fromWire(dynamodb?.Keys ?? {})
  if (typeof category !== 'string' || typeof book_id !== 'string')
    throw new TypeError('a record without a key')
  const [before, after] = [rowOf(dynamodb?.OldImage), rowOf(dynamodb?.NewImage)]
  const isSame =
    before &&
    after &&
    isBook(before) &&
    isBook(after) &&
    before.status === after.status &&
    isDeepStrictEqual(toDetail(before), toDetail(after))
  return isSame ? undefined : { key: { category, book_id }, isNew: before === undefined, after }
}

const changesIn = (records: readonly DynamoDBRecord[]) =>
  records.flatMap(record => {
    try {
      return changeOf(record) ?? []
    } catch (error) {
      // It will be no better when it comes again: the others go on.
      report(error)
      return []
    }
  })

const announce = async (records: readonly DynamoDBRecord[]): Promise<void> => {
  const found = changesIn(records)
  const keys = new Map<string, BookKey>(found.map(({ key }) => [JSON.stringify(key), key]))
  if (keys.size > 0) await db.transact(changes.announce([...keys.values()], now()))
  // Our own pages and commands make a pointer with each book; others' consoles do not.
  await createMissingPointers(
    deps,
    found.flatMap(({ isNew, after }) => (isNew && after && isBook(after) ? [after] : [])),
  )
  for (const { after } of found)
    if (after && !isBook(after))
      report(new Error(`${after.category}/${after.book_id} is no book: ${after.problem}`))
}

/** Brings the snapshot up to date, unless that was done a moment ago. */
const snapshot = async (always: boolean): Promise<void> => {
  const isRecent = () => !always && now().getTime() - liveIndex.savedAt.getTime() < EVERY_MS
  if (isRecent()) return
  if (liveIndex.index) await liveIndex.readChanges()
  else await liveIndex.load()
  // Another consumer may have written the one that was loaded a moment ago.
  if (!isRecent()) await liveIndex.save({ always })
}

export const handler = async (
  event: DynamoDBStreamEvent | ScheduledEvent,
): Promise<DynamoDBBatchResponse> => {
  const isStream = 'Records' in event
  // A batch that could not be put into the log comes again, whole; a snapshot is tried again with the next.
  if (isStream) await announce(event.Records)
  await snapshot(!isStream).catch(report)
  return { batchItemFailures: [] }
}
