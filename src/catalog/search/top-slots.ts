/** Selection of the first few of many slots without sorting all of them. */

/** The `limit` slots with the highest scores, highest first; equal scores are ordered by `nameOf`, ascending. */
export const topSlots = (
  slots: Uint32Array,
  scoreOf: (slot: number) => number,
  limit: number,
  nameOf: (slot: number) => string,
): Uint32Array => {
  const size = Math.min(limit, slots.length)
  const heap = new Uint32Array(size)
  const scores = new Float64Array(size)
  // The heap's root is the worst of those kept.
  const isWorse = (slotA: number, scoreA: number, slotB: number, scoreB: number) =>
    scoreA < scoreB || (scoreA === scoreB && nameOf(slotA) > nameOf(slotB))
  const siftDown = (from: number, length: number, slot: number, score: number) => {
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      const right = child + 1
      if (
        right < length &&
        isWorse(heap[right] ?? 0, scores[right] ?? 0, heap[child] ?? 0, scores[child] ?? 0)
      ) {
        child = right
      }
      if (!isWorse(heap[child] ?? 0, scores[child] ?? 0, slot, score)) break
      heap[at] = heap[child] ?? 0
      scores[at] = scores[child] ?? 0
      at = child
    }
    heap[at] = slot
    scores[at] = score
  }
  for (let i = 0; i < size; i++) {
    heap[i] = slots[i] ?? 0
    scores[i] = scoreOf(slots[i] ?? 0)
  }
  for (let at = (size >>> 1) - 1; at >= 0; at--) siftDown(at, size, heap[at] ?? 0, scores[at] ?? 0)
  for (let i = size; i < slots.length && size > 0; i++) {
    const slot = slots[i] ?? 0
    const score = scoreOf(slot)
    if (isWorse(heap[0] ?? 0, scores[0] ?? 0, slot, score)) siftDown(0, size, slot, score)
  }
  for (let length = size - 1; length > 0; length--) {
    const slot = heap[length] ?? 0
    const score = scores[length] ?? 0
    heap[length] = heap[0] ?? 0
    scores[length] = scores[0] ?? 0
    siftDown(0, length, slot, score)
  }
  return heap
}

/** The first `limit` slots of a sorted list that are among `kept`. */
export const firstSlots = (kept: Uint32Array, sorted: Uint32Array, limit: number): Uint32Array => {
  const isKept = new Uint8Array(kept.reduce((most, slot) => Math.max(most, slot), 0) + 1)
  for (const slot of kept) isKept[slot] = 1
  const first = new Uint32Array(Math.min(limit, kept.length))
  let count = 0
  for (let i = 0; i < sorted.length && count < first.length; i++) {
    if (isKept[sorted[i] ?? 0] === 1) first[count++] = sorted[i] ?? 0
  }
  return first
}
