/** Seeded random choices, repeatable in every run. */

export type Random = () => number

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export const seededRandom = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Picks one item. Throws RangeError if there is none. */
export const pick = <T>(random: Random, from: readonly T[]): T => {
  const picked = from[Math.floor(random() * from.length)]
  if (picked === undefined) throw new RangeError('nothing to pick from')
  return picked
}

/** Picks `count` different items, or all if there are fewer. */
export const pickSome = <T>(random: Random, from: readonly T[], count: number): T[] => {
  const picked = new Set<T>()
  while (picked.size < Math.min(count, from.length)) picked.add(pick(random, from))
  return [...picked]
}

/** The items in random order. */
export const shuffle = <T>(random: Random, items: readonly T[]): T[] =>
  items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
