/**
 * Apply: makes PostgreSQL say of some items what DynamoDB says of them now. It locks the keys, reads the items, and writes their rows,
 * all in one transaction: whoever applies the same key waits, and reads a later state. So keys may be applied in any order, any
 * number of times, by several processes, and a backfill may run beside the changes.
 */
import { createHash } from 'node:crypto'
import { type CapturedKey, uniqueKeys } from '../core/dynamo/capture.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { type Sql, SqlError, type SqlQueries } from '../core/sql/sql.ts'
import { anonymousId } from '../core/unreadable-rows.ts'
import { type MapContext, text, Unmappable } from './mapping.ts'
import { assertNoOtherShop, LOCK_OUT_REBUILDS } from './positions.ts'
import { type ParkedRow, parkRows, readStored, removeRows, type SourcedRow, writeRows } from './rows.ts'
import { writeSearchRows } from './search-rows.ts'
import type { ProjectedTable } from './tables.ts'

export type ApplyDeps = MapContext & {
  readonly db: Pick<Dynamo, 'batchGetAll'>
  readonly sql: Sql
  readonly tables: readonly ProjectedTable[]
}

export type Applied = { readonly written: number; readonly removed: number; readonly parked: number }

/** Keys of one transaction: each takes a lock, and DynamoDB reads at most 100 items in one call. */
const KEYS_AT_ONCE = 100

/**
 * SQLSTATEs of what is about one item: its values (class 22), a constraint (23), a limit of the server (54). Others, such as a missing
 * permission or a deadlock, say nothing of the item.
 */
const REFUSED_ITEM = /^(22|23|54)/

type Keyed = CapturedKey & { readonly sourceKey: string; readonly table: string }
type Group = { readonly table: ProjectedTable; readonly keys: readonly Keyed[] }

/** The number of the advisory lock of a key: 64 bits of its pseudonym's hash. */
const lockNumber = (sourceKey: string): bigint =>
  createHash('sha256').update(sourceKey).digest().readBigInt64BE()

/** Takes the locks until the transaction ends, in one order for everybody, so that no two wait for each other. */
const lock = (sql: SqlQueries, keys: readonly Keyed[]): Promise<unknown> => {
  const numbers = [...new Set(keys.map(({ sourceKey }) => lockNumber(sourceKey)))]
  return sql.query(
    `${LOCK_OUT_REBUILDS} union all
     select pg_advisory_xact_lock(k)::text from (select value::bigint as k from jsonb_array_elements_text($1::jsonb) order by 1) as locks`,
    [numbers.sort((a, b) => (a < b ? -1 : 1)).map(String)],
  )
}

const nameOf = (table: ProjectedTable, { key }: CapturedKey): string =>
  table.id === 'books' ? `${key.category} ${key.book_id}` : anonymousId(Object.values(key).join(' '))

const groupByTable = ({ tables, pseudonyms }: ApplyDeps, keys: readonly CapturedKey[]): Group[] =>
  tables.flatMap(table => {
    const own = new Map<string, Keyed>()
    for (const one of keys)
      if (one.table === table.source && table.accepts(one.key)) {
        const sourceKey = pseudonyms.keyOf(table.id, one.key)
        own.set(sourceKey, { ...one, sourceKey })
      }
    return own.size > 0 ? [{ table, keys: [...own.values()] }] : []
  })

