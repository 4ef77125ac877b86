/** `cloudshelf pg use search` and `pg back`: which engine answers searches. */
import { readSearchMode, type SearchMode, writeSearchMode } from '../../catalog/search-mode.ts'
import type { SqlQueries } from '../../core/sql/sql.ts'
import { MAX_SEARCH_LAG_MS } from '../../local/postgres/search.ts'
import { readLastRun } from '../../projection/positions.ts'
import { readAsOf } from '../../projection/saved-position.ts'
import { isSearchCurrent } from '../../projection/search-check.ts'
import { isClean } from '../../projection/verify.ts'
import { CommandError } from '../errors.ts'
import { print, printJson } from '../output.ts'
import { withDeps } from '../with-deps.ts'
import { requirePostgres } from './with-postgres.ts'
import { withProjection } from './with-projection.ts'

export type UseOptions = { readonly json?: boolean }

/** A verification counts for so long (ms). */
const VERIFIED_MS = 24 * 3_600_000

/** Throws CommandError, with what to do, unless PostgreSQL was verified within a day, was the same, and is not behind. */
const assertReady = async (sql: SqlQueries, now: number): Promise<void> => {
  const verified = await readLastRun(sql, 'verify')
  const age = verified ? now - new Date(verified.ended).getTime() : Number.POSITIVE_INFINITY
  if (!verified || !(age < VERIFIED_MS))
    throw new CommandError('PostgreSQL was not verified within 24 hours: run `npx cloudshelf pg verify`')
  if (!isClean(verified))
    throw new CommandError(
      'the last verification found differences: run `npx cloudshelf pg verify --mend`, then `npx cloudshelf pg verify`',
    )
  if (!(await isSearchCurrent(sql)))
    throw new CommandError(
      'the documents of search are still being written: see `npx cloudshelf pg status`, or run `npx cloudshelf pg verify --mend`',
    )
  const asOf = await readAsOf(sql)
  const lag = asOf ? now - asOf.getTime() : Number.POSITIVE_INFINITY
  if (!(lag < MAX_SEARCH_LAG_MS))
    throw new CommandError(
      `PostgreSQL is ${Number.isFinite(lag) ? `${Math.round(lag / 1000)} seconds behind` : 'not filled'}: is the shop running with this DATABASE_URL? See \`npx cloudshelf pg status\``,
    )
}

const report = (before: SearchMode | undefined, mode: SearchMode, { json }: UseOptions): void => {
  if (json) printJson({ search: mode, before: before ?? null })
  else print(`search: ${mode}, in every process of the shop within two seconds`)
}

/** Writes the mode without asking PostgreSQL, which may be down. */
const switchTo = (mode: SearchMode, options: UseOptions): Promise<void> =>
  withDeps(async ({ db, names, now }) => {
    const before = await readSearchMode(db, names.control)
    await writeSearchMode(db, names.control, mode, now())
    report(before, mode, options)
  })

export const useSearch = async (mode: SearchMode, options: UseOptions): Promise<void> => {
  requirePostgres()
  if (mode === 'memory') return switchTo(mode, options)
  await withProjection(
    async ({ db, sql, controlTable }) => {
      const now = new Date()
      await assertReady(sql, now.getTime())
      const before = await readSearchMode(db, controlTable)
      await writeSearchMode(db, controlTable, mode, now)
      report(before, mode, options)
    },
    { withoutFollower: true },
  )
}

export const useMemoryAgain = (options: UseOptions): Promise<void> => switchTo('memory', options)
