/** The index as one blob, so that a start need not read the whole table. */
import type { Blobs } from '../../core/blobs.ts'
import { type BookIndex, restoreBookIndex } from '../search/book-index.ts'

const NAME = 'index/books.snapshot'
const TIME_BYTES = 8

/** The index, and the moment up to which it knows the change log; undefined when there is none, or it is bent or old. */
export const readSnapshot = async (
  blobs: Blobs,
): Promise<{ readonly index: BookIndex; readonly asOf: Date } | undefined> => {
  const bytes = await blobs.get(NAME)
  if (!bytes || bytes.length < TIME_BYTES) return undefined
  const index = await restoreBookIndex(bytes.subarray(TIME_BYTES))
  const at = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
  return index && { index, asOf: new Date(at) }
}

export const writeSnapshot = async (blobs: Blobs, index: BookIndex, asOf: Date): Promise<void> => {
  const rows = await index.toSnapshot()
  const bytes = new Uint8Array(TIME_BYTES + rows.length)
  new DataView(bytes.buffer).setFloat64(0, asOf.getTime())
  bytes.set(rows, TIME_BYTES)
  await blobs.put(NAME, bytes)
}

/** For when the table is no longer what the snapshot is of. */
export const removeSnapshot = (blobs: Blobs): Promise<void> => blobs.remove(NAME)
