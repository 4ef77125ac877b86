/** Chapter of docs/performance.md about the comparison with peers. */
import type { Bars, Chapter } from '../chapter.ts'
import { createBusyNote, describeMachine } from '../machine.ts'
import { median } from '../measure.ts'
import { createTables, listDifferences } from './report.ts'
import type { Result, ShopResult } from './result.ts'
import type { Verdict } from './verdicts.ts'
import { WORKLOADS } from './workloads.ts'

const NOT_TESTED = [
  'Several server processes, a separate machine for the load, a network between shop and client.',
  'Medusa and Vendure with other databases, caches or search engines than the ones named here, and third-party plug-ins.',
  'Real payment: the peers use a dummy that always succeeds.',
]

const each = (shops: readonly ShopResult[], value: (shop: ShopResult) => number): number[] => shops.map(value)

const createWorkBars = ({ shops, lines }: Result): Bars => ({
  kind: 'bars',
  name: 'peers-work',
  title: 'Operations per second',
  unit: 'per second',
  log: true,
  series: shops.map(({ label }) => label),
  groups: WORKLOADS.map(({ name }) => ({
    label: name,
    values: shops.map(
      shop => lines.find(one => one.line === name && one.shop === shop.name)?.perSecond ?? null,
    ),
  })),
})

const createCpuBars = ({ shops, lines }: Result): Bars => ({
  kind: 'bars',
  name: 'peers-cpu',
  title: 'CPU of shop and database per operation',
  unit: 'ms',
  log: true,
  series: shops.map(({ label }) => label),
  groups: WORKLOADS.map(({ name }) => ({
    label: name,
    values: shops.map(shop => {
      const line = lines.find(one => one.line === name && one.shop === shop.name)
      return line ? line.shopCpu + line.storeCpu : null
    }),
  })),
})

const createShopBars = (
  { shops }: Result,
  name: string,
  title: string,
  unit: string,
  groups: Readonly<Record<string, (shop: ShopResult) => number>>,
): Bars => ({
  kind: 'bars',
  name,
  title,
  unit,
  log: false,
  series: shops.map(({ label }) => label),
  groups: Object.entries(groups).map(([label, value]) => ({ label, values: each(shops, value) })),
})

export const createPeersChapter = (result: Result, verdicts: readonly Verdict[]): Chapter => ({
  place: 10,
  title: 'Comparison with other shops on the same work',
  command: 'CLOUDSHELF_PEERS=<folder> npm run bench:peers -- --write-docs',
  at: result.at,
  machine: describeMachine(result.machine),
  versions: result.shops
    .slice(1)
    .map(({ label, version, node, database }) => `${label} ${version} (Node ${node.slice(1)}, ${database})`)
    .concat(`CloudShelf (Node ${result.shops[0]?.node.slice(1)})`)
    .join(' · '),
  text: [
    'Other software that a bookseller could install, measured in the same run: slices of each peer alternate with slices of CloudShelf, and a ratio compares adjacent slices. CPU is the time of server and database per operation, the figure least affected by other load on the machine.',
    ...createBusyNote(result.machine),
    ...(result.quick ? ['**Figures of a short run (`--quick`), not of a full one.**'] : []),
    ...result.absent,
  ],
  tables: createTables(result, verdicts),
  plots: [
    createWorkBars(result),
    createCpuBars(result),
    createShopBars(result, 'peers-start', 'Start of node to first book', 'ms', {
      'start to first book': ({ starts }) => median(starts),
    }),
    createShopBars(result, 'peers-memory', 'Memory of shop and database', 'MB', {
      idle: ({ rest }) => rest.shop + rest.store,
      'after the bench': ({ after }) => after.shop + after.store,
    }),
    createShopBars(result, 'peers-search', 'Share of queries with a correct first result', '', {
      'main queries': ({ hits }) => hits.main,
      'hard queries': ({ hits }) => hits.hard,
    }),
  ],
  differs: listDifferences(result),
  notTested: NOT_TESTED,
})
