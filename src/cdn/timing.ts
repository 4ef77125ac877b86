/**
 * Times of the purge of the CDN. A purge must not overtake the change that it is for: until every function has it, the CDN would
 * fetch the old response again, and keep it for an hour.
 */

/** How often a function that answers for the catalog reads the change log and the state of the purge, at least (ms). */
export const READ_INTERVAL_MS = 2_000
/** The longest that a response shared for long may be behind what was read, with the reading itself (ms). */
export const MAX_READ_AGE_MS = 3_000
/** From a change in the log until no response without it is shared for long: MAX_READ_AGE_MS, 2 s in the cache of Pages, 1 s on the way. */
export const SETTLE_MS = 6_000
/** How much longer a change waits for others that the same purge covers, where no sold-out book is shown meanwhile. */
export const GATHER_MS = 20_000
/** A purge that takes longer is too late for what the shop promises: responses are shared briefly until one is in time again. */
export const SLOW_MS = 20_000
/** How long responses may be shared for long after the purger was last well. It renews this every five minutes. */
export const LONG_SHARING_MS = 12 * 60_000
