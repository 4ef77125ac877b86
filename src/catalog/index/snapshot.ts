/** Snapshot of the index as one blob, so that a start need not read the whole table. */
import type { Blobs } from '../../core/blobs.ts'
import type { Currency } from '../../core/currency.ts'
import { priceBands } from '../price-bands.ts'
import { type BookIndex, restoreBookIndex } from '../search/book-index.ts'

const NAME = 'index/books.snapshot'
const TIME_BYTES = 8

/** The index, and the moment up to which it includes the change log; undefined when there is none that can be read. */
export const readSnapshot = async (
  blobs: Blobs,
  currency: Currency,
): Promise<{ readonly index: BookIndex; readonly asOf: Date } | undefined> => {
  const bytes = await blobs.get(NAME)
  if (!bytes || bytes.length < TIME_BYTES) return undefined
  const index = await restoreBookIndex(bytes.subarray(TIME_BYTES), priceBands(currency))
  const at = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
  return index && { index, asOf: new Date(at) }
}

/** Writes the index as it is at the call; `asOf` is the moment up to which it includes the change log. */
export const writeSnapshot = async (blobs: Blobs, index: BookIndex, asOf: Date): Promise<void> => {
  const content = await index.toSnapshot()
  const bytes = new Uint8Array(TIME_BYTES + content.length)
  new DataView(bytes.buffer).setFloat64(0, asOf.getTime())
  bytes.set(content, TIME_BYTES)
  await blobs.put(NAME, bytes)
}

/** To be called when the table no longer has the content that the snapshot was made from. */
export const removeSnapshot = (blobs: Blobs): Promise<void> => blobs.remove(NAME)
