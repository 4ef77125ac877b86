/** Column store of the index: its rows, and typed arrays of what filters, facets and sort orders need of them. */
import { authorKey, authorNames } from '../author-names.ts'
import { decadeOf } from '../decade.ts'
import type { PriceBand } from '../price-bands.ts'
import type { Availability, ListedBook } from '../schema.ts'
import { createNames } from './names.ts'
import { popularity } from './popularity.ts'
import { type PackedLists, Postings } from './postings.ts'

/** Values of the availability facet, in their order. */
export const AVAILABILITIES: readonly Availability[] = ['in_stock', 'few_left', 'sold_out']
export const SOLD_OUT = AVAILABILITIES.indexOf('sold_out')

/** The least ratings of the rating facet, in their order. */
export const LEAST_RATINGS = [4.5, 4, 3.5, 3] as const

const enlarged = <T extends Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array>(
  column: T,
  make: (length: number) => T,
  length: number,
): T => {
  const larger = make(length)
  larger.set(column)
  return larger
}

/** Letters of a row's title and author; 0 without a row. */
export const lettersOf = (row: Pick<ListedBook, 'title' | 'author'> | undefined): number =>
  row === undefined ? 0 : row.title.length + row.author.length

/** Rows as a snapshot holds them, slot by slot; null is an empty slot. */
export type PackedRows = readonly (ListedBook | null)[]
/** Authors as a snapshot holds them. */
export type PackedAuthors = {
  readonly names: string[]
  readonly authorsOfSlot: PackedLists
  readonly slotsOfAuthor: PackedLists
}

/** Books live in numbered slots; the slot of a removed book is reused. A class for the reasons of decision 64. */
export class BookStore {
  readonly rows: (ListedBook | undefined)[] = []
  readonly categories = createNames()
  /** The first one stands for books without a language, or without a year. */
  readonly languages = createNames([''])
  readonly decades = createNames([''])
  authors = createNames([], authorKey)
  /** Slots of each category, slots of each author, authors of each slot. */
  readonly slotsOfCategory = new Postings()
  slotsOfAuthor = new Postings()
  authorsOfSlot = new Postings()
  category = new Uint32Array(0)
  /** Minor units. */
  price = new Float64Array(0)
  availability = new Uint8Array(0)
  popularity = new Float32Array(0)
  language = new Uint16Array(0)
  decade = new Uint8Array(0)
  rating = new Float32Array(0)
  created = new Float64Array(0)
  /** Of the titles and authors of all rows. */
  letters = 0
  readonly #slots = new Map<string, number>()
  readonly #free: number[] = []
  /** Values of the price facet, in their order. */
  readonly bands: readonly PriceBand[]

  constructor(bands: readonly PriceBand[]) {
    this.bands = bands
  }

  /** Position of the band of a price. */
  bandOf(price: number): number {
    return this.bands.findIndex(({ end = Number.POSITIVE_INFINITY }) => price < end)
  }

  get size(): number {
    return this.#slots.size
  }

  /** The slot of a book, -1 when it is not there. */
  slotOf(bookId: string): number {
    return this.#slots.get(bookId) ?? -1
  }

  row(slot: number): ListedBook | undefined {
    return this.rows[slot]
  }

  bookId(slot: number): string {
    return this.rows[slot]?.book_id ?? ''
  }

  /** Puts a book that is not there into a slot. Returns the slot. */
  add(book: ListedBook): number {
    const slot = this.#free.pop() ?? this.rows.length
    this.#slots.set(book.book_id, slot)
    this.#makeRoom(slot + 1)
    this.#fill(slot, book)
    this.#addToLists(slot, book)
    return slot
  }

  /** Writes another row of the same book into its slot. */
  replace(slot: number, book: ListedBook): void {
    const old = this.rows[slot]
    const isInSameLists = old?.category === book.category && old.author === book.author
    if (!isInSameLists) this.#removeFromLists(slot)
    this.#fill(slot, book)
    if (!isInSameLists) this.#addToLists(slot, book)
  }

