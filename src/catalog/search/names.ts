/** Numbers for names that many books share: categories and authors. */

/** Exact names, numbered as they come; numbers never change. */
export class Names {
  readonly names: string[]
  #ids: Map<string, number> | undefined

  constructor(names: string[] = []) {
    this.names = names
  }

  /** The number of a name, given now if it has none. */
  intern(name: string): number {
    const known = this.#known().get(name)
    if (known !== undefined) return known
    this.#known().set(name, this.names.length)
    return this.names.push(name) - 1
  }

  /** The number of a name, -1 when no book ever had it. */
  idOf(name: string): number {
    return this.#known().get(name) ?? -1
  }

  nameOf(id: number): string {
    return this.names[id] ?? ''
  }

  /** Made when first asked for: an index that is just loaded need not wait for it. */
  #known(): Map<string, number> {
    this.#ids ??= new Map(this.names.map((name, id) => [name, id]))
    return this.#ids
  }
}

/** The single names of an author line: they are joined by semicolons. */
export function authorNames(line: string): string[] {
  if (!line.includes(';')) return line.trim() === '' ? [] : [line.trim()]
  const names = line.split(';').map(name => name.trim())
  return names.filter((name, i) => name !== '' && names.indexOf(name) === i)
}
