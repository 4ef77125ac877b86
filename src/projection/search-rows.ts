/**
 * Writes the documents of books for search, in the transaction of their rows. The counts of the dictionary are changed by what a
 * book's words were and are: both are read while its key is locked, and a count is added to under its row's lock, so that
 * concurrent transactions add up.
 */
import { DOCUMENT_VERSION, type SearchDocument, termKeys } from '../catalog/search/sql/document.ts'
import type { SqlQueries } from '../core/sql/sql.ts'
import { KEYS } from './rows.ts'
import { DOCUMENT_COLUMNS } from './search-schema.ts'

export type SearchRow = {
  readonly source_key: string
  readonly source_hash?: string
  /** Undefined for a book that search must not find. */
  readonly document?: SearchDocument | undefined
}

const NAMES = Object.keys(DOCUMENT_COLUMNS)

/** A checksum of the values of a row `alias`, computed where they are written, and again when they are verified. */
const checksum = (alias: string): string =>
  `md5(row(${NAMES.map(name => `${alias}.${name}`).join(', ')})::text)`

/** The values of a JSON list as an array of PostgreSQL. */
const ARRAY = (name: string): string => `array(select json_array_elements_text(r.${name}))`

const VALUES = NAMES.map(name => {
  const type = DOCUMENT_COLUMNS[name as keyof typeof DOCUMENT_COLUMNS]
  if (type === 'tsvector') return `array_to_tsvector(${ARRAY(name)}) as ${name}`
  return type === 'text[]' ? `${ARRAY(name)} as ${name}` : `r.${name}`
}).join(', ')

const RECORD = Object.entries({ source_key: 'bytea', source_hash: 'bytea', ...DOCUMENT_COLUMNS })
  .map(([name, type]) => `${name} ${type === 'tsvector' || type === 'text[]' ? 'json' : type}`)
  .join(', ')

const SETS = ['source_hash', 'version', 'written', ...NAMES]
  .map(name => `${name} = excluded.${name}`)
  .join(', ')

const UPSERT = `insert into search.books (source_key, source_hash, version, written, ${NAMES.join(', ')})
  select source_key, source_hash, ${DOCUMENT_VERSION}, ${checksum('v')}, ${NAMES.join(', ')}
  from (select r.source_key, r.source_hash, ${VALUES} from json_to_recordset($1::json) as r(${RECORD})) v
  on conflict (source_key) do update set ${SETS}, hidden = search.books.hidden and excluded.isbn13 is not null`

/** Of the books of one ISBN lists show one: one in stock if there is any, then by id. */
export const SHOULD_HIDE = `isbn13 is not null and row_number() over (partition by isbn13 order by availability = 2, book_id, source_key) > 1`

const HIDE = `update search.books b set hidden = s.hide
  from (select source_key, ${SHOULD_HIDE} as hide from search.books
    where isbn13 in (select jsonb_array_elements_text($1::jsonb))) s
  where s.source_key = b.source_key and b.hidden <> s.hide`

const LOCK_ISBNS = `select pg_advisory_xact_lock(hashtextextended(isbn, 7203318))::text
  from (select value as isbn from jsonb_array_elements_text($1::jsonb) order by 1) as isbns`

/** In one order for everybody, so that no two wait for each other. */
const COUNT_TERMS = `insert into search.terms (term, books, sound)
  select term, books, sound from jsonb_to_recordset($1::jsonb) as r(term text, books int, sound text) order by term collate "C"
  on conflict (term) do update set books = search.terms.books + excluded.books
  returning term, xmax = 0 as is_new`

const INSERT_PAIRS = `insert into search.pairs (pair, length, term, n)
  select pair, length, term, n from jsonb_to_recordset($1::jsonb) as r(pair smallint, length smallint, term text, n smallint)
  on conflict do nothing`

/**
 * What is stored of books, as verification compares it: the checksum of the item, or one that no item has where search does not say the
 * same as the row, or not what was written, or was written by another version.
 */
export const STORED_BOOKS = `(select t.source_key, t.sealed_key, case
    when (t.source_hash is not null and t.status <> 'retired') is distinct from (s.source_key is not null) then '\\x00'::bytea
    when s.source_key is null or (s.source_hash = t.source_hash and s.version = ${DOCUMENT_VERSION} and s.written = ${checksum('s')})
      then t.source_hash
    else '\\x00'::bytea end as source_hash
  from shop.books t left join search.books s on s.source_key = t.source_key)`

/** What a list of terms has in the tables of the dictionary. */
const pairsOf = (terms: readonly string[]) =>
  terms.flatMap(term => termKeys(term).pairs.map(({ pair, n }) => ({ pair, length: term.length, term, n })))

/** Adds to the counts of terms; those that are new get what typing errors find them by. */
export const countTerms = async (sql: SqlQueries, changes: ReadonlyMap<string, number>): Promise<void> => {
  const changed = [...changes].filter(([, books]) => books !== 0)
  if (changed.length === 0) return
  const rows = changed.map(([term, books]) => ({ term, books, sound: termKeys(term).sound }))
  const written = await sql.query<{ term: string; is_new: boolean }>(COUNT_TERMS, [rows])
  const pairs = pairsOf(written.flatMap(({ term, is_new }) => (is_new && term !== '' ? [term] : [])))
  if (pairs.length > 0) await sql.query(INSERT_PAIRS, [pairs])
}

type Stored = { readonly key: string; readonly words: readonly string[]; readonly isbn13: string | null }

/** Writes or removes the documents of these books. Their keys must be locked. */
export const writeSearchRows = async (sql: SqlQueries, rows: readonly SearchRow[]): Promise<void> => {
  if (rows.length === 0) return
  const stored = await sql.query<Stored>(
    `select source_key::text as key, to_json(tsvector_to_array(words)) as words, isbn13 from search.books where source_key in (${KEYS})`,
    [rows.map(({ source_key }) => source_key)],
  )
  const found = rows.flatMap(({ document, source_key, source_hash }) =>
    document ? [{ source_key, source_hash, ...document }] : [],
  )
  const isbns = [...new Set([...stored, ...found].flatMap(({ isbn13 }) => isbn13 ?? []))]
  // Before the rows of these books are written, so that whoever shows or hides them has them to itself.
  if (isbns.length > 0) await sql.query(LOCK_ISBNS, [isbns])
  const kept = new Set(found.map(({ source_key }) => source_key))
  const removed = stored.flatMap(({ key }) => (kept.has(key) ? [] : [key]))
  if (removed.length > 0) await sql.query(`delete from search.books where source_key in (${KEYS})`, [removed])
  if (found.length > 0) await sql.query(UPSERT, [found])
  if (isbns.length > 0) await sql.query(HIDE, [isbns])
  const changes = new Map<string, number>()
  const add = (words: readonly string[], by: number): void => {
    for (const word of ['', ...words]) changes.set(word, (changes.get(word) ?? 0) + by)
  }
  for (const { words } of stored) add(words, -1)
  for (const { words } of found) add(words, 1)
  await countTerms(sql, changes)
}
