/** A change that waits for a purge, as a row of the control table. */
import type { ControlKey } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item } from '../core/dynamo/write.ts'
import { epochSeconds, newSortKey } from '../core/ids.ts'
import { type Change, mergeScopes, type Scope } from './scope.ts'
import { GATHER_MS, SETTLE_MS } from './timing.ts'

/** What the sort key of such a row begins with. */
export const CHANGE = 'change#'
/** What waits is of no use after a day. */
const KEPT_MS = 86_400_000

/** Everything is purged, because a release or other settings have changed the pages. */
export const EVERYTHING_CHANGED: Change = { everything: true, lists: true, books: [], isUrgent: true }

/** Times in milliseconds since the epoch. */
export type WaitingChange = {
  readonly key: ControlKey
  readonly scope: Scope
  /** From when on a purge does not overtake it, and by when it is to be purged. */
  readonly settledAt: number
  readonly dueAt: number
}

/** From the row as it is stored. */
export const parseWaitingChange = (row: Item): WaitingChange => ({
  key: { pk: String(row.pk), sk: String(row.sk) },
  scope: {
    everything: row.everything === true,
    lists: row.lists === true,
    books: Array.isArray(row.books) ? row.books.map(String) : [],
  },
  settledAt: Number(row.settled_at ?? 0),
  dueAt: Number(row.due_at ?? 0),
})

/** The row of the control table by which these changes wait for a purge. */
export const createWaitingChange = (changes: readonly Change[], now: Date): Item => {
  const settledAt = now.getTime() + SETTLE_MS
  const dueAt = settledAt + (changes.some(({ isUrgent }) => isUrgent) ? 0 : GATHER_MS)
  const { everything, lists, books } = mergeScopes(changes)
  return {
    ...CONTROL_ROWS.cdnPurge.key(CHANGE + newSortKey(now)),
    everything,
    lists,
    // A scope of lists has all books.
    books: lists || everything ? [] : books,
    settled_at: settledAt,
    due_at: dueAt,
    expires_at: epochSeconds(new Date(dueAt + KEPT_MS)),
  }
}
