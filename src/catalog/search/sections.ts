/** Writes typed arrays and texts into one checked block of bytes and reads them back. */
import { crc32 } from 'node:zlib'

/** Raise it whenever anything that a snapshot holds gets another meaning. */
const formatVersion = 2
const magic = 0x43534958
const headerWords = 4

/** Sections of bytes in a fixed order, after a header of magic, version, checksum and number of sections. */
export function packSections(sections: readonly Uint8Array[]): Uint8Array {
  const padded = sections.map(section => Math.ceil(section.length / 4) * 4)
  const bodyStart = (headerWords + sections.length) * 4
  const bytes = new Uint8Array(bodyStart + padded.reduce((sum, length) => sum + length, 0))
  const view = new DataView(bytes.buffer)
  let at = bodyStart
  sections.forEach((section, i) => {
    view.setUint32((headerWords + i) * 4, section.length, true)
    bytes.set(section, at)
    at += padded[i] ?? 0
  })
  view.setUint32(0, magic, true)
  view.setUint32(4, formatVersion, true)
  view.setUint32(12, sections.length, true)
  view.setUint32(8, crc32(bytes.subarray(12)), true)
  return bytes
}

/** The sections of a block that `packSections` wrote; undefined for a bent, cut, foreign or older one. */
export function unpackSections(bytes: Uint8Array): Uint8Array[] | undefined {
  if (bytes.length < headerWords * 4 || bytes.length % 4 !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0, true) !== magic || view.getUint32(4, true) !== formatVersion) return undefined
  if (view.getUint32(8, true) !== crc32(bytes.subarray(12))) return undefined
  const count = view.getUint32(12, true)
  let at = (headerWords + count) * 4
  const sections: Uint8Array[] = []
  for (let i = 0; i < count && at <= bytes.length; i++) {
    const length = view.getUint32((headerWords + i) * 4, true)
    if (at + length > bytes.length) return undefined
    sections.push(bytes.subarray(at, at + length))
    at += Math.ceil(length / 4) * 4
  }
  return at === bytes.length ? sections : undefined
}

/** The bytes of an array of numbers, as this machine lays them out (little-endian everywhere that Node runs). */
export function numbersToBytes(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** A copy of the numbers in a section. */
export function bytesToNumbers(bytes: Uint8Array | undefined): Uint32Array {
  if (bytes === undefined || bytes.length % 4 !== 0) throw new RangeError('a section of numbers is missing')
  // Not slice(): that of a Buffer is a view, and a view may begin between two numbers.
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
