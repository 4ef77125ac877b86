/** Interned names: numbers for names that many books share, such as categories and authors. */

export type Names = {
  /** The names by their number. */
  readonly names: string[]
  /** The number of a name, assigned now if it has none. Numbers never change. */
  readonly intern: (name: string) => number
  /** The number of a name, -1 when no book ever had it. */
  readonly idOf: (name: string) => number
  readonly nameOf: (id: number) => string
}

/**
 * Numbers `names` in their order. The array becomes the table's own. Names with the same key are one, and keep the spelling that
 * came first.
 */
export const createNames = (names: string[] = [], keyOf = (name: string): string => name): Names => {
  let ids: Map<string, number> | undefined
  // Made at the first lookup: an index that has just been loaded need not wait for it.
  const known = (): Map<string, number> => {
    ids ??= new Map(names.map((name, id) => [keyOf(name), id]))
    return ids
  }
  return {
    names,
    intern: name => {
      const key = keyOf(name)
      const id = known().get(key)
      if (id !== undefined) return id
      known().set(key, names.length)
      return names.push(name) - 1
    },
    idOf: name => known().get(keyOf(name)) ?? -1,
    nameOf: id => names[id] ?? '',
  }
}
