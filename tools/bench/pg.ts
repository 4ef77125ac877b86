/**
 * `npm run bench:pg`, on an embedded server of its own with the settings of a shop: search in PostgreSQL beside the one in memory, over as
 * many books as `--sizes` says; how long the reports take over 90 days in a shop with 1,000,000 order lines of two years; how fast a
 * projection is filled, followed and compared; and the memory of the server. `--only search`, `reports` or `projection` leaves the others out.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { REPORT_SESSION } from '#src/composition/sql.ts'
import { migrate } from '#src/core/sql/migrate.ts'
import { createPgSql, type PgOptions } from '#src/core/sql/pg.ts'
import type { Sql } from '#src/core/sql/sql.ts'
import { MIGRATIONS } from '#src/projection/migrations.ts'
import { runCleanup } from '../../test/cleanup.ts'
import { databaseUrl } from '../../test/postgres.ts'
import { startTestPostgres } from '../../test/postgres-server.ts'
import { describeMachine, detectMachine } from './machine.ts'
import { processTreeMemory } from './peers/process-tree.ts'
import { measureReports } from './pg-reports.ts'
import { measurePgSearch } from './pg-search.ts'
import { measureProjection } from './projection-rates.ts'
import { generateQuestions } from './query-generator.ts'
import { readListedBooks, readQuestions } from './search-test-data.ts'

const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '400000' },
    books: { type: 'string', default: '20000' },
    days: { type: 'string', default: '90' },
    zone: { type: 'string', default: 'America/New_York' },
    explain: { type: 'string' },
    only: { type: 'string' },
    sizes: { type: 'string', default: '10000,500000' },
    data: { type: 'string', default: '../shared/data' },
    /** Orders of the projection that is filled. */
    projected: { type: 'string', default: '10000' },
  },
})
const SEED = 20261122
const QUERIES_PER_KIND = 60

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const machine = describeMachine(detectMachine())
const server = await startTestPostgres({})

const printMemory = async (when: string): Promise<void> => {
  await sleep(200) // processes of connections that were closed are gone then
  const megabytes = processTreeMemory(server.pid)
  if (megabytes !== undefined) print(`server ${when}: ${megabytes.toFixed(0)} MB (PSS of its processes)`)
}

/** Calls `work` with a migrated database of its own. */
const withDatabase = async <T>(
  name: string,
  work: (sql: Sql, url: string) => Promise<T>,
  more: Partial<PgOptions> = {},
): Promise<T> => {
  const admin = createPgSql({ url: server.url, connections: 1 })
  await admin.query(`create database ${name}`).finally(admin.close)
  const url = databaseUrl(server.url, name)
  const sql = createPgSql({ url, statementTimeoutMs: 3_600_000, ...more })
  try {
    await migrate(sql, MIGRATIONS)
    return await work(sql, url)
  } finally {
    await sql.close()
  }
}

/** Search over each number of books, in a database of its own; false where a target is missed, or the test data are not there. */
const measureSearch = async (): Promise<boolean> => {
  const list = join(options.data, 'books-10k.csv')
  if (!existsSync(list)) {
    console.error(`bench:pg: ${list} is not there; give the folder of the test data with --data DIR`)
    return false
  }
  const real = readListedBooks(list)
  const read = (name: string) => readQuestions(join(options.data, 'search', name), real)
  const sets = [
    { name: 'dev', questions: read('search-dev.tsv') },
    { name: 'hard', questions: read('search-hard-dev.tsv') },
    { name: 'made', questions: generateQuestions(real, QUERIES_PER_KIND, SEED) },
  ]
  let isMet = true
  for (const size of options.sizes.split(',').map(Number)) {
    // One connection, whose CPU time is measured.
    const isMetHere = await withDatabase(`search_${size}`, sql => measurePgSearch(sql, real, size, sets), {
      connections: 1,
    })
    isMet = isMetHere && isMet
  }
  return isMet
}

const measureRates = async (): Promise<void> => {
  const rates = await withDatabase('projection', (_, url) =>
    measureProjection(url, Number(options.projected)),
  )
  const of = (rate: number): string => `${Math.round(rate)} a second`
  print(`backfill  ${of(rates.backfill)}, ${rates.items} items`)
  print(`follow    ${of(rates.follow)}, ${rates.changes} changed orders`)
  print(`verify    ${of(rates.verify)}, ${rates.items} items`)
  await printMemory('after the projection')
}

const reportsOf = (sql: Sql): Promise<void> =>
  measureReports(sql, {
    orders: Number(options.orders),
    books: Number(options.books),
    days: Number(options.days),
    zone: options.zone,
    explain: options.explain,
    pid: server.pid,
    print,
  })

const isChosen = (part: string): boolean => (options.only ?? part) === part

try {
  print(machine)
  await printMemory('at its start')
  if (isChosen('search') && !(await measureSearch())) process.exitCode = 1
  if (isChosen('reports')) {
    await withDatabase('reports', reportsOf, { connections: 1, session: REPORT_SESSION })
    await printMemory('after the reports')
  }
  if (isChosen('projection')) await measureRates()
} finally {
  await runCleanup()
  await server.stop()
}
