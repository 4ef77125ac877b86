/** What somebody is told of, by mail; docs/operations.md says of each what it means and what to do. */
import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { FunctionId } from '#src/lambda/functions.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'
import { ofFunction, ofGateway, ofShop, sumOf } from './metrics.ts'
import type { DeadLetters } from './triggers.ts'

/** `above` this, in so many of the last so many periods. */
type Watch = {
  readonly metric: IMetric
  readonly above: number
  readonly of?: readonly [number, number]
  readonly why: string
}

const HOUR_SECONDS = 3_600

export const createTopic = (scope: Construct, email: string | undefined): Topic => {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true, displayName: 'CloudShelf' })
  if (email) topic.addSubscription(new EmailSubscription(email))
  return topic
}

const alarm = (
  scope: Construct,
  id: string,
  topic: Topic,
  { metric, above, of: [most, last] = [1, 1], why }: Watch,
): Alarm => {
  const made = new Alarm(scope, id, {
    metric,
    threshold: above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: most,
    evaluationPeriods: last,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: why,
  })
  made.addAlarmAction(new SnsAction(topic))
  made.addOkAction(new SnsAction(topic))
  return made
}

/** A version that fails goes again by this: looked at each minute. */
const errorsOf = (worker: DeployedFunction): Watch => ({
  metric: ofFunction(worker, 'Errors', Stats.SUM, Duration.minutes(1)),
  above: 0,
  of: worker.definition.triggers.length > 0 ? [2, 5] : [1, 5],
  why: `${worker.definition.id} ended without an answer. See docs/operations.md, "function errors".`,
})

const waiting = (queue: Queue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM })

/** The shop's alarms, and of each function the one that takes a new version back. */
export const createAlarms = (
  scope: Construct,
  {
    workers,
    deadLetters,
    apiId,
    topic,
  }: {
    readonly workers: DeployedFunctions
    readonly deadLetters: DeadLetters
    readonly apiId: string
    readonly topic: Topic
  },
): Readonly<Record<FunctionId, Alarm>> => {
  const all = Object.values(workers)
  const watch = (id: string, one: Watch): Alarm => alarm(scope, id, topic, one)
  watch('ServerErrors', {
    metric: ofGateway(apiId, '5xx', Stats.SUM),
    above: 5,
    why: 'More than five answers of 500 and above in five minutes. See docs/operations.md, "5xx".',
  })
  watch('Slow', {
    metric: ofGateway(apiId, 'Latency', Stats.percentile(95)),
    above: 3_000,
    of: [3, 3],
    why: 'One answer in twenty takes longer than 3 s, for a quarter of an hour. See docs/operations.md, "p95".',
  })
  watch('SlowCheckout', {
    metric: ofFunction(workers.OrderProcess, 'Duration', Stats.percentile(95)),
    above: 3_000,
    of: [3, 3],
    why: 'One checkout in twenty takes longer than 3 s. See docs/operations.md, "p95".',
  })
  watch('Throttled', {
    metric: sumOf(
      'throttled calls',
      all.map(one => ofFunction(one, 'Throttles', Stats.SUM)),
    ),
    above: 0,
    of: [2, 3],
    why: 'Functions were called more often at once than they may run. See docs/operations.md, "throttles".',
  })
  for (const one of all.filter(({ definition }) => definition.triggers.some(({ kind }) => kind === 'stream')))
    watch(`${one.definition.id}Behind`, {
      metric: ofFunction(one, 'IteratorAge', Stats.MAXIMUM),
      above: 5 * 60_000,
      of: [2, 2],
      why: `${one.definition.id} is more than five minutes behind its stream. See docs/operations.md, "iterator age".`,
    })
  for (const [id, queue] of Object.entries(deadLetters))
    watch(`${id}DeadLettersThere`, {
      metric: waiting(queue),
      above: 0,
      why: `${id} gave something up. See docs/operations.md, "dead letters".`,
    })
  watch('MailWaits', {
    metric: ofShop('OutboxAge', 'Sweeper', Stats.MAXIMUM),
    above: HOUR_SECONDS,
    of: [3, 3],
    why: 'A mail that is due has not been sent for an hour. See docs/operations.md, "mail waits".',
  })
  return Object.fromEntries(
    all.map(one => [one.definition.id, watch(`${one.definition.id}Errors`, errorsOf(one))]),
  ) as Record<FunctionId, Alarm>
}
