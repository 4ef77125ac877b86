/**
 * Checksum verification: compares every item of the tables with PostgreSQL, in both directions. While the shop sells, an item may be
 * ahead of its row. It counts as different when item and row stay as they are, and differ, while everything that was captured
 * before is applied.
 */
import { randomUUID } from 'node:crypto'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Apply, ApplyDeps } from './apply.ts'
import type { PassOptions } from './backfill.ts'
import { assertGeneration, type RunCounts, readGeneration, recordRun } from './positions.ts'
import { readStored } from './rows.ts'
import { type SearchCheck, verifySearch } from './search-check.ts'
import type { ProjectedTable } from './tables.ts'

export type VerifyDeps = Pick<ApplyDeps, 'sql' | 'tables' | 'pseudonyms'> & {
  readonly db: Pick<Dynamo, 'scan' | 'pages' | 'batchGetAll'>
  readonly apply: Apply
  /** Waits until what was captured before this moment is applied; false when that does not happen, as without a follower. */
  readonly settled: (since: Date) => Promise<boolean>
}

export type VerifyOptions = PassOptions & {
  /** Whether differences are applied again. */
  readonly mend?: boolean
}

export type Difference = { readonly kind: 'missing' | 'differ' | 'extra'; readonly key: CapturedKey }

export type TableResult = RunCounts & { readonly items: number }

export type Verification = RunCounts & {
  readonly tables: Readonly<Record<string, TableResult>>
  /** The dictionary of search; undefined where the verification was cut off before it. */
  readonly search: SearchCheck | undefined
  /** The first of them. */
  readonly differences: readonly Difference[]
  readonly mended: number
}

const PAGE = 250
/** Candidates that are looked at again together. */
const MAX_CANDIDATES = 2_000
/** Rows without an item that are read at once: sealed keys are long, and the Data API sends 1 MiB at most. */
const EXTRA_PAGE = 500
const MAX_ROUNDS = 8
const NAMED = 20

type Candidates = Map<string, CapturedKey>

const COMPARE = ({ stored }: ProjectedTable): string =>
  `with page as (select k, h from jsonb_to_recordset($1::jsonb) as r(k bytea, h bytea)),
   seen as (insert into sync.seen (run, source_key) select $2, k from page on conflict do nothing)
   select k::text as key from page left join ${stored} t on t.source_key = k left join sync.parked p on p.source_key = k
   where coalesce(p.source_hash, t.source_hash) is distinct from h`

const EXTRA = ({ stored }: ProjectedTable): string =>
  `select source_key::text as key, sealed_key from (
     select source_key, sealed_key from ${stored} s where source_hash is not null and sealed_key is not null
     union all select source_key, sealed_key from sync.parked where tbl = $3) t
   where source_key > $2::bytea and not exists (select from sync.seen s where s.run = $1 and s.source_key = t.source_key)
   order by source_key limit ${EXTRA_PAGE}`

/** What a verification that was killed has left. One that runs inserts rows all the time, and without them it is slower, but not wrong. */
const DELETE_LEFT = `delete from sync.seen where run in (
  select run from sync.seen group by run having max(at) < now() - interval '1 minute')`

/**
 * Verifies all tables, and records the run. Throws SqlError, ShopError when DynamoDB cannot be read, and RebuiltError when the
 * projection is emptied meanwhile.
 */
