/** Inverted index over titles and authors: which books have which words, and in which field. */
import { authorNames, nameWords } from '../author-names.ts'
import { foldWords, signWords } from '../fold-words.ts'
import type { ListedBook } from '../schema.ts'
import { titleParts } from '../title-parts.ts'
import { Dictionary } from './dictionary.ts'
import { Postings } from './postings.ts'

/** The field that a word of a book is in; the number is stored in the low bits of every posting. */
export const FIELD = {
  main: 0,
  subtitle: 1,
  series: 2,
  author: 3,
  surname: 4,
  otherAuthor: 5,
  otherSurname: 6,
} as const
/** Bits of a posting that hold the field. */
export const FIELD_BITS = 3
export const FIELD_MASK = 7

const MAX_WORDS_PER_FIELD = 40
const MAX_AUTHORS = 12

/** Words of one field, in their order. */
export type FieldWords = readonly [field: number, words: readonly string[]]

/** The words of a book as the index has them, field by field in the order of importance. */
export const wordsByField = ({ title, author }: Pick<ListedBook, 'title' | 'author'>): FieldWords[] => {
  const { main, subtitle, series } = titleParts(title)
  const mainWords = foldWords(main, MAX_WORDS_PER_FIELD)
  const names = authorNames(author).slice(0, MAX_AUTHORS)
  const fields: FieldWords[] = [
    [FIELD.main, mainWords.length > 0 ? mainWords : signWords(main)],
    [FIELD.subtitle, foldWords(subtitle, MAX_WORDS_PER_FIELD)],
    [FIELD.series, foldWords(series, MAX_WORDS_PER_FIELD)],
    ...names.flatMap((name, i): FieldWords[] => {
      const words = nameWords(name, MAX_WORDS_PER_FIELD)
      return [
        [i === 0 ? FIELD.author : FIELD.otherAuthor, words.slice(0, -1)],
        [i === 0 ? FIELD.surname : FIELD.otherSurname, words.slice(-1)],
      ]
    }),
  ]
  return fields.filter(([, words]) => words.length > 0)
}

/**
 * A posting is a number shifted left by `FIELD_BITS`, plus the field: a slot in `slotsOf`, a term in `wordsOf`. A class
 * for the reasons of decision 64.
 */
export class TextIndex {
  readonly dictionary: Dictionary
  /** Per term, every book that has it once, with the most important field that it is in. */
  readonly slotsOf: Postings
  /** Per slot, all words in the order of the title, then the author. */
  readonly wordsOf: Postings

  constructor(dictionary = new Dictionary(), slotsOf = new Postings(), wordsOf = new Postings()) {
    this.dictionary = dictionary
    this.slotsOf = slotsOf
    this.wordsOf = wordsOf
  }

  /** Indexes the words of a book that is put into an empty slot. */
  add(slot: number, book: Pick<ListedBook, 'title' | 'author'>): void {
    this.addWords(slot, wordsByField(book))
  }

  /** Indexes words that were folded before, as `wordsByField` returned them. */
  addWords(slot: number, fields: readonly FieldWords[]): void {
    const seen = new Set<number>()
    for (const [inField, words] of fields) this.#addField(slot, words, inField, seen)
  }

  /** Removes all words of a slot. */
  remove(slot: number): void {
    const seen = new Set<number>()
    for (const word of this.wordsOf.list(slot)) {
      const term = word >>> FIELD_BITS
      if (!seen.has(term)) this.slotsOf.remove(term, (slot << FIELD_BITS) | (word & FIELD_MASK))
      seen.add(term)
    }
    this.wordsOf.clear(slot)
  }

  /** How many books have a term. */
  documentCount(term: number): number {
    return this.slotsOf.count(term)
  }

  #addField(slot: number, words: readonly string[], inField: number, seen: Set<number>): void {
    for (const word of words) {
      const term = this.dictionary.intern(word)
      this.wordsOf.add(slot, (term << FIELD_BITS) | inField)
      // Fields come in order of importance, so the first one is the one to keep.
      if (!seen.has(term)) this.slotsOf.add(term, (slot << FIELD_BITS) | inField)
      seen.add(term)
    }
  }
}
