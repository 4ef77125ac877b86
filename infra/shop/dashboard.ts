/** One page that shows how the shop does. */
import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { TABLE_IDS } from '#src/tables/definitions.ts'
import { type Stage, tableNamesOf } from '../settings/stage.ts'
import type { DeployedFunctions } from './functions.ts'
import { ofFunction, ofGateway, ofShop, ofTable } from './metrics.ts'

const HOUR = Duration.hours(1)

const graph = (title: string, left: IMetric[], right: IMetric[] = [], width = 8): GraphWidget =>
  new GraphWidget({ title, left, right, width, height: 6, liveData: true })

export const createDashboard = (
  scope: Construct,
  name: string,
  stage: Stage,
  workers: DeployedFunctions,
  apiId: string,
): void => {
  const all = Object.values(workers)
  const names = tableNamesOf(stage)
  const answering = all.filter(({ definition }) => definition.otherRoutes.length > 0)
  const consumed = (what: string) => TABLE_IDS.map(id => ofTable(names[id], what).with({ label: id }))
  new Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    defaultInterval: Duration.hours(24),
    widgets: [
      [
        graph(
          'Requests and errors',
          [ofGateway(apiId, 'Count', Stats.SUM)],
          [ofGateway(apiId, '4xx', Stats.SUM), ofGateway(apiId, '5xx', Stats.SUM)],
        ),
        graph(
          'Orders and revenue per hour',
          [ofShop('OrdersPlaced', 'OrderProcess', Stats.SUM, HOUR)],
          [ofShop('Revenue', 'OrderProcess', Stats.SUM, HOUR)],
        ),
        graph('Seconds that mail and index lag behind', [
          ofShop('OutboxAge', 'Sweeper', Stats.MAXIMUM),
          ofShop('IndexAge', 'BookCatalog', Stats.MAXIMUM),
        ]),
      ],
      answering.map(one =>
        graph(
          `${one.definition.id}: milliseconds`,
          [50, 95, 99].map(p => ofFunction(one, 'Duration', Stats.percentile(p)).with({ label: `p${p}` })),
          [],
          Math.floor(24 / answering.length),
        ),
      ),
      [
        graph(
          'Errors',
          all.map(one => ofFunction(one, 'Errors', Stats.SUM).with({ label: one.definition.id })),
        ),
        graph(
          'Throttles',
          all.map(one => ofFunction(one, 'Throttles', Stats.SUM).with({ label: one.definition.id })),
        ),
        graph(
          'Behind the stream, milliseconds',
          [workers.IndexConsumer, workers.OutboxConsumer].map(one =>
            ofFunction(one, 'IteratorAge', Stats.MAXIMUM),
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
