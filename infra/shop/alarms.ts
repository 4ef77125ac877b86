/** CloudWatch alarms, sent by email; docs/operations.md explains each and what to do. */
import { Duration } from 'aws-cdk-lib'
import { type Alarm, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type FunctionId, hasRoutes } from '#src/lambda/functions.ts'
import type { Options } from '../settings/options.ts'
import { getConfigurationSet, getTableNames, type Stage } from '../settings/stage.ts'
import { type AlarmDefinition, createAlarm, type Watch } from './alarm.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'
import type { KeysQueue } from './keys-queue.ts'
import {
  functionMetric,
  gatewayMetric,
  largestOf,
  replicationMetric,
  reputationMetric,
  shareOf,
  shopMetric,
  sumMetrics,
  tableMetric,
  tooManyRequestsMetric,
} from './metrics.ts'
import { watchPayments } from './payment-alarms.ts'
import type { DeadLetters } from './triggers.ts'

/** Alarms that roll back a new version of a function. One that answers 500 ends without an error, so the gateway's 5xx count too. */
export type RollbackAlarms = Readonly<Partial<Record<FunctionId, readonly Alarm[]>>>

const HOUR_SECONDS = 3_600

/** Error alarm of a function, evaluated every minute; it also rolls back a new version. */
const createErrorAlarm = (deployed: DeployedFunction): AlarmDefinition => ({
  metric: functionMetric(deployed, 'Errors', Stats.SUM, Duration.minutes(1)),
  threshold: 0,
  datapoints: deployed.definition.triggers.length > 0 ? [2, 5] : [1, 5],
  description: `${deployed.definition.id} is failing: invocations end with an error. See docs/operations.md, "function errors".`,
})

/** Alarms on keys that wait for too long, and those that were given up. */
const watchKeys = (watch: Watch, { queue, lost, maxAgeHours }: KeysQueue): void => {
  watch('KeysWait', {
    metric: queue.metricApproximateAgeOfOldestMessage({
      period: Duration.minutes(5),
      statistic: Stats.MAXIMUM,
    }),
    threshold: maxAgeHours * HOUR_SECONDS,
    description: `PostgreSQL has not been brought up to date for ${maxAgeHours} hours. See docs/operations.md, "reports".`,
  })
  watch('KeysLost', {
    metric: visibleMessages(lost),
    threshold: 0,
    description:
      'Changes could not be applied to PostgreSQL again and again. See docs/operations.md, "reports".',
  })
}

const visibleMessages = (queue: Queue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM })

/** Alarms on refused requests: a share of all, since a few are the mistakes of single visitors. */
const watchRequests = (watch: Watch, apiId: string, stage: Stage): void => {
  const all = gatewayMetric(apiId, 'Count', Stats.SUM)
  watch('TooManyRequests', {
    metric: shareOf('% of 429', tooManyRequestsMetric(stage), all, 100),
    threshold: 10,
    datapoints: [2, 3],
    description:
      'More than a tenth of the requests is refused by a rate limit (429). See docs/operations.md, "429".',
  })
  watch('ClientErrors', {
    metric: shareOf('% of 4xx', gatewayMetric(apiId, '4xx', Stats.SUM), all, 100),
    threshold: 40,
    datapoints: [3, 3],
    description: 'More than 40 % of the responses are 4xx for 15 minutes. See docs/operations.md, "4xx".',
  })
}

/**
 * Alarms on mails that are not sent, and on those that come back, at the rates from which SES reviews an account (5 %), and near
 * those for complaints (0.1 %).
 */
const watchMails = (watch: Watch, sweeper: DeployedFunction, stage: Stage): void => {
  const set = getConfigurationSet(stage)
  watch('MailWaits', {
    metric: shopMetric('OutboxAge', sweeper, Stats.MAXIMUM),
    threshold: HOUR_SECONDS,
    datapoints: [3, 3],
    description:
      'A due email has been waiting in the outbox for more than an hour. See docs/operations.md, "mail waits".',
  })
  watch('MailBounces', {
    metric: reputationMetric(set, 'Reputation.BounceRate'),
    threshold: 0.05,
    description: 'More than 5 % of the mails bounce. See docs/operations.md, "bounces".',
  })
  watch('MailComplaints', {
    metric: reputationMetric(set, 'Reputation.ComplaintRate'),
    threshold: 0.001,
    description: 'More than 0.1 % of the mails are reported as spam. See docs/operations.md, "complaints".',
  })
}

/** Alarms on the tables: throttled calls, and replication where there is a second Region. */
const watchTables = (watch: Watch, stage: Stage, replica: string | undefined): void => {
  const names = Object.values(getTableNames(stage))
  watch('TablesThrottled', {
    metric: sumMetrics(
      'throttled calls of tables',
      names.flatMap(name =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map(event => tableMetric(name, event)),
      ),
    ),
    threshold: 10,
    datapoints: [2, 3],
    description: 'DynamoDB throttles calls of the tables. See docs/operations.md, "table throttles".',
  })
  if (replica)
    watch('ReplicationLate', {
      metric: largestOf(
        'replication delay',
        names.map(name => replicationMetric(name, replica)),
      ),
      threshold: 60_000,
      datapoints: [3, 3],
      description: `Changes reach ${replica} more than a minute late. See docs/operations.md, "replication".`,
    })
}

