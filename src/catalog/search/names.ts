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

/** Numbers `names` in their order. The array becomes the table's own. */
export const createNames = (names: string[] = []): Names => {
  let ids: Map<string, number> | undefined
  // Made at the first lookup: an index that has just been loaded need not wait for it.
  const known = (): Map<string, number> => {
    ids ??= new Map(names.map((name, id) => [name, id]))
    return ids
  }
  return {
    names,
    intern: name => {
      const id = known().get(name)
      if (id !== undefined) return id
      known().set(name, names.length)
      return names.push(name) - 1
    },
    idOf: name => known().get(name) ?? -1,
    nameOf: id => names[id] ?? '',
  }
}
