/** Random choices that are the same in every run. */

export type Random = () => number

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export const seededRandom = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One of them. Throws RangeError when there is none. */
export const pick = <T>(random: Random, from: readonly T[]): T => {
  const picked = from[Math.floor(random() * from.length)]
  if (picked === undefined) throw new RangeError('nothing to pick from')
  return picked
}

/** `count` different ones, or all where there are fewer. */
export const pickSome = <T>(random: Random, from: readonly T[], count: number): T[] => {
  const picked = new Set<T>()
  while (picked.size < Math.min(count, from.length)) picked.add(pick(random, from))
  return [...picked]
}

/** All of them, in another order. */
export const shuffle = <T>(random: Random, items: readonly T[]): T[] =>
  items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
