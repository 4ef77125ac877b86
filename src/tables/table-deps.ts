/** What the table of each noun is made with: database, names, the currency of stored amounts, and where unreadable rows are reported. */
import type { Currency } from '../core/currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { UnreadableRows } from '../core/unreadable-rows.ts'
import type { TableNames } from './definitions.ts'

export type TableDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  /** The shop's. */
  readonly currency: Currency
  readonly unreadable: UnreadableRows
}
