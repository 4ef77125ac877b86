/** Metrics used by the dashboard and the alarms. */
import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { METRICS_NAMESPACE, type MetricName } from '#src/core/log/metrics.ts'
import type { Stage } from '../settings/stage.ts'
import type { DeployedFunction } from './functions.ts'

const FIVE_MINUTES = Duration.minutes(5)

const createMetric = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
  period = FIVE_MINUTES,
): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic, period })

/** Metric of the live alias, which covers both versions during a rollout. */
export const functionMetric = (
  { lambda, live }: DeployedFunction,
  name: string,
  statistic: string,
  period = FIVE_MINUTES,
): Metric =>
  createMetric(
    'AWS/Lambda',
    name,
    { FunctionName: lambda.functionName, Resource: `${lambda.functionName}:${live.aliasName}` },
    statistic,
    period,
  )

export const gatewayMetric = (
  apiId: string,
  name: string,
  statistic: string,
  period = FIVE_MINUTES,
): Metric => createMetric('AWS/ApiGateway', name, { ApiId: apiId }, statistic, period)

/** Sum of a metric of a table, for example ConsumedReadCapacityUnits or WriteThrottleEvents. */
export const tableMetric = (table: string, name: string): Metric =>
  createMetric('AWS/DynamoDB', name, { TableName: table }, Stats.SUM)

/** Custom metric of a function, written to its log: see src/core/log/metrics.ts. */
export const shopMetric = (
  name: MetricName,
  { lambda }: DeployedFunction,
  statistic: string,
  period = FIVE_MINUTES,
): Metric => createMetric(METRICS_NAMESPACE, name, { service: lambda.functionName }, statistic, period)

/** Requests that the gateway or a function refused with 429, counted in the gateway's log by a metric filter. */
export const tooManyRequestsMetric = ({ prefix }: Stage): Metric =>
  createMetric(METRICS_NAMESPACE, `${prefix}TooManyRequests`, {}, Stats.SUM)

/** Replication delay (ms) of a global table to another Region. */
export const replicationMetric = (table: string, ReceivingRegion: string): Metric =>
  createMetric('AWS/DynamoDB', 'ReplicationLatency', { TableName: table, ReceivingRegion }, Stats.MAXIMUM)

/** Reputation.BounceRate or Reputation.ComplaintRate of a configuration set, a share of its mails. */
export const reputationMetric = (configurationSet: string, name: string): Metric =>
  createMetric(
    'AWS/SES',
    name,
    { 'ses:configuration-set': configurationSet },
    Stats.MAXIMUM,
    Duration.hours(1),
  )

/** Metric of a CloudFront distribution, in us-east-1. */
export const cdnMetric = (DistributionId: string, name: string, statistic: string): Metric =>
  createMetric('AWS/CloudFront', name, { DistributionId, Region: 'Global' }, statistic)

/** Percentage `part` of `all`, or 0 while there are at most `least` in a period: few requests say nothing about a share. */
export const shareOf = (label: string, part: Metric, all: Metric, least: number): MathExpression =>
  new MathExpression({
    label,
    expression: `IF(FILL(all, 0) > ${least}, 100 * FILL(part, 0) / all, 0)`,
    usingMetrics: { part, all },
    period: FIVE_MINUTES,
  })

/** A percentage that is measured itself, or 0 while there are at most `least` requests in a period. */
export const rateWhereMany = (label: string, rate: Metric, all: Metric, least: number): MathExpression =>
  new MathExpression({
    label,
    expression: `IF(FILL(all, 0) > ${least}, rate, 0)`,
    usingMetrics: { rate, all },
    period: FIVE_MINUTES,
  })

/** The largest of metrics as one line. */
export const largestOf = (label: string, metrics: readonly Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: `MAX([${metrics.map((_, i) => `m${i}`).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics.map((one, i) => [`m${i}`, one])),
    period: FIVE_MINUTES,
  })

/** Sum of metrics as one line. A metric without data counts as 0: `a + b` would have no value where either has none. */
export const sumMetrics = (label: string, metrics: readonly Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: `SUM([${metrics.map((_, i) => `FILL(m${i}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics.map((one, i) => [`m${i}`, one])),
    period: FIVE_MINUTES,
  })
