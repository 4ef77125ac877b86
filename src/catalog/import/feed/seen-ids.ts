/** Set of the ids that a file has had so far: a hash table with 16 to 32 bytes an id, however long the ids are. */
import { createHash } from 'node:crypto'

const hashOf = (id: string): bigint => createHash('sha256').update(id).digest().readBigUInt64LE() || 1n

/**
 * Two ids collide with a chance of 1 in 30 million for a file of a million books. A class for the reasons of decision 64.
 */
export class SeenIds {
  #slots = new BigUint64Array(1_024)
  #size = 0

  /** Adds an id. Returns whether it is new. */
  add(id: string): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow()
    if (!insert(this.#slots, hashOf(id))) return false
    this.#size++
    return true
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2)
    for (const hash of this.#slots) if (hash !== 0n) insert(larger, hash)
    this.#slots = larger
  }
}

const insert = (slots: BigUint64Array, hash: bigint): boolean => {
  const mask = slots.length - 1
  let at = Number(hash & 0xffff_ffffn) & mask
  for (let there = slots[at]; there !== 0n; there = slots[at]) {
    if (there === hash) return false
    at = (at + 1) & mask
  }
  slots[at] = hash
  return true
}
