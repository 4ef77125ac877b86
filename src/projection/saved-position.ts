/** What a follower saves in the transaction of each batch: how far it is, and what the tables were then. */
import * as z from 'zod'
import type { SqlQueries } from '../core/sql/sql.ts'
import { readPosition, writePosition } from './positions.ts'

const JOURNAL_POSITION = 'journal'

const Saved = z.object({
  reader: z.unknown(),
  asOf: z.string(),
  marker: z.string().optional(),
  machineRun: z.string(),
  isStopped: z.boolean(),
  /** Why everything is still to be compared. */
  reasons: z.array(z.string()).default([]),
})
export type Saved = z.infer<typeof Saved>

/** Undefined before the first batch. */
export const readSaved = async (sql: SqlQueries): Promise<Saved | undefined> => {
  const text = await readPosition(sql, JOURNAL_POSITION)
  return text === undefined ? undefined : Saved.parse(JSON.parse(text))
}

/** Within `apply`. Throws RebuiltError. */
export const writeSaved = (transaction: SqlQueries, saved: Saved, generation: string): Promise<void> =>
  writePosition(transaction, { source: JOURNAL_POSITION, position: JSON.stringify(saved), generation })

/** When everything that was captured before was applied, as it was saved last; undefined when it never was. */
export const readAsOf = async (sql: SqlQueries): Promise<Date | undefined> => {
  const saved = await readSaved(sql)
  return saved && new Date(saved.asOf)
}
