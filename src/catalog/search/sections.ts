/** Binary container of a snapshot: a stream of sections of bytes, each with its length and checksum. */
import { crc32 } from 'node:zlib'
import type { ByteReader } from '../../core/byte-reader.ts'

/** To be raised whenever the content of a snapshot changes its meaning. */
const FORMAT_VERSION = 5
const MAGIC = 0x43534958
const HEADER_BYTES = 12
const LENGTH_BYTES = 8
/** A larger length is not one that we wrote. */
const MAX_SECTION_BYTES = 2 ** 30

const numbersOf = (values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    view.setUint32(i * 4, value, true)
  })
  return bytes
}

/** The checksum of a section also covers its length, and its place, so that none can be left out. */
const checksum = (place: number, section: Uint8Array): number =>
  crc32(section, crc32(numbersOf([place, section.length])))

/** The stream of `count` sections, behind a header of magic number, version and count. */
export async function* writeSections(
  count: number,
  sections: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield numbersOf([MAGIC, FORMAT_VERSION, count])
  let place = 0
  for await (const section of sections) {
    yield numbersOf([section.length, checksum(place++, section)])
    yield section
  }
}

/** Reader of what `writeSections` wrote. */
export type SectionReader = {
  /** The next section, in memory of its own. Throws RangeError when it is damaged, or not there. */
  readonly next: () => Promise<Uint8Array>
  /** How many sections are left. */
  readonly left: () => number
}

/** A reader of the sections in `bytes`; undefined for bytes that are foreign or of another version. */
export const readSections = async (bytes: ByteReader): Promise<SectionReader | undefined> => {
  const view = viewOf(await bytes.take(HEADER_BYTES))
  if (view?.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== FORMAT_VERSION) return undefined
  const count = view.getUint32(8, true)
  let place = 0
  const next = async (): Promise<Uint8Array> => {
    const frame = viewOf(await bytes.take(LENGTH_BYTES))
    const length = frame?.getUint32(0, true) ?? Number.POSITIVE_INFINITY
    if (!frame || place >= count || length > MAX_SECTION_BYTES) throw new RangeError('a section is missing')
    const section = await bytes.take(length)
    if (!section || checksum(place++, section) !== frame.getUint32(4, true))
      throw new RangeError('a section is damaged')
    return section
  }
  return { next, left: () => count - place }
}

const viewOf = (bytes: Uint8Array | undefined): DataView | undefined => bytes && new DataView(bytes.buffer)

/** The bytes of an array of numbers in this machine's order (little-endian on every platform of Node). */
export const numbersToBytes = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

/** The numbers in a section, which must have memory of its own. Throws RangeError when it is not made of whole numbers. */
export const bytesToNumbers = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer)
