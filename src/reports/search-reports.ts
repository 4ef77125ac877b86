/** Reports of what shoppers search for. A search counts by its day in the time zone that the shop had then. */
import { count, MAX_ROWS, type Report, textColumn } from './report.ts'
import { statement } from './statement.ts'

/** Words that were searched for less often may be about a person, and are not shown. */
const MIN_TIMES = 3

const LIMITS =
  'The numbers are lower bounds: a search that is answered from the cache, or by the CDN, is not counted again. Words with fewer than three searches in the period, emails and long numbers are left out.'

const TERMS = `select words, sum(times)::bigint as times, sum(without_result)::bigint as without_result
  from report.searches where day between {from} and {to}
  group by words having sum(times) >= ${MIN_TIMES}`

const searches: Report = {
  title: 'Search terms',
  summary: `What shoppers search for. ${LIMITS}`,
  columns: [
    textColumn('words', 'Words'),
    count('times', 'Searches'),
    count('without_result', 'Without a result'),
  ],
  chart: { kind: 'ranking', label: 'words', values: ['times'] },
  statement: statement(`${TERMS}
order by times desc, words limit ${MAX_ROWS}`),
}

const searchesWithoutResult: Report = {
  title: 'Searches without a result',
  summary: `What shoppers search for and the shop does not find. ${LIMITS}`,
  columns: [
    textColumn('words', 'Words'),
    count('without_result', 'Without a result'),
    count('times', 'Searches'),
  ],
  chart: { kind: 'ranking', label: 'words', values: ['without_result'] },
  statement: statement(`select * from (${TERMS}) terms where without_result > 0
order by without_result desc, words limit ${MAX_ROWS}`),
}

export const SEARCH_REPORTS = {
  searches,
  'searches-without-result': searchesWithoutResult,
} as const satisfies Record<string, Report>