/** Creates the alarms; returns those by which a new version of each function is rolled back. */
export const createAlarms = (
  scope: Construct,
  {
    functions,
    deadLetters,
    keysQueue,
    apiId,
    topic,
    stage,
    options,
    isActive,
    replica,
  }: {
    readonly functions: DeployedFunctions
    readonly deadLetters: DeadLetters
    readonly keysQueue: KeysQueue | undefined
    readonly apiId: string
    readonly topic: Topic
    readonly stage: Stage
    readonly options: Options
    /** Whether this Region takes orders. */
    readonly isActive: boolean
    /** Region to which the tables of this stack's Region are replicated. */
    readonly replica: string | undefined
  },
): RollbackAlarms => {
  const all = Object.values(functions)
  const watch = (id: string, one: AlarmDefinition): Alarm => createAlarm(scope, id, topic, one)
  const serverErrors = watch('ServerErrors', {
    // By the minute: one of five would end when a tenth of the calls has gone to a new version for five, too late to take it back.
    metric: gatewayMetric(apiId, '5xx', Stats.SUM, Duration.minutes(1)),
    threshold: 2,
    datapoints: [1, 5],
    description:
      'The gateway returned more than two 5xx responses in a minute. See docs/operations.md, "5xx".',
  })
  watch('Slow', {
    metric: gatewayMetric(apiId, 'Latency', Stats.percentile(95)),
    threshold: 3_000,
    datapoints: [3, 3],
    description:
      'The p95 response time of the gateway has been above 3 s for 15 minutes. See docs/operations.md, "p95".',
  })
  watch('SlowCheckout', {
    metric: functionMetric(functions.OrderProcess, 'Duration', Stats.percentile(95)),
    threshold: 3_000,
    datapoints: [3, 3],
    description:
      'The p95 duration of OrderProcess (checkout) has been above 3 s for 15 minutes. See docs/operations.md, "p95".',
  })
  // Two alarms, because one looks at ten metrics at most.
  const [answering, others] = [true, false].map(has => all.filter(one => hasRoutes(one.definition) === has))
  for (const [id, functions = []] of [
    ['Throttled', answering],
    ['TriggersThrottled', others],
  ] as const)
    watch(id, {
      metric: sumMetrics(
        'throttled calls',
        functions.map(one => functionMetric(one, 'Throttles', Stats.SUM)),
      ),
      threshold: 0,
      datapoints: [2, 3],
      description:
        'Functions are throttled: invocations exceed the available concurrency. See docs/operations.md, "throttles".',
    })
  for (const one of all.filter(({ definition }) => definition.triggers.some(({ kind }) => kind === 'stream')))
    watch(`${one.definition.id}Behind`, {
      metric: functionMetric(one, 'IteratorAge', Stats.MAXIMUM),
      threshold: 5 * 60_000,
      datapoints: [2, 2],
      description: `${one.definition.id} is lagging more than five minutes behind its stream. See docs/operations.md, "iterator age".`,
    })
  for (const [id, queue] of Object.entries(deadLetters))
    watch(`${id}DeadLettersThere`, {
      metric: visibleMessages(queue),
      threshold: 0,
      description: `${id} has messages in its dead-letter queue. See docs/operations.md, "dead letters".`,
    })
  watch('IndexOld', {
    metric: shopMetric('IndexAge', functions.BookCatalog, Stats.MAXIMUM),
    threshold: 15 * 60,
    datapoints: [2, 2],
    description:
      'Lists and searches show a catalog of more than 15 minutes ago. See docs/operations.md, "index age".',
  })
  if (keysQueue) watchKeys(watch, keysQueue)
  watchRequests(watch, apiId, stage)
  watchTables(watch, stage, replica)
  // Only the active Region sends mails. Without a sender none is sent, and all wait.
  if (options.mailFrom && isActive) watchMails(watch, functions.Sweeper, stage)
  // Checkouts, and the events that Stripe sends, go to the active Region.
  if (functions.PaymentEvents && isActive) watchPayments(watch, functions, functions.PaymentEvents)
  // The sweeper of the standby Region does not run.
  if (options.orderHours && isActive)
    watch('NoOrders', {
      metric: shopMetric('OrderGap', functions.Sweeper, Stats.MAXIMUM),
      threshold: options.orderGap,
      description: `No order for ${options.orderGap} hours of those in which orders usually come (${options.orderHours}). See docs/operations.md, "no orders".`,
    })
  return Object.fromEntries(
    all.map(one => {
      const errors = watch(`${one.definition.id}Errors`, createErrorAlarm(one))
      return [one.definition.id, hasRoutes(one.definition) ? [errors, serverErrors] : [errors]]
    }),
  )
}
