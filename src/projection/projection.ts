/** The projection of a shop's tables into a database: its parts, put together. */
import type { Currency } from '../core/currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Sql } from '../core/sql/sql.ts'
import type { TableNames } from '../tables/definitions.ts'
import { type Apply, type ApplyDeps, createApply } from './apply.ts'
import { createPseudonyms } from './pseudonyms.ts'
import { projectedTables } from './tables.ts'

export type ProjectionParts = ApplyDeps & {
  readonly db: Dynamo
  readonly apply: Apply
  readonly controlTable: string
}

export type ProjectionGiven = {
  readonly db: Dynamo
  readonly sql: Sql
  readonly names: TableNames
  readonly currency: Currency
  /** The shop's. */
  readonly secret: string
}

export const createProjection = ({ db, sql, names, currency, secret }: ProjectionGiven): ProjectionParts => {
  const deps = { db, sql, currency, pseudonyms: createPseudonyms(secret), tables: projectedTables(names) }
  return { ...deps, apply: createApply(deps), controlTable: names.control }
}
