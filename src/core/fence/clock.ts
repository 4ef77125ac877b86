/**
 * Clock for leases: a process may be stopped, a laptop suspended and a function frozen, which a monotonic clock need not notice; the
 * time of day may be set. Each is read by both clocks, and whoever asks takes the one that is safe.
 */

/** Both clocks at one moment, in milliseconds. */
export type Instant = { readonly monotonic: number; readonly wall: number }
export type Clock = () => Instant

export const systemClock: Clock = () => ({ monotonic: performance.now(), wall: Date.now() })

/** Milliseconds from `since` to `now` by the clock that says more: for what must not be trusted for too long. */
export const longest = (since: Instant, now: Instant): number =>
  Math.max(now.monotonic - since.monotonic, now.wall - since.wall)

/** Milliseconds from `since` to `now` by the clock that says less: for what must not end too early. */
export const shortest = (since: Instant, now: Instant): number =>
  Math.min(now.monotonic - since.monotonic, now.wall - since.wall)
