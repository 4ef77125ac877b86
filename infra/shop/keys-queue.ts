/** Queue of captured keys that wait until PostgreSQL is brought up to date by the hour or night; with `live`, those of search terms alone. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Schedule } from 'aws-cdk-lib/aws-events'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'

export type KeysQueue = {
  readonly queue: Queue
  /** Keys that could not be applied again and again. */
  readonly lost: Queue
  readonly schedule: Schedule
  /** Age of the oldest key, in hours, from which something is wrong. */
  readonly maxAgeHours: number
}

type Reports = NonNullable<Options['reports']>

/** A night has twelve runs: each works for ten minutes at most, and ends at once where nothing waits. Times are UTC. */
const RHYTHMS: Readonly<
  Record<Reports, { readonly minute: string; readonly hour?: string; readonly maxAgeHours: number }>
> = {
  nightly: { minute: '0/15', hour: '2-4', maxAgeHours: 30 },
  hourly: { minute: '10', maxAgeHours: 3 },
  live: { minute: '10', maxAgeHours: 3 },
}

/** Runs after which keys are given up: those of 12 days by the hour, and all nights for which the queue keeps them. */
const MAX_RUNS = 300

/** Undefined where there is no PostgreSQL. */
export const createKeysQueue = (scope: Construct, reports: Options['reports']): KeysQueue | undefined => {
  if (reports === undefined) return undefined
  const { maxAgeHours, ...time } = RHYTHMS[reports]
  const common = {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  }
  const lost = new Queue(scope, 'LostKeys', common)
  const queue = new Queue(scope, 'Keys', {
    ...common,
    // Longer than the function runs.
    visibilityTimeout: Duration.minutes(11),
    // Each failed run is a delivery: a database that is away for nights must not cost keys, which wait for 14 days.
    deadLetterQueue: { queue: lost, maxReceiveCount: MAX_RUNS },
  })
  return { queue, lost, schedule: Schedule.cron(time), maxAgeHours }
}