const applyGroup = async (
  deps: ApplyDeps,
  transaction: SqlQueries,
  { table, keys }: Group,
  items: readonly Item[],
  refusal: string | undefined,
): Promise<Applied> => {
  const { pseudonyms } = deps
  const found = new Map<string, Item>()
  for (const item of items) {
    const key = Object.fromEntries(table.keyAttributes.map(name => [name, String(item[name])]))
    found.set(pseudonyms.keyOf(table.id, key), item)
  }
  const all = keys.map(({ sourceKey }) => sourceKey)
  const stored = new Map((await readStored(transaction, table, all)).map(({ key, hash }) => [key, hash]))
  const rows: SourcedRow[] = []
  const parked: ParkedRow[] = []
  const removed: string[] = []
  for (const one of keys) {
    const { sourceKey: source_key } = one
    const item = found.get(source_key)
    if (!item) {
      if (stored.get(source_key)) removed.push(source_key)
      continue
    }
    const source_hash = pseudonyms.checksum(item)
    if (stored.get(source_key) === source_hash) continue
    const source = { source_key, source_hash, sealed_key: pseudonyms.seal(one) }
    try {
      if (refusal !== undefined) throw new Unmappable(refusal)
      rows.push({ ...source, ...table.map(item, deps) })
    } catch (error) {
      if (!(error instanceof Unmappable || error instanceof RangeError)) throw error
      parked.push({ ...source, tbl: table.id, name: text(nameOf(table, one)), why: text(error.message) })
    }
  }
  await writeRows(transaction, table, rows)
  await removeRows(transaction, table, [...removed, ...parked.map(({ source_key }) => source_key)])
  if (table.id === 'books')
    await writeSearchRows(transaction, [
      ...rows.map(({ search: document, ...source }) => ({ ...source, document })),
      ...[...removed, ...parked.map(({ source_key }) => source_key)].map(source_key => ({ source_key })),
    ])
  await parkRows(transaction, parked, [...removed, ...rows.map(({ source_key }) => source_key)])
  return { written: rows.length, removed: removed.length, parked: parked.length }
}

type Within = (transaction: SqlQueries) => Promise<unknown>

const isRefusedItem = (error: unknown): error is SqlError =>
  error instanceof SqlError && error.state !== undefined && REFUSED_ITEM.test(error.state)

export type Apply = (
  keys: readonly CapturedKey[],
  /** Written in the transaction of the last keys, such as a position, or right after them. */
  within?: Within,
) => Promise<Applied>

/** Keys of other tables are left out. Throws SqlError, and ShopError when DynamoDB cannot be read; nothing is lost by that. */
export const createApply = (deps: ApplyDeps): Apply => {
  const applyOnce = (groups: readonly Group[], within?: Within, refusal?: string): Promise<Applied> =>
    deps.sql.transaction(async transaction => {
      const total = { written: 0, removed: 0, parked: 0 }
      await lock(
        transaction,
        groups.flatMap(({ keys }) => keys),
      )
      if (groups.length > 0) {
        await assertNoOtherShop(transaction, deps.pseudonyms.fingerprint)
        const bySource = Map.groupBy(groups, ({ table }) => table.source)
        const itemsOf = await deps.db.batchGetAll(
          [...bySource].map(([table, some]) => ({
            table,
            keys: some.flatMap(({ keys }) => keys.map(({ key }) => key)),
          })),
        )
        for (const group of groups) {
          const applied = await applyGroup(deps, transaction, group, itemsOf(group.table.source), refusal)
          total.written += applied.written
          total.removed += applied.removed
          total.parked += applied.parked
        }
      }
      await within?.(transaction)
      return total
    })

  /** One item that PostgreSQL refuses must not keep the others out: then each is applied by itself, and that one is parked. */
  const applySome = async (groups: readonly Group[], within?: Within): Promise<Applied> => {
    try {
      return await applyOnce(groups, within)
    } catch (error) {
      if (groups.length === 0 || !isRefusedItem(error)) throw error
    }
    const total = { written: 0, removed: 0, parked: 0 }
    for (const { table, keys } of groups)
      for (const key of keys) {
        const alone = [{ table, keys: [key] }]
        const applied = await applyOnce(alone).catch((error: unknown) => {
          if (!isRefusedItem(error)) throw error
          return applyOnce(alone, undefined, `PostgreSQL refuses it (SQLSTATE ${error.state})`)
        })
        total.written += applied.written
        total.removed += applied.removed
        total.parked += applied.parked
      }
    await applyOnce([], within)
    return total
  }

  return async (keys, within) => {
    const total = { written: 0, removed: 0, parked: 0 }
    let rest: readonly CapturedKey[] = uniqueKeys(keys)
    do {
      const groups = groupByTable(deps, rest.slice(0, KEYS_AT_ONCE))
      rest = rest.slice(KEYS_AT_ONCE)
      const isLast = rest.length === 0
      if (groups.length === 0 && !(isLast && within)) continue
      const applied = await applySome(groups, isLast ? within : undefined)
      total.written += applied.written
      total.removed += applied.removed
      total.parked += applied.parked
    } while (rest.length > 0)
    return total
  }
}
