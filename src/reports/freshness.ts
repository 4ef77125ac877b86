/** How old the rows of the reports are. */
import type { SqlQueries } from '../core/sql/sql.ts'

export type Freshness = {
  /** Everything that was written before is in the rows; undefined while they are filled for the first time. */
  readonly asOf: Date | undefined
  /** Differs once something was applied. */
  readonly position: string | undefined
}

/** Reads it from the view `report.freshness`. Throws SqlError. */
export const readFreshness = async (sql: SqlQueries): Promise<Freshness> => {
  const [row] = await sql.query<{ as_of: string | null; position: string | null }>(
    `select to_char(as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as as_of, position from report.freshness`,
  )
  const asOf = row?.as_of ? new Date(row.as_of) : undefined
  return {
    asOf: asOf && asOf.getTime() > 0 ? asOf : undefined,
    position: row?.position ?? undefined,
  }
}
