/** Search part of `npm run bench:pg`: quality and time of the engine in PostgreSQL beside the one in memory, over the same books. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { priceBands } from '#src/catalog/price-bands.ts'
import type { ListedBook } from '#src/catalog/schema.ts'
import { type BookIndex, type BookSearch, createBookIndex } from '#src/catalog/search/book-index.ts'
import { createSqlSearch } from '#src/catalog/search/sql/sql-search.ts'
import { readSettings } from '#src/composition/settings.ts'
import type { Sql } from '#src/core/sql/sql.ts'
import { fillSearchTables } from '../../test/search-tables.ts'
import { percentile } from './measure.ts'
import { measureNonsense } from './nonsense-queries.ts'
import type { Question } from './query-generator.ts'
import { generateBooks } from './synthetic-books.ts'

const NONSENSE_SEED = 20261122
/** How much lower hit@1 may be than that of memory, for many books. */
const MAX_LOSS = 0.01
const LEAST_HITS: Readonly<Record<string, number>> = { dev: 0.99, hard: 0.98 }
const MAX_P95_MS = 150
/** The least hits are for the real books alone: others have the same titles in parts. */
const REAL_BOOKS = 10_000

export type QuerySet = { readonly name: string; readonly questions: readonly Question[] }

type Target = { readonly name: string; readonly pass: boolean }

/** Fills the database with `size` books, and prints figures; returns whether the targets are met. */
export const measurePgSearch = async (
  sql: Sql,
  real: readonly ListedBook[],
  size: number,
  sets: readonly QuerySet[],
): Promise<boolean> => {
  const bands = priceBands(readSettings({}).currency)
  const books = size > real.length ? [...generateBooks(real, size)] : real.slice(0, size)
  const index = createBookIndex(bands)
  for (const book of books) index.rows.put(book)
  const start = performance.now()
  await fillSearchTables(sql, books)
  print(`${size} books, written in ${((performance.now() - start) / 1000).toFixed(0)} s`)
  const statements = new Map<string, number>()
  const timed = {
    query: async <Row extends Record<string, unknown>>(...call: Parameters<Sql['query']>) => {
      const since = performance.now()
      const rows = await sql.query<Row>(...call)
      const name = call[0].trim().slice(0, 24)
      statements.set(name, (statements.get(name) ?? 0) + performance.now() - since)
      return rows
    },
  }
  const postgres = createSqlSearch({ sql: timed, bands })
  const [session] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid')
  const cpuNow = (): number => cpuOfThisProcess() + cpuOf(session?.pid ?? 0)
  const targets: Target[] = []
  for (const { name, questions } of sets)
    targets.push(...(await measureSet(index.search, postgres, { name, questions, size, statements, cpuNow })))
  const nonsense = [index, { ...index, search: postgres } satisfies BookIndex]
  const shares: number[] = []
  for (const engine of nonsense) {
    const { all } = await measureNonsense(engine, real, NONSENSE_SEED, false)
    shares.push(all.found / all.queries)
  }
  print(`nonsense found: memory ${shares[0]}, PostgreSQL ${shares[1]}`)
  targets.push({ name: 'nonsense as in memory', pass: shares[0] === shares[1] })
  for (const { name, pass } of targets) print(`${pass ? 'PASS' : 'MISS'}  ${name}`)
  return targets.every(({ pass }) => pass)
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** CPU time of a process so far (ms), as Linux counts it; 0 elsewhere. */
const cpuOf = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return 0
  }
}

const cpuOfThisProcess = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

type SetOptions = QuerySet & {
  readonly size: number
  readonly statements: Map<string, number>
  /** CPU time of the shop and its session of the server so far (ms): what a query takes on a quiet machine. */
  readonly cpuNow: () => number
}

const measureSet = async (
  memory: BookSearch,
  postgres: BookSearch,
  { name, questions, size, statements, cpuNow }: SetOptions,
): Promise<Target[]> => {
  statements.clear()
  const times: number[] = []
  const cpuTimes: number[] = []
  const hits = { memory: 0, postgres: 0 }
  const same = { first: 0, total: 0, all: 0 }
  for (const { q, right } of questions) {
    const query = { q, sort: 'relevance', offset: 0, limit: 24 } as const
    const [start, cpuStart] = [performance.now(), cpuNow()]
    const found = await postgres.browse(query)
    times.push(performance.now() - start)
    cpuTimes.push(cpuNow() - cpuStart)
    const expected = await memory.browse(query)
    const [first, expectedFirst] = [found.items[0]?.book_id ?? '', expected.items[0]?.book_id ?? '']
    if (right.has(first)) hits.postgres++
    if (right.has(expectedFirst)) hits.memory++
    if (first === expectedFirst) same.first++
    if (found.total === expected.total) same.total++
    if (isDeepStrictEqual(found, expected)) same.all++
  }
  for (const list of [times, cpuTimes]) list.sort((a, b) => a - b)
  const count = questions.length
  const share = { memory: hits.memory / count, postgres: hits.postgres / count }
  const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)]
  const inSql = [...statements.values()].reduce((sum, ms) => sum + ms, 0)
  const inAll = times.reduce((sum, ms) => sum + ms, 0)
  print(
    `${name.padEnd(6)}${count} queries  hit@1 ${share.postgres.toFixed(3)} (memory ${share.memory.toFixed(3)})  same first ${same.first}, total ${same.total}, whole answer ${same.all}  p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} ms (CPU ${percentile(cpuTimes, 0.5).toFixed(1)}, ${percentile(cpuTimes, 0.95).toFixed(1)})  ${Math.round((100 * inSql) / inAll)} % in SQL`,
  )
  for (const [text, ms] of [...statements].sort((a, b) => b[1] - a[1]).slice(0, 4))
    print(`        ${(ms / count).toFixed(1)} ms a query  ${text.replaceAll(/\s+/g, ' ')}`)
  const least = LEAST_HITS[name]
  return [
    ...(size <= REAL_BOOKS && least !== undefined
      ? [{ name: `${name}: hit@1 at least ${least}`, pass: share.postgres >= least }]
      : []),
    { name: `${name}: hit@1 within ${MAX_LOSS} of memory`, pass: share.postgres >= share.memory - MAX_LOSS },
    { name: `${name}: p95 below ${MAX_P95_MS} ms on a quiet machine`, pass: p95 < MAX_P95_MS },
  ]
}
