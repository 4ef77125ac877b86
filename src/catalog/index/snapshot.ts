/** Snapshot of the index as one blob, so that a start need not read the whole table. */
import { crc32 } from 'node:zlib'
import { BlobChanged, type Blobs } from '../../core/blobs.ts'
import { type ByteReader, createByteReader } from '../../core/byte-reader.ts'
import type { Currency } from '../../core/currency.ts'
import { priceBands } from '../price-bands.ts'
import { type BookIndex, type FacetValue, type IndexExtent, restoreBookIndex } from '../search/book-index.ts'

const NAME = 'index/books.snapshot'
const MAGIC = 0x31485343
const PREFIX_BYTES = 12
const MAX_HEAD_BYTES = 2 ** 24
/** How often a snapshot is read again that another process has replaced meanwhile. */
const MAX_TRIES = 4

/** What a process knows of a snapshot before it loads it. */
export type SnapshotHead = {
  /** The moment up to which it includes the change log. */
  readonly asOf: Date
  readonly extent: IndexExtent
  /** All categories that have books, for a process that cannot load the index. */
  readonly categories: readonly FacetValue[]
  /** false: the index is not there, because it was too large for the process that counted the books. */
  readonly isComplete: boolean
}

export type Snapshot = { readonly head: SnapshotHead; readonly index?: BookIndex }

/** Magic number, length and checksum, then the head as JSON. */
const headToBytes = (head: SnapshotHead): Uint8Array => {
  const json = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(PREFIX_BYTES + json.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, json.length, true)
  view.setUint32(8, crc32(json), true)
  bytes.set(json, PREFIX_BYTES)
  return bytes
}

/** The head; undefined where there is none, or one of another version. */
const readHead = async (bytes: ByteReader): Promise<SnapshotHead | undefined> => {
  const prefix = await bytes.take(PREFIX_BYTES)
  const view = prefix && new DataView(prefix.buffer)
  const length = view?.getUint32(4, true) ?? 0
  if (view?.getUint32(0, true) !== MAGIC || length > MAX_HEAD_BYTES) return undefined
  const json = await bytes.take(length)
  if (!json || crc32(json) !== view.getUint32(8, true)) return undefined
  // The checksum proves that we wrote it.
  const head = JSON.parse(new TextDecoder().decode(json)) as Omit<SnapshotHead, 'asOf'> & { asOf: string }
  return { ...head, asOf: new Date(head.asOf) }
}

const readFrom = async (
  bytes: ByteReader,
  currency: Currency,
  fits: (extent: IndexExtent) => boolean,
): Promise<Snapshot | undefined> => {
  const head = await readHead(bytes)
  if (!head?.isComplete || !fits(head.extent)) return head && { head }
  const index = await restoreBookIndex(bytes, priceBands(currency))
  return index && { head, index }
}

/**
 * The snapshot, with its index if it is there and `fits`; undefined when there is none that can be read. Throws what the blob storage
 * throws.
 */
export const readSnapshot = async (
  blobs: Blobs,
  currency: Currency,
  fits: (extent: IndexExtent) => boolean,
): Promise<Snapshot | undefined> => {
  for (let tries = 1; ; tries++) {
    const bytes = createByteReader(blobs.read(NAME))
    try {
      return await readFrom(bytes, currency, fits)
    } catch (error) {
      if (!(error instanceof BlobChanged) || tries === MAX_TRIES) throw error
    } finally {
      await bytes.close()
    }
  }
}

/** Writes the index as it is at the call; `asOf` is the moment up to which it includes the change log. */
export const writeSnapshot = async (blobs: Blobs, index: BookIndex, asOf: Date): Promise<void> => {
  const { extent } = index
  const content = index.toSnapshot()
  const categories = await index.search.categories()
  async function* bytes() {
    yield headToBytes({ asOf, extent, categories, isComplete: true })
    yield* content
  }
  await blobs.write(NAME, bytes())
}

/** Writes that there is no index, and why: it would have this extent, which is too large. */
export const writeWithoutIndex = (
  blobs: Blobs,
  asOf: Date,
  { extent, categories }: Pick<SnapshotHead, 'extent' | 'categories'>,
): Promise<void> => blobs.put(NAME, headToBytes({ asOf, extent, categories, isComplete: false }))

/** To be called when the table no longer has the content that the snapshot was made from. */
export const removeSnapshot = (blobs: Blobs): Promise<void> => blobs.remove(NAME)
