/** CloudWatch dashboard of the shop. */
import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { MetricName } from '#src/core/log/metrics.ts'
import { TABLE_IDS } from '#src/tables/definitions.ts'
import { getTableNames, type Stage } from '../settings/stage.ts'
import { type DeployedFunction, type DeployedFunctions, paymentFunctions } from './functions.ts'
import { functionMetric, gatewayMetric, shopMetric, tableMetric } from './metrics.ts'

const HOUR = Duration.hours(1)

const graph = (title: string, left: IMetric[], right: IMetric[] = [], width = 8): GraphWidget =>
  new GraphWidget({ title, left, right, width, height: 6, liveData: true })

/** What each of these functions counts of a metric in an hour. */
const perHour = (name: MetricName, functions: readonly DeployedFunction[]): IMetric[] =>
  functions.map(one => shopMetric(name, one, Stats.SUM, HOUR).with({ label: `${name} ${one.definition.id}` }))

export const createDashboard = (
  scope: Construct,
  name: string,
  stage: Stage,
  functions: DeployedFunctions,
  apiId: string,
): void => {
  const all = Object.values(functions)
  const names = getTableNames(stage)
  const answering = all.filter(({ definition }) => definition.otherRoutes.length > 0)
  const ordering = paymentFunctions(functions)
  const consumed = (what: string) => TABLE_IDS.map(id => tableMetric(names[id], what).with({ label: id }))
  new Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    defaultInterval: Duration.hours(24),
    widgets: [
      [
        graph(
          'Requests and errors',
          [gatewayMetric(apiId, 'Count', Stats.SUM)],
          [gatewayMetric(apiId, '4xx', Stats.SUM), gatewayMetric(apiId, '5xx', Stats.SUM)],
        ),
        graph('Orders and revenue per hour', perHour('OrdersPlaced', ordering), perHour('Revenue', ordering)),
        graph('Seconds that mail and index lag behind', [
          shopMetric('OutboxAge', functions.Sweeper, Stats.MAXIMUM),
          shopMetric('IndexAge', functions.BookCatalog, Stats.MAXIMUM),
        ]),
      ],
      answering.map(one =>
        graph(
          `${one.definition.id}: milliseconds`,
          [50, 95, 99].map(p =>
            functionMetric(one, 'Duration', Stats.percentile(p)).with({ label: `p${p}` }),
          ),
          [],
          Math.floor(24 / answering.length),
        ),
      ),
      [
        graph(
          'Errors',
          all.map(one => functionMetric(one, 'Errors', Stats.SUM).with({ label: one.definition.id })),
        ),
        graph(
          'Throttles',
          all.map(one => functionMetric(one, 'Throttles', Stats.SUM).with({ label: one.definition.id })),
        ),
        graph(
          'Behind the stream, milliseconds',
          [functions.IndexConsumer, functions.OutboxConsumer].map(one =>
            functionMetric(one, 'IteratorAge', Stats.MAXIMUM),
          ),
        ),
      ],
      [
        graph('Read units', consumed('ConsumedReadCapacityUnits'), [], 12),
        graph('Write units', consumed('ConsumedWriteCapacityUnits'), [], 12),
      ],
    ],
  })
}
