/**
 * Keys of the changes in records of a stream. A shard of a table with a replica in a second Region has one reader beside the replication (AWS recommends
 * no more): there a function that reads a stream hands the keys on to ReportsConsumer, through the queue.
 */
import type { DynamoDBRecord } from 'aws-lambda'
import type { BaseContext } from '../composition/base.ts'
import { createSigner } from '../composition/clients.ts'
import { createLambdaFunction } from '../core/aws/lambda.ts'
import { createQueue } from '../core/aws/sqs.ts'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { backoff } from '../core/retry.ts'
import { queueKeys } from '../projection/key-queue.ts'

const START = { maxTries: 2, pause: backoff(50, 200), withinMs: 2_000, answerWithinMs: 1_000 }

/** The key of a record; undefined for a record without one, which a retry would not give one. */
export const readKey = (
  { dynamodb, eventSourceARN = '' }: DynamoDBRecord,
  report: (error: unknown) => void,
): CapturedKey | undefined => {
  try {
    const table = /:table\/([^/]+)\//.exec(eventSourceARN)?.[1]
    const entries = Object.entries(fromWire(dynamodb?.Keys ?? {}))
    if (table === undefined || entries.length === 0)
      throw new TypeError('a stream record must have a table and a key')
    return { table, key: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])) }
  } catch (error) {
    report(error)
    return undefined
  }
}

/**
 * Hands on the keys of records that `isWanted`; undefined where ReportsConsumer reads the stream itself. With `reports=live` it is started too. Rejects when
 * the queue does not take them.
 */
export const createKeyHandOn = (
  { settings, report }: Pick<BaseContext, 'settings' | 'report'>,
  isWanted: (key: CapturedKey) => boolean = () => true,
): ((records: readonly DynamoDBRecord[]) => Promise<void>) | undefined => {
  const { handOn, reportsConsumer, lambdaEndpoint, region } = settings
  if (handOn === undefined) return undefined
  const queue = createQueue(handOn, createSigner(settings, 'sqs', region))
  const consumer =
    reportsConsumer === undefined
      ? undefined
      : createLambdaFunction(lambdaEndpoint, createSigner(settings, 'lambda'), reportsConsumer, START)
  return async records => {
    const keys = records.flatMap(record => readKey(record, report) ?? []).filter(isWanted)
    if (keys.length === 0) return
    await queueKeys(queue, keys)
    // One that cannot be started takes them by its schedule.
    await consumer?.start({}).catch(report)
  }
}
