/** Statements that write the rows of a projected table. Rows come as one JSON parameter, which every driver takes. */

import type { SearchDocument } from '../catalog/search/sql/document.ts'
import type { SqlQueries } from '../core/sql/sql.ts'
import type { Columns } from './mapping.ts'
import type { ProjectedTable } from './tables.ts'

/** What is stored of an item: its key, and its checksum; null once the item is gone. */
export type Stored = { readonly key: string; readonly hash: string | null }

/** An item to write: its key and checksum, and its rows. */
export type SourcedRow = {
  readonly source_key: string
  readonly source_hash: string
  readonly sealed_key: string
  readonly row: Columns
  readonly children: Readonly<Record<string, readonly Columns[]>>
  readonly search?: SearchDocument
}

const SOURCE = { source_key: 'bytea', source_hash: 'bytea', sealed_key: 'text' }

const recordset = (columns: Readonly<Record<string, string>>): string =>
  `jsonb_to_recordset($1::jsonb) as r(${Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})`

/** The keys of a JSON list as rows of one column `k`. */
export const KEYS = 'select value::bytea as k from jsonb_array_elements_text($1::jsonb)'

const upsert = ({ target, columns, onGone }: ProjectedTable): string => {
  const all = { ...SOURCE, ...columns }
  const names = Object.keys(all)
  const sets = names.slice(1).map(name => `${name} = excluded.${name}`)
  return `insert into ${target} (${names.join(', ')}) select ${names.join(', ')} from ${recordset(all)}
    on conflict (source_key) do update set ${[...sets, ...(onGone ? ['gone_at = null'] : [])].join(', ')}`
}

const insertChildren = (child: string, columns: Readonly<Record<string, string>>): string => {
  const all = { source_key: 'bytea', ...columns }
  const names = Object.keys(all).join(', ')
  return `insert into shop.${child} (${names}) select ${names} from ${recordset(all)}`
}

/** A price that differs from the one that was seen last. */
const INSERT_PRICES = `insert into shop.book_prices (category, book_id, price_minor, currency, seen_at)
  select category, book_id, price_minor, currency, now()
  from jsonb_to_recordset($1::jsonb) as r(category text, book_id text, price_minor bigint, currency text)
  where price_minor is distinct from (
    select p.price_minor from shop.book_prices p where p.category = r.category and p.book_id = r.book_id order by seen_at desc limit 1)
  on conflict do nothing`

const INSERT_STEPS = `insert into shop.order_steps (source_key, status, seen_at)
  select source_key, status, now() from jsonb_to_recordset($1::jsonb) as r(source_key bytea, status text) on conflict do nothing`

/** What is stored of these items, those that are parked included. */
export const readStored = (
  sql: SqlQueries,
  { stored }: ProjectedTable,
  keys: readonly string[],
): Promise<readonly Stored[]> =>
  sql.query<Stored>(
    `select source_key::text as key, source_hash::text as hash from ${stored} t where source_key in (${KEYS})
     union all select source_key::text, source_hash::text from sync.parked where source_key in (${KEYS})`,
    [keys],
  )

export const writeRows = async (
  sql: SqlQueries,
  table: ProjectedTable,
  rows: readonly SourcedRow[],
): Promise<void> => {
  if (rows.length === 0) return
  const keys = rows.map(({ source_key }) => source_key)
  await sql.query(upsert(table), [
    rows.map(({ row, source_key, source_hash, sealed_key }) => ({
      source_key,
      source_hash,
      sealed_key,
      ...row,
    })),
  ])
  for (const [child, columns] of Object.entries(table.children)) {
    await sql.query(`delete from shop.${child} where source_key in (${KEYS})`, [keys])
    const children = rows.flatMap(({ source_key, children }) =>
      (children[child] ?? []).map(one => ({ source_key, ...one })),
    )
    if (children.length > 0) await sql.query(insertChildren(child, columns), [children])
  }
  if (table.id === 'books') await sql.query(INSERT_PRICES, [rows.map(({ row }) => row)])
  if (table.id === 'orders')
    await sql.query(INSERT_STEPS, [rows.map(({ source_key, row }) => ({ source_key, status: row.status }))])
}

/** Takes the rows of items that are gone out of the projection. */
export const removeRows = async (
  sql: SqlQueries,
  { target, onGone }: ProjectedTable,
  keys: readonly string[],
): Promise<void> => {
  if (keys.length === 0) return
  await sql.query(
    onGone
      ? `update ${target} set ${onGone}, source_hash = null, sealed_key = null where source_key in (${KEYS}) and gone_at is null`
      : `delete from ${target} where source_key in (${KEYS})`,
    [keys],
  )
}

export type ParkedRow = {
  readonly source_key: string
  readonly source_hash: string
  readonly sealed_key: string
  readonly tbl: string
  readonly name: string
  readonly why: string
}

/** Parks items that no mapper can read, and takes others out of the list. */
export const parkRows = async (
  sql: SqlQueries,
  parked: readonly ParkedRow[],
  others: readonly string[],
): Promise<void> => {
  if (others.length > 0) await sql.query(`delete from sync.parked where source_key in (${KEYS})`, [others])
  if (parked.length === 0) return
  const columns = { ...SOURCE, tbl: 'text', name: 'text', why: 'text' }
  const names = Object.keys(columns)
  await sql.query(
    `insert into sync.parked (${names.join(', ')}) select ${names.join(', ')} from ${recordset(columns)}
     on conflict (source_key) do update set ${names
       .slice(1)
       .map(name => `${name} = excluded.${name}`)
       .join(', ')}, at = now()`,
    [parked],
  )
}
