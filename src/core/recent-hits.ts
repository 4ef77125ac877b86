/**
 * The times of a key's last hits, as a row of control. The row is a ring with a place for each hit that is allowed, so
 * its oldest time alone tells whether one more fits into the window: in any window, not only in one that a clock begins.
 */
import type { Item, Write } from './dynamo/write.ts'

/** At most `max` hits of `key` in any `windowMs`. */
export type Allowance = { readonly key: string; readonly max: number; readonly windowMs: number }

export type RecentHits = {
  /** Epoch milliseconds; in a full ring the oldest is at `taken % max`. */
  readonly times: readonly number[]
  /** How many were ever admitted. */
  readonly taken: number
  readonly expires_at: number
}

/** Milliseconds until one more is allowed; 0 when it is. */
export const waitFor = ({ max, windowMs }: Allowance, hits: RecentHits | undefined, now: number): number => {
  const oldest = hits?.times[hits.taken % max]
  return oldest === undefined ? 0 : Math.max(0, oldest + windowMs - now)
}

/** What a row says; undefined when there is none. */
export const hitsOf = (item: Item | undefined): RecentHits | undefined =>
  item && Array.isArray(item.times)
    ? { times: item.times.map(Number), taken: Number(item.taken), expires_at: Number(item.expires_at) }
    : undefined

/** One more hit, written only if the row is still as it was `seen`; and what the row then says. */
export const take = (
  table: string,
  { key, max, windowMs }: Allowance,
  seen: RecentHits | undefined,
  now: number,
): { readonly write: Write; readonly after: RecentHits } => {
  const expires_at = Math.ceil((now + windowMs) / 1000)
  const row = { pk: `limit#${key}`, sk: 'limit' }
  if (!seen) {
    const after = { times: [now], taken: 1, expires_at }
    const condition = 'attribute_not_exists(pk)'
    return { write: { action: 'Put', table, item: { ...row, ...after }, condition }, after }
  }
  const place = seen.taken % max
  const times = [...seen.times]
  times[place] = now
  return {
    write: {
      action: 'Update',
      table,
      key: row,
      set: `SET times[${place}] = :now, taken = :next, expires_at = :end`,
      // A row that was swept and begun anew may have come to the same count, but not to the same end.
      condition: 'taken = :taken AND expires_at = :seen_end',
      values: {
        ':now': now,
        ':next': seen.taken + 1,
        ':end': expires_at,
        ':taken': seen.taken,
        ':seen_end': seen.expires_at,
      },
    },
    after: { times, taken: seen.taken + 1, expires_at },
  }
}
