/** Positions: how far the projection is, kept in PostgreSQL beside what they are about, so that both come and go together. */
import type { SqlQueries } from '../core/sql/sql.ts'

export const readPosition = async (sql: SqlQueries, source: string): Promise<string | undefined> => {
  const [row] = await sql.query<{ position: string }>(
    'select position from sync.positions where source = $1',
    [source],
  )
  return row?.position
}

/** The projection was emptied since a run began: what it knows of its progress is about rows that are gone. */
export class RebuiltError extends Error {
  override readonly name = 'RebuiltError'
  override readonly message = 'the projection was emptied by `pg rebuild` meanwhile: begin again'
}

/** Key of the advisory lock that a rebuild takes alone, and shared whoever writes rows or positions. */
const REBUILD_LOCK = 7_203_319

/** Keeps rebuilds out until the transaction ends; what is read in later statements is then of one generation. */
export const LOCK_OUT_REBUILDS = `select pg_advisory_xact_lock_shared(${REBUILD_LOCK})::text`

/** Which filling of the projection this is: it changes when the projection is emptied. */
export const readGeneration = async (sql: SqlQueries): Promise<string> =>
  (await readPosition(sql, 'generation')) ?? ''

/** Begins another generation, once those who write for the former one have finished. */
export const beginGeneration = async (transaction: SqlQueries): Promise<void> => {
  await transaction.query(`select pg_advisory_xact_lock(${REBUILD_LOCK})::text`)
  await transaction.query(
    `insert into sync.positions (source, position) values ('generation', gen_random_uuid()::text)
     on conflict (source) do update set position = excluded.position, at = now()`,
  )
}

/** Throws RebuiltError where the projection was emptied since this generation. Rebuilds must be locked out. */
export const assertGeneration = async (transaction: SqlQueries, generation: string): Promise<void> => {
  if ((await readGeneration(transaction)) !== generation) throw new RebuiltError()
}

export type NewPosition = { readonly source: string; readonly position: string; readonly generation: string }

/** Writes a position, within `apply`, which locks rebuilds out. Throws RebuiltError where it is one of another generation. */
export const writePosition = async (
  transaction: SqlQueries,
  { source, position, generation }: NewPosition,
): Promise<void> => {
  const [written] = await transaction.query(
    `insert into sync.positions (source, position)
     select $1, $2 from sync.positions where source = 'generation' and position = $3
     on conflict (source) do update set position = excluded.position, at = now() returning source`,
    [source, position, generation],
  )
  if (!written) throw new RebuiltError()
}

export type RunKind = 'backfill' | 'verify' | 'rehearse'

/** What was counted in a run, by table and in all. */
export type RunCounts = {
  readonly missing: number
  readonly differ: number
  readonly extra: number
  readonly parked: number
}

export type RunRecord = RunCounts & {
  readonly kind: RunKind
  readonly started: string
  readonly ended: string
  readonly counted: Readonly<Record<string, number>>
}

export const recordRun = async (sql: SqlQueries, run: RunRecord): Promise<void> => {
  await sql.query(
    `insert into sync.runs (kind, started, ended, counted, missing, differ, extra, parked)
     values ($1, $2::timestamptz, $3::timestamptz, $4::jsonb, $5::int, $6::int, $7::int, $8::int)`,
    [run.kind, run.started, run.ended, run.counted, run.missing, run.differ, run.extra, run.parked],
  )
}

/** The last run of this kind; undefined when there was none. */
export const readLastRun = async (sql: SqlQueries, kind: RunKind): Promise<RunRecord | undefined> => {
  const [run] = await sql.query<RunRecord>(
    `select kind, started, ended, counted, missing, differ, extra, parked from sync.runs where kind = $1
     order by id desc limit 1`,
    [kind],
  )
  return run
}

/** Items that no mapper can read, the latest first. */
export const readParked = (
  sql: SqlQueries,
  limit: number,
): Promise<readonly { readonly tbl: string; readonly name: string; readonly why: string }[]> =>
  sql.query('select tbl, name, why from sync.parked order by at desc limit $1::int', [limit])

export class OtherShopError extends Error {
  override readonly name = 'OtherShopError'
}

const otherShop = (): OtherShopError =>
  new OtherShopError(
    'the database was filled by another shop, or before its secret was changed: run `npx cloudshelf pg rebuild`, or set DATABASE_URL to another database',
  )

/** Throws OtherShopError where the database was filled with another secret; one that nobody has claimed has no rows. */
export const assertNoOtherShop = async (sql: SqlQueries, fingerprint: string): Promise<void> => {
  const claimed = await readPosition(sql, 'secret')
  if (claimed !== undefined && claimed !== fingerprint) throw otherShop()
}

/**
 * Records with which secret the database is filled. Throws OtherShopError where it was another: pseudonyms and checksums would not
 * agree, so the projection must be built again.
 */
export const claimDatabase = async (sql: SqlQueries, fingerprint: string): Promise<void> => {
  await sql.query(
    "insert into sync.positions (source, position) values ('secret', $1) on conflict do nothing",
    [fingerprint],
  )
  if ((await readPosition(sql, 'secret')) !== fingerprint) throw otherShop()
}
