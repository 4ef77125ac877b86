/** Packed lists: many short lists of whole numbers in one typed array, the index's only container for lists. */

/** The typed arrays of packed lists, as a snapshot holds them. */
export type PackedLists = { readonly data: Uint32Array; readonly counts: Uint32Array }

const grown = (array: Uint32Array, length: number): Uint32Array => {
  const larger = new Uint32Array(length)
  larger.set(array)
  return larger
}

/**
 * Lists are numbered from 0 and exist as soon as they are used; values are unsigned 32-bit numbers. A class for the
 * reasons of decision 64.
 */
export class Postings {
  /** The values of list `i` are `data[starts[i]]` up to `data[starts[i] + counts[i] - 1]`. */
  data: Uint32Array
  starts: Uint32Array
  counts: Uint32Array
  #capacities: Uint32Array
  #used = 0
  #wasted = 0

  constructor(lists = 64) {
    this.data = new Uint32Array(lists * 2)
    this.starts = new Uint32Array(lists)
    this.counts = new Uint32Array(lists)
    this.#capacities = new Uint32Array(lists)
  }

  /** How many values a list holds; 0 for one that was never used. */
  count(list: number): number {
    return this.counts[list] ?? 0
  }

  /** A view of one list, valid until the next change. */
  list(list: number): Uint32Array {
    const start = this.starts[list] ?? 0
    return this.data.subarray(start, start + this.count(list))
  }

  /** Appends a value to a list. */
  add(list: number, value: number): void {
    if (list >= this.starts.length) this.#addLists(list + 1)
    const count = this.counts[list] ?? 0
    if (count === this.#capacities[list]) this.#reserve(list, count < 4 ? count + 1 : count * 2)
    this.data[(this.starts[list] ?? 0) + count] = value
    this.counts[list] = count + 1
  }

  /** Removes one occurrence of a value; the last value takes its place. Returns false when it was not there. */
  remove(list: number, value: number): boolean {
    const count = this.count(list)
    const start = this.starts[list] ?? 0
    for (let i = start; i < start + count; i++) {
      if (this.data[i] !== value) continue
      this.data[i] = this.data[start + count - 1] ?? 0
      this.counts[list] = count - 1
      return true
    }
    return false
  }

  /** Empties a list and keeps its capacity. */
  clear(list: number): void {
    if (list < this.counts.length) this.counts[list] = 0
  }

  /** The first `lists` lists, without gaps between them. */
  pack(lists: number): PackedLists {
    const counts = new Uint32Array(lists)
    counts.set(this.counts.subarray(0, Math.min(lists, this.counts.length)))
    const data = new Uint32Array(counts.reduce((sum, count) => sum + count, 0))
    let at = 0
    for (let i = 0; i < lists; i++) {
      data.set(this.list(i), at)
      at += counts[i] ?? 0
    }
    return { data, counts }
  }

  /** The lists that `pack` wrote; throws RangeError when the counts do not add up to the data. */
  static unpack(packed: PackedLists): Postings {
    const lists = new Postings(0)
    lists.starts = new Uint32Array(packed.counts.length)
    let at = 0
    for (let i = 0; i < packed.counts.length; i++) {
      lists.starts[i] = at
      at += packed.counts[i] ?? 0
    }
    if (at !== packed.data.length) throw new RangeError('packed lists do not add up')
    lists.data = packed.data
    lists.counts = packed.counts
    lists.#capacities = packed.counts.slice()
    lists.#used = at
    return lists
  }

  #addLists(needed: number): void {
    const length = Math.max(needed, Math.ceil(this.starts.length * 1.5), 64)
    this.starts = grown(this.starts, length)
    this.counts = grown(this.counts, length)
    this.#capacities = grown(this.#capacities, length)
  }

  #reserve(list: number, capacity: number): void {
    const start = this.starts[list] ?? 0
    const count = this.count(list)
    const oldCapacity = this.#capacities[list] ?? 0
    // The last list of the array grows in place.
    const from = oldCapacity > 0 && start + oldCapacity === this.#used ? start : this.#used
    if (from + capacity > this.data.length) {
      if (this.#wasted > this.data.length / 3) this.#compact()
      else this.data = grown(this.data, Math.ceil((from + capacity) * 1.5) + 64)
      this.#reserve(list, capacity)
      return
    }
    if (from !== start) {
      this.data.copyWithin(from, start, start + count)
      this.#wasted += oldCapacity
    }
    this.starts[list] = from
    this.#capacities[list] = capacity
    this.#used = from + capacity
  }

  /** Closes the gaps that moved lists have left. */
  #compact(): void {
    const data = new Uint32Array(this.data.length)
    let at = 0
    for (let i = 0; i < this.starts.length; i++) {
      const start = this.starts[i] ?? 0
      const count = this.counts[i] ?? 0
      for (let j = 0; j < count; j++) data[at + j] = this.data[start + j] ?? 0
      this.starts[i] = at
      this.#capacities[i] = count
      at += count
    }
    this.data = data
    this.#used = at
    this.#wasted = 0
  }
}
