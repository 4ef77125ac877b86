/** Binary container of a snapshot: sections of bytes behind a header with version and checksum. */
import { crc32 } from 'node:zlib'

/** To be raised whenever the content of a snapshot changes its meaning. */
const FORMAT_VERSION = 4
const MAGIC = 0x43534958
const HEADER_WORDS = 4

/** Writes the sections in their order, after a header of magic number, version, checksum and number of sections. */
export const packSections = (sections: readonly Uint8Array[]): Uint8Array => {
  const padded = sections.map(section => Math.ceil(section.length / 4) * 4)
  const bodyStart = (HEADER_WORDS + sections.length) * 4
  const bytes = new Uint8Array(bodyStart + padded.reduce((sum, length) => sum + length, 0))
  const view = new DataView(bytes.buffer)
  let at = bodyStart
  sections.forEach((section, i) => {
    view.setUint32((HEADER_WORDS + i) * 4, section.length, true)
    bytes.set(section, at)
    at += padded[i] ?? 0
  })
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, FORMAT_VERSION, true)
  view.setUint32(12, sections.length, true)
  view.setUint32(8, crc32(bytes.subarray(12)), true)
  return bytes
}

/** The sections that `packSections` wrote; undefined for bytes that are damaged, truncated, foreign or of another version. */
export const unpackSections = (bytes: Uint8Array): Uint8Array[] | undefined => {
  if (bytes.length < HEADER_WORDS * 4 || bytes.length % 4 !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== FORMAT_VERSION) return undefined
  if (view.getUint32(8, true) !== crc32(bytes.subarray(12))) return undefined
  const count = view.getUint32(12, true)
  let at = (HEADER_WORDS + count) * 4
  const sections: Uint8Array[] = []
  for (let i = 0; i < count && at <= bytes.length; i++) {
    const length = view.getUint32((HEADER_WORDS + i) * 4, true)
    if (at + length > bytes.length) return undefined
    sections.push(bytes.subarray(at, at + length))
    at += Math.ceil(length / 4) * 4
  }
  return at === bytes.length ? sections : undefined
}

/** The bytes of an array of numbers in this machine's order (little-endian on every platform of Node). */
export const numbersToBytes = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

/** A copy of the numbers in a section. Throws RangeError when it is missing or not made of whole numbers. */
export const bytesToNumbers = (bytes: Uint8Array | undefined): Uint32Array => {
  if (bytes === undefined || bytes.length % 4 !== 0) throw new RangeError('a section of numbers is missing')
  // Not slice(): on a Buffer it returns a view, which may not be aligned to four bytes.
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