  /** Empties a slot. */
  remove(slot: number): void {
    this.#removeFromLists(slot)
    this.#slots.delete(this.bookId(slot))
    this.letters -= lettersOf(this.rows[slot])
    this.rows[slot] = undefined
    this.#free.push(slot)
  }

  /** Everything that `restoreAuthors` and `restoreRows` need. */
  pack(): PackedAuthors & { readonly rows: PackedRows } {
    return {
      rows: this.rows.map(row => row ?? null),
      names: this.authors.names,
      authorsOfSlot: this.authorsOfSlot.pack(this.rows.length),
      slotsOfAuthor: this.slotsOfAuthor.pack(this.authors.names.length),
    }
  }

  /** Restores the packed authors of all rows into an empty store; to be called before `restoreRows`. */
  restoreAuthors(packed: PackedAuthors): void {
    this.authors = createNames(packed.names, authorKey)
    this.authorsOfSlot = Postings.unpack(packed.authorsOfSlot)
    this.slotsOfAuthor = Postings.unpack(packed.slotsOfAuthor)
    this.#makeRoom(packed.authorsOfSlot.counts.length)
  }

  /** Restores the next chunk of packed rows. */
  restoreRows(packed: PackedRows): void {
    for (const row of packed) {
      const slot = this.rows.length
      this.rows.push(undefined)
      if (row === null) {
        this.#free.push(slot)
      } else {
        this.#slots.set(row.book_id, slot)
        this.#fill(slot, row)
        this.slotsOfCategory.add(this.category[slot] ?? 0, slot)
      }
    }
  }

  *books(): IterableIterator<ListedBook> {
    for (const row of this.rows) if (row !== undefined) yield row
  }

  #fill(slot: number, book: ListedBook): void {
    this.letters += lettersOf(book) - lettersOf(this.rows[slot])
    this.rows[slot] = book
    this.category[slot] = this.categories.intern(book.category)
    this.price[slot] = book.price
    this.availability[slot] = AVAILABILITIES.indexOf(book.availability)
    this.popularity[slot] = popularity(book)
    this.language[slot] = this.languages.intern(book.language ?? '')
    this.decade[slot] = this.decades.intern(
      book.published_year === undefined ? '' : decadeOf(book.published_year),
    )
    this.rating[slot] = book.average_rating ?? 0
    this.created[slot] = Date.parse(book.created_at) || 0
  }

  #addToLists(slot: number, book: ListedBook): void {
    this.slotsOfCategory.add(this.category[slot] ?? 0, slot)
    for (const author of new Set(authorNames(book.author).map(this.authors.intern))) {
      this.authorsOfSlot.add(slot, author)
      this.slotsOfAuthor.add(author, slot)
    }
  }

  #removeFromLists(slot: number): void {
    this.slotsOfCategory.remove(this.category[slot] ?? 0, slot)
    for (const author of this.authorsOfSlot.list(slot)) this.slotsOfAuthor.remove(author, slot)
    this.authorsOfSlot.clear(slot)
  }

  #makeRoom(slots: number): void {
    if (slots <= this.category.length) return
    const length = Math.ceil(slots * 1.5) + 64
    this.category = enlarged(this.category, size => new Uint32Array(size), length)
    this.price = enlarged(this.price, size => new Float64Array(size), length)
    this.availability = enlarged(this.availability, size => new Uint8Array(size), length)
    this.popularity = enlarged(this.popularity, size => new Float32Array(size), length)
    this.language = enlarged(this.language, size => new Uint16Array(size), length)
    this.decade = enlarged(this.decade, size => new Uint8Array(size), length)
    this.rating = enlarged(this.rating, size => new Float32Array(size), length)
    this.created = enlarged(this.created, size => new Float64Array(size), length)
  }
}

/** Whether two rows of a book have the same attributes. */
export const sameRow = (a: ListedBook, b: ListedBook): boolean => {
  const keys = Object.keys(b) as (keyof ListedBook)[]
  return Object.keys(a).length === keys.length && keys.every(key => a[key] === b[key])
}
