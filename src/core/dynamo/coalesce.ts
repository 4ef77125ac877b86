/** Reads that are asked for while another is under way, done as one when it is over: at a busy shop many calls become few. */

/** Nobody waits longer than this for others' read: a call that hangs holds up nobody but those whose it is. */
const PATIENCE_MS = 100

type Read<K, V> = (keys: readonly K[]) => Promise<ReadonlyMap<string, V>>
type Round<K, V> = { readonly keys: Map<string, K>; readonly found: Promise<ReadonlyMap<string, V>> }

const overOrLate = (work: Promise<unknown>): Promise<void> =>
  new Promise(done => {
    const late = setTimeout(done, PATIENCE_MS)
    const over = () => {
      clearTimeout(late)
      done()
    }
    work.then(over, over)
  })

/**
 * Gives a function that reads what lies under some keys, in no order, leaving out what is not there. `read` is given the keys
 * of all who wait, each once, and answers by `nameOf` the key. Whoever asks when nothing is under way is served at once. A
 * read starts after the last of those asked for whom it is, so nobody gets what was read before; nothing is kept; where it
 * fails or hangs, it does so for them alone: the next starts when it is over, or has taken 100 ms.
 */
export const coalesceReads = <K, V>(
  nameOf: (key: K) => string,
  read: Read<K, V>,
): ((keys: readonly K[]) => Promise<V[]>) => {
  let underWay: Promise<void> = Promise.resolve()
  let next: Round<K, V> | undefined

  const begin = (): Round<K, V> => {
    const keys = new Map<string, K>()
    const turn = underWay
    const found = turn.then(() => {
      next = undefined
      return read([...keys.values()])
    })
    underWay = turn.then(() => overOrLate(found))
    return { keys, found }
  }

  return async keys => {
    if (keys.length === 0) return []
    next ??= begin()
    const round = next
    for (const key of keys) round.keys.set(nameOf(key), key)
    const found = await round.found
    return keys.flatMap(key => found.get(nameOf(key)) ?? [])
  }
}

/**
 * As `gather`, with so many `lines`, of which each who asks takes the next: while the store answers one, the shop works on what
 * another was answered.
 */
export const coalesceReadsInLanes = <K, V>(
  lines: number,
  ...of: Parameters<typeof coalesceReads<K, V>>
): ReturnType<typeof coalesceReads<K, V>> => {
  const all = Array.from({ length: lines }, () => coalesceReads(...of))
  return async keys => {
    const line = all.shift()
    if (!line) return []
    all.push(line)
    return line(keys)
  }
}
