/** What shadow mode of search has counted, by day, added up over all processes of the shop. */

import type { ShadowCounts } from '../catalog/search-switch.ts'
import type { SqlQueries } from '../core/sql/sql.ts'

/** Statements of the migration. */
export const SHADOW_TABLE = [
  `create table search.shadow (day date primary key, asked bigint not null, agreed bigint not null, differed bigint not null,
    failed bigint not null, dropped bigint not null, memory_ms double precision not null, postgres_ms double precision not null,
    slowest_ms double precision not null)`,
]

const COLUMNS = ['asked', 'agreed', 'differed', 'failed', 'dropped', 'memory_ms', 'postgres_ms']
const KEPT_DAYS = 30

export const recordShadow = async (sql: SqlQueries, counts: ShadowCounts): Promise<void> => {
  const { asked, agreed, differed, failed, dropped, memoryMs, postgresMs, slowestMs } = counts
  await sql.query(
    `insert into search.shadow as s (day, ${COLUMNS.join(', ')}, slowest_ms)
     values (current_date, $1::int, $2::int, $3::int, $4::int, $5::int, $6::float8, $7::float8, $8::float8)
     on conflict (day) do update set ${COLUMNS.map(name => `${name} = s.${name} + excluded.${name}`).join(', ')},
       slowest_ms = greatest(s.slowest_ms, excluded.slowest_ms)`,
    [asked, agreed, differed, failed, dropped, memoryMs, postgresMs, slowestMs],
  )
  await sql.query(`delete from search.shadow where day < current_date - ${KEPT_DAYS}`)
}

/** The last `days` days together; undefined where nothing was asked in them. */
export const readShadow = async (sql: SqlQueries, days: number): Promise<ShadowCounts | undefined> => {
  const [row] = await sql.query<ShadowCounts>(
    `select sum(asked)::int as asked, sum(agreed)::int as agreed, sum(differed)::int as differed, sum(failed)::int as failed,
       sum(dropped)::int as dropped, sum(memory_ms) as "memoryMs", sum(postgres_ms) as "postgresMs", max(slowest_ms) as "slowestMs"
     from search.shadow where day > current_date - $1::int having count(*) > 0`,
    [days],
  )
  return row
}
