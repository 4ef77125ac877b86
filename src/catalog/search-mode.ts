/**
 * Which engine answers searches: the setting SEARCH says with which a shop begins, and a row of the control table, written by
 * `cloudshelf pg use search`, which one answers since. Every process reads the row each second.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'

/** `shadow`: memory answers, PostgreSQL is asked too, and both are compared. */
export const SEARCH_MODES = ['memory', 'shadow', 'postgres'] as const
export type SearchMode = (typeof SEARCH_MODES)[number]

const KEY = CONTROL_ROWS.searchEngine.key('mode')

export const isSearchMode = (value: unknown): value is SearchMode => SEARCH_MODES.some(mode => mode === value)

/** The mode that was switched to last; undefined where it never was. */
export const readSearchMode = async (
  db: Pick<Dynamo, 'get'>,
  controlTable: string,
): Promise<SearchMode | undefined> => {
  const row = await db.get(controlTable, KEY)
  return isSearchMode(row?.mode) ? row.mode : undefined
}

/** One write, which every process of the shop reads within two seconds. */
export const writeSearchMode = (
  db: Pick<Dynamo, 'transact'>,
  controlTable: string,
  mode: SearchMode,
  at: Date,
): Promise<unknown> =>
  db.transact([{ action: 'Put', table: controlTable, item: { ...KEY, mode, switched_at: at.toISOString() } }])
