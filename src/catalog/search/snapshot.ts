/** The index as bytes: rows and names as JSON, lists as they lie in memory, so that loading computes next to nothing. */
import { Dictionary } from './dictionary.ts'
import { type PackedLists, Postings } from './postings.ts'
import { bytesToNumbers, numbersToBytes, packSections, unpackSections } from './sections.ts'
import type { PackedShelf, Shelf } from './shelf.ts'
import { TextIndex } from './text-index.ts'

/** What a snapshot holds, ready for use. */
export type UnpackedIndex = { readonly shelf: PackedShelf; readonly text: TextIndex }

/** Writes a shelf and the index of its words. */
export function packIndex(shelf: Shelf, text: TextIndex): Uint8Array {
  const { rows, authors, authorsOfSlot, slotsOfAuthor } = shelf.pack()
  const { dictionary } = text
  const lists = [
    text.wordsOf.pack(rows.length),
    text.slotsOf.pack(dictionary.terms.length),
    authorsOfSlot,
    slotsOfAuthor,
  ]
  return packSections([
    jsonToBytes(rows),
    jsonToBytes(authors),
    jsonToBytes(dictionary.terms),
    numbersToBytes(dictionary.alphabetical()),
    ...lists.flatMap(({ data, counts }) => [numbersToBytes(data), numbersToBytes(counts)]),
  ])
}

/** Reads what `packIndex` wrote; undefined for bytes that are damaged, cut off, or of another version. */
export function unpackIndex(bytes: Uint8Array): UnpackedIndex | undefined {
  const sections = unpackSections(bytes)
  if (sections === undefined) return undefined
  const [rows, authors, terms, alphabetical, ...lists] = sections
  const listAt = (i: number): PackedLists => ({
    data: bytesToNumbers(lists[2 * i]),
    counts: bytesToNumbers(lists[2 * i + 1]),
  })
  try {
    const dictionary = Dictionary.restore(bytesToJson(terms), bytesToNumbers(alphabetical))
    const text = new TextIndex(dictionary, Postings.unpack(listAt(1)), Postings.unpack(listAt(0)))
    const shelf = {
      rows: bytesToJson<PackedShelf['rows']>(rows),
      authors: bytesToJson<string[]>(authors),
      authorsOfSlot: listAt(2),
      slotsOfAuthor: listAt(3),
    }
    return { shelf, text }
  } catch {
    // The checksum was right, so these bytes were written by a program that lays an index out differently.
    return undefined
  }
}

function jsonToBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

/** The checksum vouches for the bytes, and so for the type. */
function bytesToJson<T>(bytes: Uint8Array | undefined): T {
  return JSON.parse(new TextDecoder().decode(bytes))
}
