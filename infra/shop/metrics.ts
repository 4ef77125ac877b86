/** The metrics that the dashboard shows and the alarms watch. */
import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { FunctionId } from '#src/lambda/functions.ts'
import type { DeployedFunction } from './functions.ts'

const FIVE_MINUTES = Duration.minutes(5)

const metric = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
  period = FIVE_MINUTES,
): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic, period })

/** Of what is live, both versions while one rolls out. */
export const ofFunction = (
  { lambda, live }: DeployedFunction,
  name: string,
  statistic: string,
  period = FIVE_MINUTES,
): Metric =>
  metric(
    'AWS/Lambda',
    name,
    { FunctionName: lambda.functionName, Resource: `${lambda.functionName}:${live.aliasName}` },
    statistic,
    period,
  )

export const ofGateway = (apiId: string, name: string, statistic: string): Metric =>
  metric('AWS/ApiGateway', name, { ApiId: apiId }, statistic)

/** What a table takes; `name` is ConsumedReadCapacityUnits or ConsumedWriteCapacityUnits. */
export const ofTable = (table: string, name: string): Metric =>
  metric('AWS/DynamoDB', name, { TableName: table }, Stats.SUM)

/** The shop's own, which functions write into their logs: see src/core/log/metrics.ts. */
export const ofShop = (name: string, service: FunctionId, statistic: string, period = FIVE_MINUTES): Metric =>
  metric('CloudShelf', name, { service }, statistic, period)

/** All of them as one line. */
export const sumOf = (label: string, metrics: readonly Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: metrics.map((_, i) => `m${i}`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((one, i) => [`m${i}`, one])),
    period: FIVE_MINUTES,
  })
