/**
 * The times of a key's last hits, as a row of control. The row is a ring with a place for each hit that is allowed, so
 * its oldest time alone tells whether one more fits into the window: in any window, not only in one that a clock begins.
 */
import { CONTROL_ROWS } from '../control/rows.ts'
import type { Item, Write } from '../dynamo/write.ts'

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

/**
 * One more hit, and what is known of the row after it. Where fewer hits are `known` than there are places, there may be more
 * of others: it is written at the end of the row, if that has a place left, so whoever comes back after a while or to another
 * process costs no second try. In a full ring it takes the place of the oldest, if the row is still as it is known.
 */
export const take = (
  table: string,
  { key, max, windowMs }: Allowance,
  known: RecentHits | undefined,
  now: number,
): { readonly write: Write; readonly after: RecentHits } => {
  const expires_at = Math.ceil((now + windowMs) / 1000)
  const update = { action: 'Update', table, key: CONTROL_ROWS.rateLimit.key(key) } as const
  if (!known || known.times.length < max) {
    const times = [...(known?.times ?? []), now]
    return {
      write: {
        ...update,
        set: 'SET times = list_append(if_not_exists(times, :none), :now), taken = if_not_exists(taken, :zero) + :one, expires_at = :end',
        condition: 'attribute_not_exists(pk) OR size(times) < :max',
        values: { ':none': [], ':now': [now], ':zero': 0, ':one': 1, ':end': expires_at, ':max': max },
      },
      after: { times, taken: times.length, expires_at },
    }
  }
  const place = known.taken % max
  const times = [...known.times]
  times[place] = now
  return {
    write: {
      ...update,
      set: `SET times[${place}] = :now, taken = :next, expires_at = :end`,
      // A row that was swept and begun anew may have come to the same count, but not to the same end.
      condition: 'taken = :taken AND expires_at = :seen_end',
      values: {
        ':now': now,
        ':next': known.taken + 1,
        ':end': expires_at,
        ':taken': known.taken,
        ':seen_end': known.expires_at,
      },
    },
    after: { times, taken: known.taken + 1, expires_at },
  }
}
