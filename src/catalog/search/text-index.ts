/** Which books have which words, and where: the inverted index over titles and authors. */
import type { ListedBook } from '../schema.ts'
import { Dictionary } from './dictionary.ts'
import { foldWords } from './fold.ts'
import { authorNames } from './names.ts'
import { Postings } from './postings.ts'
import { titleParts } from './title-parts.ts'

/** Where a word of a book stands; the numbers are kept in the low bits of every posting. */
export const field = {
  main: 0,
  subtitle: 1,
  series: 2,
  author: 3,
  surname: 4,
  otherAuthor: 5,
  otherSurname: 6,
} as const
/** Bits of a posting that hold the field. */
export const fieldBits = 3
export const fieldMask = 7

const maxWordsPerField = 40
const maxAuthors = 12

/** A posting is a number shifted left by `fieldBits`, plus the field: a slot in `slotsOf`, a term in `wordsOf`. */
export class TextIndex {
  readonly dictionary: Dictionary
  /** Per term, every book that has it once, with the most important field that it stands in. */
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
    const { main, subtitle, series } = titleParts(book.title)
    const seen = new Set<number>()
    this.#addField(slot, foldWords(main, maxWordsPerField), field.main, seen)
    this.#addField(slot, foldWords(subtitle, maxWordsPerField), field.subtitle, seen)
    this.#addField(slot, foldWords(series, maxWordsPerField), field.series, seen)
    const names = authorNames(book.author).slice(0, maxAuthors)
    names.forEach((name, i) => {
      const words = foldWords(name, maxWordsPerField)
      this.#addField(slot, words.slice(0, -1), i === 0 ? field.author : field.otherAuthor, seen)
      this.#addField(slot, words.slice(-1), i === 0 ? field.surname : field.otherSurname, seen)
    })
  }

  /** Takes all words of a slot out. */
  remove(slot: number): void {
    const seen = new Set<number>()
    for (const word of this.wordsOf.list(slot)) {
      const term = word >>> fieldBits
      if (!seen.has(term)) this.slotsOf.remove(term, (slot << fieldBits) | (word & fieldMask))
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
      this.wordsOf.add(slot, (term << fieldBits) | inField)
      // Fields come in order of importance, so that the first one is the one to keep.
      if (!seen.has(term)) this.slotsOf.add(term, (slot << fieldBits) | inField)
      seen.add(term)
    }
  }
}
