/**
 * ReportsConsumer function: brings PostgreSQL up to date with the tables. Batches of their streams name the keys that changed; they are applied at once, or
 * wait in a queue until the schedule. An erasure calls it with its keys.
 */
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  ScheduledEvent,
} from 'aws-lambda'
import * as z from 'zod'
import { createAuroraSql } from '../composition/aurora.ts'
import { createSigner } from '../composition/clients.ts'
import { SettingsError } from '../composition/settings.ts'
import { createQueue } from '../core/aws/sqs.ts'
import { type CapturedKey, uniqueKeys } from '../core/dynamo/capture.ts'
import { isUnavailable } from '../core/sql/sql.ts'
import { drainKeys, queueKeys } from '../projection/key-queue.ts'
import { createProjection } from '../projection/projection.ts'
import { createStreamedProjection, STREAM_DELAY_MS } from '../projection/streamed.ts'
import { createFunctionContext } from './open.ts'
import { readKey } from './stream-keys.ts'
import { isEmptyBatch } from './version-checks.ts'

/** Keys of one transaction; the records of a stream before them are done when it fails. */
const KEYS_AT_ONCE = 100
/** A drain begins nothing new later than this before the timeout (ms): it may wait for the database to wake up. */
const RESERVE_MS = 120_000

const { base, secrets } = createFunctionContext(['secret'])
const { secret } = await secrets
const { settings, db, names, currency, report, log } = base
if (!settings.aurora) throw new SettingsError('DATABASE_ARN and DATABASE_SECRET_ARN must be set')
const { keysQueue, queued, region } = settings.aurora
const sql = createAuroraSql(settings, settings.aurora)
const projection = createStreamedProjection(createProjection({ db, sql, names, currency, secret }))
const queue =
  keysQueue === undefined ? undefined : createQueue(keysQueue, createSigner(settings, 'sqs', region))

/** Whether keys wait for the schedule: every search would wake the database. */
const mayWait = (key: CapturedKey): boolean => queued === 'all' || key.table === names.control

/** Everything that changed before is among the records of this batch and earlier ones, unless other shards are behind. */
const completeUntil = (records: readonly DynamoDBRecord[]): Date => {
  const times = records.map(
    ({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * 1_000,
  )
  return new Date(Math.min(Date.now() - STREAM_DELAY_MS, ...times))
}

/**
 * Takes the keys in the order of their first records: an item is read as it is now, so that its later records are done with the first. After a failure
 * Lambda delivers the rest again.
 */
const takeRecords = async (records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse> => {
  const keys = records.map(record => readKey(record, report))
  const unique = uniqueKeys(keys.flatMap(key => key ?? []))
  for (let i = 0; i < unique.length; i += KEYS_AT_ONCE) {
    const some = unique.slice(i, i + KEYS_AT_ONCE)
    const rest = records.slice(keys.indexOf(unique[i]))
    try {
      // A batch is of one table.
      if (queue && some.every(mayWait)) await queueKeys(queue, some)
      else await projection.apply(some, completeUntil(rest))
    } catch (error) {
      isUnavailable(error) ? log.event('projection', `waiting: ${error}`, {}) : report(error)
      return { batchItemFailures: [{ itemIdentifier: rest[0]?.dynamodb?.SequenceNumber ?? '' }] }
    }
  }
  return { batchItemFailures: [] }
}

/** A failed drain is one of the function: its messages stay, and the next one begins with them. */
const drain = async ({ getRemainingTimeInMillis }: Context): Promise<void> => {
  if (!queue) return
  const { keys, isEmpty } = await drainKeys(queue, projection, {
    capturedUntil: new Date(Date.now() - STREAM_DELAY_MS),
    hasTime: () => getRemainingTimeInMillis() > RESERVE_MS,
  })
  if (keys > 0) log.event('projection', `${keys} keys applied${isEmpty ? '' : ', more are waiting'}`, {})
}

/** Applies an erasure at once, whatever waits in the queue. False where the database cannot be used now, or has another shop's data. */
const erase = async (keys: readonly CapturedKey[]): Promise<boolean> => {
  try {
    for (let i = 0; i < keys.length; i += KEYS_AT_ONCE)
      await projection.apply(keys.slice(i, i + KEYS_AT_ONCE))
    return true
  } catch (error) {
    isUnavailable(error) ? log.event('projection', `waiting: ${error}`, {}) : report(error)
    return false
  }
}

/** The items of an erasure, with which other functions call this one. */
const Erasure = z.object({
  erased: z.array(z.object({ table: z.string(), key: z.record(z.string(), z.string()) })),
})

export const handler = async (
  event: DynamoDBStreamEvent | ScheduledEvent | z.infer<typeof Erasure>,
  context: Context,
): Promise<DynamoDBBatchResponse | { readonly applied: boolean }> => {
  if (isEmptyBatch(event)) return { batchItemFailures: [] }
  if ('erased' in event) return { applied: await erase(Erasure.parse(event).erased) }
  if ('Records' in event) return takeRecords(event.Records)
  await drain(context)
  return { batchItemFailures: [] }
}
