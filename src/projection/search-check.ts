/**
 * Verification of what search has beside the documents: the counts of the dictionary, what typing errors are found by, and which books
 * of one ISBN are hidden. Each is one statement, which sees one moment, so applies may go on beside it. No statement returns the whole
 * dictionary: the Data API sends 1 MiB at most.
 */
import { DOCUMENT_VERSION } from '../catalog/search/sql/document.ts'
import type { Sql, SqlQueries } from '../core/sql/sql.ts'
import type { Apply } from './apply.ts'
import { readPosition, writePosition } from './positions.ts'
import { countTerms, SHOULD_HIDE } from './search-rows.ts'

const VERSION_POSITION = 'search'
const TERMS_AT_ONCE = 2_000

const ACTUAL = `select word as term, ndoc as books from ts_stat('select words from search.books')
  union all select '', count(*)::int from search.books having count(*) > 0`

const WRONG_TERMS = `select (select count(*) from search.terms where books > 0) as items,
    count(*) filter (where t.term is null) as missing,
    count(*) filter (where a.books <> t.books or (t.term <> '' and p.term is null)) as differ,
    count(*) filter (where a.term is null) as extra
  from (${ACTUAL}) a full join (select * from search.terms where books <> 0) t using (term)
    left join (select distinct term from search.pairs) p on p.term = t.term`

const WRONG_BOOKS = `select count(*) filter (where hidden <> hide) as differ, count(*) filter (where is_gone) as extra
  from (select hidden, ${SHOULD_HIDE} as hide,
      not exists (select from shop.books t where t.source_key = b.source_key and t.source_hash is not null) as is_gone
    from search.books b) s`

export type SearchCheck = {
  /** Words of the dictionary. */
  readonly items: number
  readonly missing: number
  readonly differ: number
  readonly extra: number
  readonly mended: number
}

export const checkSearch = async (sql: SqlQueries): Promise<Omit<SearchCheck, 'mended'>> => {
  const [terms] = await sql.query<Omit<SearchCheck, 'mended'>>(WRONG_TERMS)
  const [books] = await sql.query<{ differ: number; extra: number }>(WRONG_BOOKS)
  const { items = 0, missing = 0, differ = 0, extra = 0 } = terms ?? {}
  return { items, missing, differ: differ + (books?.differ ?? 0), extra: extra + (books?.extra ?? 0) }
}

type TermCount = { readonly term: string; readonly books: number }

/** The dictionary as it should be, in the session alone, so that it is read by pages. */
const COUNT_AGAIN = [
  'create temporary table counted (term text collate "C" primary key, books int not null) on commit drop',
  `insert into counted (term, books) ${ACTUAL}`,
]
const NEXT_PAGE = `select term, books from counted where $1::text is null or term > $1::text order by term limit ${TERMS_AT_ONCE}`

/** Writes the dictionary from `counted`, page by page. */
const writeCounted = async (transaction: SqlQueries): Promise<void> => {
  for (let after: string | null = null; ; ) {
    const page: readonly TermCount[] = await transaction.query<TermCount>(NEXT_PAGE, [after])
    await countTerms(transaction, new Map(page.map(({ term, books }) => [term, books])))
    const last = page.at(-1)
    if (!last || page.length < TERMS_AT_ONCE) return
    after = last.term
  }
}

/** Makes the dictionary again from the documents, and decides again which books are hidden. Applies wait meanwhile, searches do not. */
export const mendSearch = (sql: Sql): Promise<void> =>
  sql.transaction(
    async transaction => {
      await transaction.query('lock table search.books in share row exclusive mode')
      await transaction.query(
        `delete from search.books b where not exists (
          select from shop.books t where t.source_key = b.source_key and t.source_hash is not null)`,
      )
      await transaction.query(
        `update search.books b set hidden = s.hide from (select source_key, ${SHOULD_HIDE} as hide from search.books) s
         where s.source_key = b.source_key and b.hidden <> s.hide`,
      )
      for (const statement of COUNT_AGAIN) await transaction.query(statement)
      await transaction.query('delete from search.terms')
      await transaction.query('delete from search.pairs')
      await writeCounted(transaction)
    },
    { isUnlimited: true },
  )

/** Whether all documents were written by this version. */
export const isSearchCurrent = async (sql: SqlQueries): Promise<boolean> =>
  (await readPosition(sql, VERSION_POSITION)) === String(DOCUMENT_VERSION)

/** Records, within `apply`, that all documents were written by this version. Throws RebuiltError for another generation. */
export const recordSearchVersion = (transaction: SqlQueries, generation: string): Promise<void> =>
  writePosition(transaction, { source: VERSION_POSITION, position: String(DOCUMENT_VERSION), generation })

/** Records it, within `apply`, after a backfill: it may have begun with another version, or with rows that were there. */
export const recordFilledSearch = async (transaction: SqlQueries, generation: string): Promise<void> => {
  const [other] = await transaction.query(
    `select 1 as found from search.books where version <> ${DOCUMENT_VERSION} limit 1`,
  )
  if (!other) await recordSearchVersion(transaction, generation)
}

/** Verifies all but the documents, which are verified with their books; with `mend` everything is then right, and of this version. */
export const verifySearch = async (
  { sql, apply }: { readonly sql: Sql; readonly apply: Apply },
  { mend, generation }: { readonly mend: boolean; readonly generation: string },
): Promise<SearchCheck> => {
  const found = await checkSearch(sql)
  const wrong = found.missing + found.differ + found.extra
  if (!mend || (wrong === 0 && (await isSearchCurrent(sql)))) return { ...found, mended: 0 }
  await mendSearch(sql)
  await apply([], transaction => recordSearchVersion(transaction, generation))
  return { ...found, mended: wrong }
}
