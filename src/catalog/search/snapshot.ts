/** Serialization of the index: rows and names as JSON, packed lists as raw bytes, so that loading computes next to nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PriceBand } from '../price-bands.ts'
import { BookStore, type PackedRows } from './book-store.ts'
import { Dictionary } from './dictionary.ts'
import { type PackedLists, Postings } from './postings.ts'
import { bytesToNumbers, numbersToBytes, packSections, unpackSections } from './sections.ts'
import { TextIndex } from './text-index.ts'

/** Rows are written and read in chunks, so that requests are answered in between. */
const ROWS_PER_CHUNK = 5_000
/** Authors, terms, alphabetical order, and four packed lists of two sections each; the chunks of rows follow. */
const SECTIONS_BEFORE_ROWS = 11

const jsonToBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** The caller states the type: the checksum proves that we wrote these bytes. */
const bytesToJson = <T>(bytes: Uint8Array | undefined): T => JSON.parse(new TextDecoder().decode(bytes))

/** Serializes the rows and the text index as they are at the call; they may change while it writes. */
export const packIndex = async (store: BookStore, text: TextIndex): Promise<Uint8Array> => {
  const { rows, names, authorsOfSlot, slotsOfAuthor } = store.pack()
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
  for (let i = 0; i < rows.length; i += ROWS_PER_CHUNK) {
    sections.push(jsonToBytes(rows.slice(i, i + ROWS_PER_CHUNK)))
    await nextTurn()
  }
  return packSections(sections)
}

const unpack = async (
  sections: readonly Uint8Array[],
  bands: readonly PriceBand[],
): Promise<{ store: BookStore; text: TextIndex }> => {
  const [authors, terms, alphabetical, ...lists] = sections
  const listAt = (i: number): PackedLists => ({
    data: bytesToNumbers(lists[2 * i]),
    counts: bytesToNumbers(lists[2 * i + 1]),
  })
  const dictionary = Dictionary.restore(bytesToJson(terms), bytesToNumbers(alphabetical))
  const text = new TextIndex(dictionary, Postings.unpack(listAt(1)), Postings.unpack(listAt(0)))
  const store = new BookStore(bands)
  store.restoreAuthors({ names: bytesToJson(authors), authorsOfSlot: listAt(2), slotsOfAuthor: listAt(3) })
  for (const rows of sections.slice(SECTIONS_BEFORE_ROWS)) {
    await nextTurn()
    store.restoreRows(bytesToJson<PackedRows>(rows))
  }
  return { store, text }
}

/** Reads what `packIndex` wrote; undefined for bytes that are damaged, truncated or of another version. */
export const unpackIndex = async (
  bytes: Uint8Array,
  bands: readonly PriceBand[],
): Promise<{ readonly store: BookStore; readonly text: TextIndex } | undefined> => {
  const sections = unpackSections(bytes)
  try {
    return sections && (await unpack(sections, bands))
  } catch {
    // The checksum was right, so these bytes were written by a program that lays an index out differently.
    return undefined
  }
}
