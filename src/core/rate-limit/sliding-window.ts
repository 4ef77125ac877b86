/**
 * Sliding-window rate limit over one item of the control table: the times of the last admitted requests, as a ring with a
 * place for each request that is allowed. The oldest time alone tells whether one more fits, so the limit holds in any
 * window and not only in one that a clock begins.
 */
import { CONTROL_ROWS } from '../control/rows.ts'
import type { Item, Write } from '../dynamo/write.ts'

type Window = { readonly max: number; readonly windowMs: number }

/** At most `max` requests in any `windowMs`, counted under `key`. */
export type SlidingWindow = Window & {
  readonly key: string
  /** A shorter window in which fewer are allowed, counted by the same item. */
  readonly burst?: Window
  /** The item is kept for so long after a request, where what it holds (holds.ts) outlives the window. */
  readonly keptMs?: number
}

export type WindowState = {
  /** Epoch milliseconds; in a full ring the oldest is at `taken % max`. */
  readonly times: readonly number[]
  /** How many requests were ever admitted. */
  readonly taken: number
  readonly expires_at: number
}

/** The time of the `nth` latest request; undefined where there were fewer. */
const nthLatest = ({ times, taken }: WindowState, nth: number, max: number): number | undefined =>
  times.length < max ? times.at(-nth) : times[(taken - nth) % max]

/** Milliseconds until one more request is allowed; 0 when it is allowed now. */
export const waitMs = (
  { max, windowMs, burst }: SlidingWindow,
  state: WindowState | undefined,
  now: number,
): number => {
  if (!state) return 0
  const windows = [{ max, windowMs }, ...(burst ? [burst] : [])]
  return Math.max(
    0,
    ...windows.map(one => {
      const first = one.max > state.times.length ? undefined : nthLatest(state, one.max, max)
      return first === undefined ? 0 : first + one.windowMs - now
    }),
  )
}

/** The state that an item holds; undefined when there is none. */
export const parseWindow = (item: Item | undefined): WindowState | undefined =>
  item && Array.isArray(item.times)
    ? { times: item.times.map(Number), taken: Number(item.taken), expires_at: Number(item.expires_at) }
    : undefined

const APPEND =
  'SET times = list_append(if_not_exists(times, :none), :now), taken = if_not_exists(taken, :zero) + :one, expires_at = :end'
/** An item that has expired and begun again may have the same count, but not the same end. */
const AS_KNOWN = 'taken = :taken AND expires_at = :known_end'

/**
 * The write that admits one more request, and the state after it. While fewer requests are `known` than are allowed, other
 * processes may have admitted more: the write appends, on condition that the ring has a place left, so that a process that
 * knows nothing yet needs no second try (decision 57). From the number of a burst on, it is written if the item is as it is
 * known; in a full ring it replaces the oldest.
 */
export const admission = (
  table: string,
  { key, max, windowMs, burst, keptMs = 0 }: SlidingWindow,
  known: WindowState | undefined,
  now: number,
): { readonly write: Write & { readonly action: 'Update' }; readonly after: WindowState } => {
  const expires_at = Math.ceil((now + Math.max(windowMs, keptMs)) / 1000)
  const update = { action: 'Update', table, key: CONTROL_ROWS.rateLimit.key(key) } as const
  const count = known?.times.length ?? 0
  const unseen = burst?.max ?? max
  if (!known || count < max) {
    const isSeen = known !== undefined && count >= unseen
    const times = [...(known?.times ?? []), now]
    return {
      write: {
        ...update,
        set: APPEND,
        condition: isSeen ? AS_KNOWN : 'attribute_not_exists(times) OR size(times) < :max',
        values: {
          ':none': [],
          ':now': [now],
          ':zero': 0,
          ':one': 1,
          ':end': expires_at,
          ...(isSeen ? { ':taken': known.taken, ':known_end': known.expires_at } : { ':max': unseen }),
        },
      },
      after: { times, taken: isSeen ? known.taken + 1 : times.length, expires_at },
    }
  }
  const place = known.taken % max
  const times = [...known.times]
  times[place] = now
  return {
    write: {
      ...update,
      set: `SET times[${place}] = :now, taken = :next, expires_at = :end`,
      condition: AS_KNOWN,
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
