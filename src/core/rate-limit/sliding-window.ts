/**
 * Sliding-window rate limit over one item of the control table: the times of the last admitted requests, as a ring with a
 * place for each request that is allowed. The oldest time alone tells whether one more fits, so the limit holds in any
 * window and not only in one that a clock begins.
 */
import { CONTROL_ROWS } from '../control/rows.ts'
import type { Item, Write } from '../dynamo/write.ts'

/** At most `max` requests in any `windowMs`, counted under `key`. */
export type SlidingWindow = { readonly key: string; readonly max: number; readonly windowMs: number }

export type WindowState = {
  /** Epoch milliseconds; in a full ring the oldest is at `taken % max`. */
  readonly times: readonly number[]
  /** How many requests were ever admitted. */
  readonly taken: number
  readonly expires_at: number
}

/** Milliseconds until one more request is allowed; 0 when it is allowed now. */
export const waitMs = (
  { max, windowMs }: SlidingWindow,
  state: WindowState | undefined,
  now: number,
): number => {
  const oldest = state?.times[state.taken % max]
  return oldest === undefined ? 0 : Math.max(0, oldest + windowMs - now)
}

/** The state that an item holds; undefined when there is none. */
export const parseWindow = (item: Item | undefined): WindowState | undefined =>
  item && Array.isArray(item.times)
    ? { times: item.times.map(Number), taken: Number(item.taken), expires_at: Number(item.expires_at) }
    : undefined

/**
 * The write that admits one more request, and the state after it. While fewer requests are `known` than are allowed, other
 * processes may have admitted more: the write appends, on condition that the ring has a place left, so that a process that
 * knows nothing yet needs no second try (decision 57). In a full ring it replaces the oldest, if the item is as it is known.
 */
export const admission = (
  table: string,
  { key, max, windowMs }: SlidingWindow,
  known: WindowState | undefined,
  now: number,
): { readonly write: Write; readonly after: WindowState } => {
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
      // An item that has expired and begun again may have the same count, but not the same end.
      condition: 'taken = :taken AND expires_at = :known_end',
      values: {
        ':now': now,
        ':next': known.taken + 1,
        ':end': expires_at,
        ':taken': known.taken,
        ':known_end': known.expires_at,
      },
    },
    after: { times, taken: known.taken + 1, expires_at },
  }
}
