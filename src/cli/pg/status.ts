/** `cloudshelf pg status`: where PostgreSQL is, and how it stands. */
import { readSettings } from '../../composition/settings.ts'
import { readMigration } from '../../core/sql/migrate.ts'
import { READER_ROLE } from '../../core/sql/reader-role.ts'
import type { Sql, SqlQueries } from '../../core/sql/sql.ts'
import { MIGRATIONS } from '../../projection/migrations.ts'
import { type RunRecord, readLastRun, readParked } from '../../projection/positions.ts'
import { readAsOf } from '../../projection/saved-position.ts'
import { isSearchCurrent } from '../../projection/search-check.ts'
import { readShadow } from '../../projection/shadow.ts'
import { isClean } from '../../projection/verify.ts'
import { print, printJson } from '../output.ts'
import { openAurora } from './aurora.ts'
import { placeOf, withPostgres } from './with-postgres.ts'

/** One line of the status. */
export type StatusLine = {
  readonly label: string
  readonly text: string
}

/** A part of the status: fields of the JSON, and the lines that show them. */
export type StatusPart = (
  sql: SqlQueries,
) => Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly lines: readonly StatusLine[] }>

/** Items that are named as left out. */
const NAMED = 5
const MEGABYTE = 1024 * 1024

const readServer: StatusPart = async sql => {
  const [row] = await sql.query<{ version: string; bytes: number; started: string }>(
    `select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
            to_char(pg_postmaster_start_time() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started`,
  )
  const { version = '', bytes = 0, started = '' } = row ?? {}
  return {
    fields: { version, started_at: started, size_bytes: bytes },
    lines: [
      { label: 'server', text: `PostgreSQL ${version}, since ${started}` },
      { label: 'size', text: `${(bytes / MEGABYTE).toFixed(1)} MB` },
    ],
  }
}

const readSchema: StatusPart = async sql => {
  const migration = await readMigration(sql)
  return {
    fields: { migration: migration ?? null },
    lines: [
      { label: 'schema', text: migration === undefined ? 'not created yet' : `migration ${migration}` },
    ],
  }
}

const readReader: StatusPart = async sql => {
  const [row] = await sql.query<{ limit: number; used: number }>(
    `select rolconnlimit as limit, (select count(*)::int from pg_stat_activity where usename = rolname) as used
       from pg_roles where rolname = $1`,
    [READER_ROLE],
  )
  return {
    fields: { reader: row ? { role: READER_ROLE, connections: row.used, max_connections: row.limit } : null },
    lines: [
      {
        label: 'BI role',
        text: row
          ? `${READER_ROLE}, ${row.used} of ${row.limit} connections in use (\`cloudshelf pg url\`)`
          : 'none: a shop creates it when it starts',
      },
    ],
  }
}

const runText = (run: RunRecord | undefined): string => {
  if (!run) return 'never'
  const { missing, differ, extra, ended } = run
  return `${ended}: ${isClean(run) ? 'the same' : `${missing} missing, ${differ} different, ${extra} extra`}`
}

const readProjection: StatusPart = async sql => {
  if ((await readMigration(sql)) === undefined) return { fields: { as_of: null }, lines: [] }
  const [asOf, verified, rehearsed, parked] = [
    await readAsOf(sql),
    await readLastRun(sql, 'verify'),
    await readLastRun(sql, 'rehearse'),
    await readParked(sql, NAMED),
  ]
  const isFilled = asOf !== undefined && asOf.getTime() > 0
  return {
    fields: {
      as_of: isFilled ? asOf.toISOString() : null,
      lag_seconds: isFilled ? Math.round((Date.now() - asOf.getTime()) / 100) / 10 : null,
      verified: verified ?? null,
      rehearsed: rehearsed ?? null,
      left_out: parked,
    },
    lines: [
      {
        label: 'as of',
        text: isFilled ? asOf.toISOString() : 'being filled: start the shop, or run `cloudshelf pg backfill`',
      },
      { label: 'verified', text: runText(verified) },
      { label: 'rehearsed', text: runText(rehearsed) },
      ...parked.map(({ tbl, name, why }) => ({ label: 'left out', text: `${tbl} ${name} (${why})` })),
    ],
  }
}

const SHADOW_DAYS = 7

const readSearch: StatusPart = async sql => {
  if (((await readMigration(sql)) ?? 0) < MIGRATIONS.length) return { fields: {}, lines: [] }
  const shadow = await readShadow(sql, SHADOW_DAYS)
  const isCurrent = await isSearchCurrent(sql)
  const lines = [
    { label: 'search', text: isCurrent ? 'documents are current' : 'documents are being written' },
  ]
  if (!shadow) return { fields: { search: { current: isCurrent, shadow: null } }, lines }
  const { asked, agreed, differed, failed, dropped, slowestMs } = shadow
  const answered = Math.max(1, agreed + differed)
  const [memory, postgres] = [shadow.memoryMs / answered, shadow.postgresMs / answered].map(ms =>
    ms.toFixed(1),
  )
  const text = `${asked} asked in ${SHADOW_DAYS} days: ${agreed} agreed, ${differed} differed, ${failed} failed (${dropped} not asked); memory ${memory} ms, PostgreSQL ${postgres} ms, slowest ${Math.round(slowestMs)} ms`
  return { fields: { search: { current: isCurrent, shadow } }, lines: [...lines, { label: 'shadow', text }] }
}

/** In the order in which they are shown. */
const PARTS: readonly StatusPart[] = [readServer, readSchema, readProjection, readSearch, readReader]

type Database = { readonly sql: Sql; readonly place: string; readonly isEmbedded: boolean }

const withDatabase = async (work: (database: Database) => Promise<void>): Promise<void> => {
  const settings = readSettings()
  const { aurora } = settings
  if (!aurora)
    return withPostgres(({ sql, url, isEmbedded }) => work({ sql, place: placeOf(url), isEmbedded }))
  const sql = openAurora(settings, aurora)
  await work({ sql, place: aurora.clusterArn, isEmbedded: false }).finally(sql.close)
}

export const showStatus = ({ json }: { readonly json?: boolean }): Promise<void> =>
  withDatabase(async ({ sql, place, isEmbedded }) => {
    const parts: Awaited<ReturnType<StatusPart>>[] = []
    for (const read of PARTS) parts.push(await read(sql))
    if (json)
      return printJson(
        Object.assign({ database: place, embedded: isEmbedded }, ...parts.map(({ fields }) => fields)),
      )
    const where = { label: 'database', text: `${place}${isEmbedded ? ' (embedded)' : ''}` }
    for (const { label, text } of [where, ...parts.flatMap(({ lines }) => lines)])
      print(`${label.padEnd(10)}${text}`)
  })
