/** The index as bytes: rows and names as JSON, lists as they lie in memory, so that loading computes next to nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BookStore, PackedAuthors, PackedRows } from './book-store.ts'
import { Dictionary } from './dictionary.ts'
import { type PackedLists, Postings } from './postings.ts'
import { bytesToNumbers, numbersToBytes, packSections, unpackSections } from './sections.ts'
import { TextIndex } from './text-index.ts'

/** What a snapshot holds: ready for use, but for the rows, which are read some at a time. */
export type UnpackedIndex = {
  readonly text: TextIndex
  readonly authors: PackedAuthors
  readonly rows: Iterable<PackedRows>
}

/** Rows are written so many at a time, so that a large shelf holds nobody up. */
const ROWS_AT_ONCE = 5_000
/** authors, terms, alphabetical order, and four times lists with their counts; the rows come behind them. */
const SECTIONS_BEFORE_ROWS = 11

/** Writes a shelf and the index of its words as they are at the call; the shop goes on while it writes. */
export async function packIndex(shelf: BookStore, text: TextIndex): Promise<Uint8Array> {
  const { rows, names, authorsOfSlot, slotsOfAuthor } = shelf.pack()
  const { dictionary } = text
  const lists = [
    text.wordsOf.pack(rows.length),
    text.slotsOf.pack(dictionary.terms.length),
    authorsOfSlot,
    slotsOfAuthor,
  ]
  const sections = [
    jsonToBytes(names),
    jsonToBytes(dictionary.terms),
    numbersToBytes(dictionary.alphabetical().slice()),
    ...lists.flatMap(({ data, counts }) => [numbersToBytes(data), numbersToBytes(counts)]),
  ]
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    sections.push(jsonToBytes(rows.slice(i, i + ROWS_AT_ONCE)))
    await nextTurn()
  }
  return packSections(sections)
}

/**
 * Reads what `packIndex` wrote; undefined for bytes that are damaged, cut off, or of another version. Throws, also while the rows are
 * read, where the bytes are whole but laid out differently: by another program.
 */
export function unpackIndex(bytes: Uint8Array): UnpackedIndex | undefined {
  const sections = unpackSections(bytes)
  if (sections === undefined) return undefined
  const [authors, terms, alphabetical, ...lists] = sections
  const listAt = (i: number): PackedLists => ({
    data: bytesToNumbers(lists[2 * i]),
    counts: bytesToNumbers(lists[2 * i + 1]),
  })
  const dictionary = Dictionary.restore(bytesToJson(terms), bytesToNumbers(alphabetical))
  return {
    text: new TextIndex(dictionary, Postings.unpack(listAt(1)), Postings.unpack(listAt(0))),
    authors: { names: bytesToJson(authors), authorsOfSlot: listAt(2), slotsOfAuthor: listAt(3) },
    rows: rowsIn(sections.slice(SECTIONS_BEFORE_ROWS)),
  }
}

function* rowsIn(sections: readonly Uint8Array[]): Iterable<PackedRows> {
  for (const section of sections) yield bytesToJson<PackedRows>(section)
}

function jsonToBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

/** The checksum vouches for the bytes, and so for the type. */
function bytesToJson<T>(bytes: Uint8Array | undefined): T {
  return JSON.parse(new TextDecoder().decode(bytes))
}
