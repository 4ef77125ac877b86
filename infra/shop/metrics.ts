/** Metrics used by the dashboard and the alarms. */
import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { METRICS_NAMESPACE, type MetricName } from '#src/core/log/metrics.ts'
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

export const gatewayMetric = (apiId: string, name: string, statistic: string): Metric =>
  createMetric('AWS/ApiGateway', name, { ApiId: apiId }, statistic)

/** Consumed capacity of a table; `name` is ConsumedReadCapacityUnits or ConsumedWriteCapacityUnits. */
export const tableMetric = (table: string, name: string): Metric =>
  createMetric('AWS/DynamoDB', name, { TableName: table }, Stats.SUM)

/** Custom metric of a function, written to its log: see src/core/log/metrics.ts. */
export const shopMetric = (
  name: MetricName,
  { lambda }: DeployedFunction,
  statistic: string,
  period = FIVE_MINUTES,
): Metric => createMetric(METRICS_NAMESPACE, name, { service: lambda.functionName }, statistic, period)

/** Sum of metrics as one line. */
export const sumMetrics = (label: string, metrics: readonly Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: metrics.map((_, i) => `m${i}`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((one, i) => [`m${i}`, one])),
    period: FIVE_MINUTES,
  })
