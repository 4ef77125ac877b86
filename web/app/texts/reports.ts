/** Texts of the pages of reports. */
import { formatCount, plural } from './locale.ts'

const age = (seconds: number): string =>
  seconds < 90
    ? plural(Math.round(seconds), 'second', 'seconds')
    : plural(Math.round(seconds / 60), 'minute', 'minutes')

export const reports = {
  title: 'Reports',
  back: 'All reports',
  offTitle: 'Reports are switched off',
  unavailableTitle: 'Reports can’t be read now',
  invalidTitle: 'This report can’t be shown so',
  lastDays: 'The last 30 days',
  all: 'All reports',
  from: 'From',
  to: 'To',
  unit: 'By',
  units: { day: 'Day', week: 'Week', month: 'Month' },
  category: 'Category',
  allCategories: 'All categories',
  currency: 'Currency',
  show: 'Show',
  csv: 'Download CSV',
  chart: 'Chart',
  chartOf: (title: string) => `Chart: ${title}`,
  chartDescription: (bars: number) => `${plural(bars, 'bar', 'bars')}. The table below has the same numbers.`,
  table: 'Table',
  tableOf: (title: string) => `Table: ${title}`,
  nothing: 'Nothing in this period.',
  rows: (count: number) => plural(count, 'row', 'rows'),
  sql: 'SQL of this report',
  parameters: 'Parameters',
  nullValue: 'null (all)',
  unknown: 'unknown',
  asOf: (time: string, lag: number) => `As of ${time} (${age(lag)} ago).`,
  days: (zone: string) => `Days are those of ${zone}.`,
  replica: (lag: number) => `Read from the replica, which is ${age(lag)} behind.`,
  heldBack: (lag: number) => `The replica is ${age(lag)} behind, so the database itself was read.`,
  noReplica: 'The replica can’t be reached, so the database itself was read.',
  orders: 'Orders',
  copies: 'Copies',
  sales: 'Sales',
  cancelled: 'Canceled',
  top: 'Best sellers',
  runningOut: 'First to run out',
  copiesOf: (count: string) => `${count} sold`,
  daysLeft: (days: string) => (days === formatCount(1) ? '1 day' : `${days} days`),
  more: (title: string) => `Open report: ${title}`,
}
