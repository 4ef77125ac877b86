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
import { functionMetric, gatewayMetric, shopMetric, sumMetrics } from './metrics.ts'
import type { DeadLetters } from './triggers.ts'

/** `above` this, in so many of the last so many periods. */
type AlarmDefinition = {
  readonly metric: IMetric
  readonly threshold: number
  readonly datapoints?: readonly [number, number]
  readonly description: string
}

const HOUR_SECONDS = 3_600

export const createTopic = (scope: Construct, email: string | undefined): Topic => {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true, displayName: 'CloudShelf' })
  if (email) topic.addSubscription(new EmailSubscription(email))
  return topic
}

const createAlarm = (
  scope: Construct,
  id: string,
  topic: Topic,
  { metric, threshold, datapoints: [most, last] = [1, 1], description }: AlarmDefinition,
): Alarm => {
  const made = new Alarm(scope, id, {
    metric,
    threshold: threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: most,
    evaluationPeriods: last,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: description,
  })
  made.addAlarmAction(new SnsAction(topic))
  made.addOkAction(new SnsAction(topic))
  return made
}

/** A version that fails goes again by this: looked at each minute. */
const createErrorAlarm = (deployed: DeployedFunction): AlarmDefinition => ({
  metric: functionMetric(deployed, 'Errors', Stats.SUM, Duration.minutes(1)),
  threshold: 0,
  datapoints: deployed.definition.triggers.length > 0 ? [2, 5] : [1, 5],
  description: `${deployed.definition.id} ended without an answer. See docs/operations.md, "function errors".`,
})

const visibleMessages = (queue: Queue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM })

/** The shop's alarms, and of each function the one that takes a new version back. */
export const createAlarms = (
  scope: Construct,
  {
    functions,
    deadLetters,
    apiId,
    topic,
  }: {
    readonly functions: DeployedFunctions
    readonly deadLetters: DeadLetters
    readonly apiId: string
    readonly topic: Topic
  },
): Readonly<Record<FunctionId, Alarm>> => {
  const all = Object.values(functions)
  const watch = (id: string, one: AlarmDefinition): Alarm => createAlarm(scope, id, topic, one)
  watch('ServerErrors', {
    metric: gatewayMetric(apiId, '5xx', Stats.SUM),
    threshold: 5,
    description: 'More than five answers of 500 and above in five minutes. See docs/operations.md, "5xx".',
  })
  watch('Slow', {
    metric: gatewayMetric(apiId, 'Latency', Stats.percentile(95)),
    threshold: 3_000,
    datapoints: [3, 3],
    description:
      'One answer in twenty takes longer than 3 s, for a quarter of an hour. See docs/operations.md, "p95".',
  })
  watch('SlowCheckout', {
    metric: functionMetric(functions.OrderProcess, 'Duration', Stats.percentile(95)),
    threshold: 3_000,
    datapoints: [3, 3],
    description: 'One checkout in twenty takes longer than 3 s. See docs/operations.md, "p95".',
  })
  watch('Throttled', {
    metric: sumMetrics(
      'throttled calls',
      all.map(one => functionMetric(one, 'Throttles', Stats.SUM)),
    ),
    threshold: 0,
    datapoints: [2, 3],
    description:
      'Functions were called more often at once than they may run. See docs/operations.md, "throttles".',
  })
  for (const one of all.filter(({ definition }) => definition.triggers.some(({ kind }) => kind === 'stream')))
    watch(`${one.definition.id}Behind`, {
      metric: functionMetric(one, 'IteratorAge', Stats.MAXIMUM),
      threshold: 5 * 60_000,
      datapoints: [2, 2],
      description: `${one.definition.id} is more than five minutes behind its stream. See docs/operations.md, "iterator age".`,
    })
  for (const [id, queue] of Object.entries(deadLetters))
    watch(`${id}DeadLettersThere`, {
      metric: visibleMessages(queue),
      threshold: 0,
      description: `${id} gave something up. See docs/operations.md, "dead letters".`,
    })
  watch('MailWaits', {
    metric: shopMetric('OutboxAge', 'Sweeper', Stats.MAXIMUM),
    threshold: HOUR_SECONDS,
    datapoints: [3, 3],
    description: 'A mail that is due has not been sent for an hour. See docs/operations.md, "mail waits".',
  })
  return Object.fromEntries(
    all.map(one => [one.definition.id, watch(`${one.definition.id}Errors`, createErrorAlarm(one))]),
  ) as Record<FunctionId, Alarm>
}