export const verify = async (
  deps: VerifyDeps,
  { mend = false, pause = async () => {}, onProgress = () => {}, signal }: VerifyOptions = {},
): Promise<Verification> => {
  const { sql, db, tables, pseudonyms, apply, settled } = deps
  const run = randomUUID()
  const started = new Date().toISOString()
  const results: Record<string, TableResult> = {}
  const differences: Difference[] = []
  let search: SearchCheck | undefined
  let mended = 0
  let read = 0
  const generation = await readGeneration(sql)
  /** As many rows as there are items are deleted in one statement. */
  const deleteSeen = (statement: string, params: readonly string[] = []) =>
    sql.transaction(transaction => transaction.query(statement, params), { isUnlimited: true })

  /** Item and row of each candidate as they are now: the checksums of both, undefined where there is none. */
  const compareNow = async (table: ProjectedTable, candidates: Candidates) => {
    const all = [...candidates]
    const items = new Map<string, string>()
    const itemsOf = await db.batchGetAll([{ table: table.source, keys: all.map(([, { key }]) => key) }])
    for (const item of itemsOf(table.source)) {
      const key = Object.fromEntries(table.keyAttributes.map(name => [name, String(item[name])]))
      items.set(pseudonyms.keyOf(table.id, key), pseudonyms.checksum(item))
    }
    const rows = new Map(
      (
        await readStored(
          sql,
          table,
          all.map(([sourceKey]) => sourceKey),
        )
      ).map(({ key, hash }) => [key, hash ?? undefined]),
    )
    return all.map(([sourceKey, key]) => ({
      sourceKey,
      key,
      item: items.get(sourceKey),
      row: rows.get(sourceKey),
    }))
  }

  /** The candidates that differ and stay so. One that changes in every round is in use, and its changes are followed. */
  const confirm = async (table: ProjectedTable, candidates: Candidates): Promise<Difference[]> => {
    const found: Difference[] = []
    const before = new Map<string, string>()
    let left = candidates
    for (let round = 0; left.size > 0 && round < MAX_ROUNDS; round++) {
      if (round > 0) await settled(new Date())
      const next: Candidates = new Map()
      for (const { sourceKey, key, item, row } of await compareNow(table, left)) {
        if (item === row) continue
        const pair = `${item} ${row}`
        if (before.get(sourceKey) !== pair) {
          before.set(sourceKey, pair)
          next.set(sourceKey, key)
        } else
          found.push({ kind: item === undefined ? 'extra' : row === undefined ? 'missing' : 'differ', key })
      }
      left = next
    }
    return found
  }

  const settle = async (table: ProjectedTable, candidates: Candidates, counts: Record<string, number>) => {
    const found = await confirm(table, candidates)
    for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1
    differences.push(...found.slice(0, Math.max(0, NAMED - differences.length)))
    if (!mend) return
    await apply(found.map(({ key }) => key))
    mended += found.length
  }

  const verifyTable = async (table: ProjectedTable): Promise<TableResult> => {
    const counts = { missing: 0, differ: 0, extra: 0 }
    let candidates: Candidates = new Map()
    let items = 0
    let since = performance.now()
    for await (const page of table.pages(db, { pageSize: PAGE })) {
      if (signal?.aborted) break
      const keys = new Map<string, CapturedKey>()
      const checksums = page.map(item => {
        const key = Object.fromEntries(table.keyAttributes.map(name => [name, String(item[name])]))
        const k = pseudonyms.keyOf(table.id, key)
        keys.set(k, { table: table.source, key })
        return { k, h: pseudonyms.checksum(item) }
      })
      items += page.length
      for (const { key } of await sql.query<{ key: string }>(COMPARE(table), [checksums, run])) {
        const captured = keys.get(key)
        if (captured) candidates.set(key, captured)
      }
      if (candidates.size >= MAX_CANDIDATES) {
        await settle(table, candidates, counts)
        candidates = new Map()
      }
      read += page.length
      onProgress(read)
      await pause(performance.now() - since)
      since = performance.now()
    }
    await settle(table, candidates, counts)
    for (let after = '\\x'; !signal?.aborted; ) {
      const rows = await sql.query<{ key: string; sealed_key: string }>(EXTRA(table), [run, after, table.id])
      const extra = rows.flatMap(({ key, sealed_key }) => {
        const opened = pseudonyms.open(sealed_key)
        return opened ? [[key, opened] as const] : []
      })
      await settle(table, new Map(extra), counts)
      const last = rows.at(-1)
      if (!last || rows.length < EXTRA_PAGE) break
      after = last.key
    }
    const [parked] = await sql.query<{ count: number }>(
      'select count(*) as count from sync.parked where tbl = $1',
      [table.id],
    )
    return { items, ...counts, parked: parked?.count ?? 0 }
  }

  await deleteSeen(DELETE_LEFT)
  try {
    for (const table of tables) results[table.id] = await verifyTable(table)
    if (!signal?.aborted) search = await verifySearch(deps, { mend, generation })
    mended += search?.mended ?? 0
  } finally {
    await deleteSeen('delete from sync.seen where run = $1', [run])
  }
  const sum = (count: keyof RunCounts) =>
    [...Object.values(results), ...(search ? [{ ...search, parked: 0 }] : [])].reduce(
      (total, one) => total + one[count],
      0,
    )
  const counts = {
    missing: sum('missing'),
    differ: sum('differ'),
    extra: sum('extra'),
    parked: sum('parked'),
  }
  const counted = Object.fromEntries(Object.entries(results).map(([id, { items }]) => [id, items]))
  const ended = new Date().toISOString()
  if (!signal?.aborted)
    await apply([], async transaction => {
      await assertGeneration(transaction, generation)
      await recordRun(transaction, { kind: 'verify', started, ended, counted, ...counts })
    })
  return { ...counts, tables: results, search, differences, mended }
}

export const isClean = ({ missing, differ, extra }: RunCounts): boolean => missing + differ + extra === 0
