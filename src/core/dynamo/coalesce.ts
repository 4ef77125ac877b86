/**
 * Coalesced reads: concurrent reads are combined into one call. A batch starts only after all of its keys were requested, so
 * a result is never older than its request; nothing is cached.
 */

/** The longest that a batch delays the next one (ms): a call that hangs affects only its own readers. */
const MAX_DELAY_MS = 100

type Read<K, V> = (keys: readonly K[]) => Promise<ReadonlyMap<string, V>>
type Batch<K, V> = { readonly keys: Map<string, K>; readonly found: Promise<ReadonlyMap<string, V>> }
/** Reads the values of these keys that exist, in no order. */
export type CoalescedRead<K, V> = (keys: readonly K[]) => Promise<V[]>

const settledOrDelayed = (work: Promise<unknown>): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, MAX_DELAY_MS)
    const settled = () => {
      clearTimeout(timer)
      resolve()
    }
    work.then(settled, settled)
  })

/**
 * Coalesces concurrent calls of `read`, which gets the keys of all callers, each once, and resolves to the values by `nameOf`
 * the key. A call is made at once when none is in flight; otherwise when that one has settled or has taken 100 ms. Where a
 * batch fails, it fails for its own callers only.
 */
export const coalesceReads = <K, V>(nameOf: (key: K) => string, read: Read<K, V>): CoalescedRead<K, V> => {
  let inFlight: Promise<void> = Promise.resolve()
  let next: Batch<K, V> | undefined

  const open = (): Batch<K, V> => {
    const keys = new Map<string, K>()
    const turn = inFlight
    const found = turn.then(() => {
      next = undefined
      return read([...keys.values()])
    })
    inFlight = turn.then(() => settledOrDelayed(found))
    return { keys, found }
  }

  return async keys => {
    if (keys.length === 0) return []
    next ??= open()
    const batch = next
    for (const key of keys) batch.keys.set(nameOf(key), key)
    const found = await batch.found
    return keys.flatMap(key => found.get(nameOf(key)) ?? [])
  }
}

/**
 * Round-robins over `lanes` coalescers, so that as many batches can be in flight: while the database answers one, the shop
 * works on the results of another.
 */
export const coalesceReadsInLanes = <K, V>(
  lanes: number,
  ...of: Parameters<typeof coalesceReads<K, V>>
): CoalescedRead<K, V> => {
  const queue = Array.from({ length: lanes }, () => coalesceReads(...of))
  return async keys => {
    const lane = queue.shift()
    if (!lane) return []
    queue.push(lane)
    return lane(keys)
  }
}
