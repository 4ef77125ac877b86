/**
 * Serialization of the index: rows and names as JSON, packed lists as raw bytes, so that loading computes next to nothing. It is
 * written and read section by section, so that neither needs memory for all of it beside the index.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ByteReader } from '../../core/byte-reader.ts'
import type { PriceBand } from '../price-bands.ts'
import { BookStore, type PackedRows } from './book-store.ts'
import { Dictionary } from './dictionary.ts'
import { type PackedLists, Postings } from './postings.ts'
import {
  bytesToNumbers,
  numbersToBytes,
  readSections,
  type SectionReader,
  writeSections,
} from './sections.ts'
import { TextIndex } from './text-index.ts'

/** Rows are written and read in chunks, so that requests are answered in between. */
const ROWS_PER_CHUNK = 5_000
/** Authors, terms, alphabetical order, and four packed lists of two sections each; the chunks of rows follow. */
const SECTIONS_BEFORE_ROWS = 11

const jsonToBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** The caller states the type: the checksum proves that we wrote these bytes. */
const bytesToJson = <T>(bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes))

/**
 * Serializes the rows and the text index as they are at the call; they may change while it is read. Names, terms and lists are copied
 * for that, and each copy is let go of when it has been read.
 */
export const packIndex = (store: BookStore, text: TextIndex): AsyncIterable<Uint8Array> => {
  const { rows, names, authorsOfSlot, slotsOfAuthor } = store.pack()
  const { dictionary } = text
  const texts = [names.slice(), dictionary.terms.slice()]
  const numbers = [
    dictionary.alphabetical().slice(),
    ...[
      text.wordsOf.pack(rows.length),
      text.slotsOf.pack(dictionary.terms.length),
      authorsOfSlot,
      slotsOfAuthor,
    ].flatMap(({ data, counts }) => [data, counts]),
  ]
  async function* sections() {
    for (let next = texts.shift(); next; next = texts.shift()) yield jsonToBytes(next)
    for (let next = numbers.shift(); next; next = numbers.shift()) yield numbersToBytes(next)
    for (let i = 0; i < rows.length; i += ROWS_PER_CHUNK) {
      yield jsonToBytes(rows.slice(i, i + ROWS_PER_CHUNK))
      await nextTurn()
    }
  }
  return writeSections(SECTIONS_BEFORE_ROWS + Math.ceil(rows.length / ROWS_PER_CHUNK), sections())
}

const unpack = async (
  sections: SectionReader,
  bands: readonly PriceBand[],
): Promise<{ store: BookStore; text: TextIndex }> => {
  // With 500,000 books one list takes a tenth of a second: requests are answered before the next.
  const nextNumbers = async () => {
    await nextTurn()
    return bytesToNumbers(await sections.next())
  }
  const nextList = async (): Promise<PackedLists> => ({
    data: await nextNumbers(),
    counts: await nextNumbers(),
  })
  const names = bytesToJson<string[]>(await sections.next())
  const terms = bytesToJson<string[]>(await sections.next())
  const dictionary = Dictionary.restore(terms, await nextNumbers())
  const wordsOf = Postings.unpack(await nextList())
  const text = new TextIndex(dictionary, Postings.unpack(await nextList()), wordsOf)
  const store = new BookStore(bands)
  store.restoreAuthors({ names, authorsOfSlot: await nextList(), slotsOfAuthor: await nextList() })
  while (sections.left() > 0) {
    await nextTurn()
    store.restoreRows(bytesToJson<PackedRows>(await sections.next()))
  }
  return { store, text }
}

/**
 * Reads what `packIndex` wrote; undefined for bytes that are damaged, truncated or of another version. Throws what the source of the
 * bytes throws.
 */
export const unpackIndex = async (
  bytes: ByteReader,
  bands: readonly PriceBand[],
): Promise<{ readonly store: BookStore; readonly text: TextIndex } | undefined> => {
  const sections = await readSections(bytes)
  if (!sections) return undefined
  try {
    const unpacked = await unpack(sections, bands)
    return (await bytes.isAtEnd()) ? unpacked : undefined
  } catch (error) {
    // Damaged, or written by a program that lays an index out differently: not an error of the source.
    if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError)
      return undefined
    throw error
  }
}
