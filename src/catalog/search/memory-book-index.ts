/** The index over the shelf in this process's memory: browsing, searching and suggesting without a database. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ListedBook } from '../schema.ts'
import type { BookIndex, BrowseQuery, BrowseResult, FacetValue, Suggestion } from './book-index.ts'
import { BookStore, sameRow } from './book-store.ts'
import { FacetCounter, type Facets, type Filter, filterOf } from './facets.ts'
import { IsbnLookup } from './isbn-lookup.ts'
import { ShelfOrders, wholeShelf } from './order.ts'
import { type Matches, Searcher } from './searcher.ts'
import { packIndex, unpackIndex } from './snapshot.ts'
import { suggestions } from './suggest.ts'
import { TextIndex } from './text-index.ts'
import { firstOf } from './top.ts'

const suggestFrom = 48

/** How far a book may have slipped back behind new ones between two pages of a search and still be found. */
const slippedPlaces = 48

/** Everything is answered from typed arrays; nothing is remembered from one query to the next. */
export class MemoryBookIndex implements BookIndex {
  readonly #shelf = new BookStore()
  readonly #isbns = new IsbnLookup(this.#shelf)
  readonly #facets = new FacetCounter(this.#shelf)
  readonly #text: TextIndex
  readonly #orders: ShelfOrders
  readonly #searcher: Searcher
  readonly #scopeFacets = new Map<number, Facets>()

  constructor(text = new TextIndex()) {
    this.#text = text
    this.#orders = new ShelfOrders(this.#shelf, text)
    this.#searcher = new Searcher(this.#shelf, text)
  }

  get size(): number {
    return this.#shelf.size
  }

  put(book: ListedBook): boolean {
    const slot = this.#shelf.slotOf(book.book_id)
    const old = slot < 0 ? undefined : this.#shelf.row(slot)
    if (old === undefined) {
      this.#add(book)
      return true
    }
    if (sameRow(old, book)) return false
    this.#orders.remove(slot)
    this.#isbns.remove(slot, old.isbn)
    if (old.title !== book.title || old.author !== book.author) {
      this.#text.remove(slot)
      this.#text.add(slot, book)
    }
    this.#shelf.replace(slot, book)
    this.#isbns.add(slot, book.isbn)
    this.#orders.insert(slot)
    this.#scopeFacets.clear()
    return true
  }

  remove(bookId: string): boolean {
    const slot = this.#shelf.slotOf(bookId)
    if (slot < 0) return false
    this.#orders.remove(slot)
    this.#isbns.remove(slot, this.#shelf.row(slot)?.isbn)
    this.#text.remove(slot)
    this.#shelf.remove(slot)
    this.#scopeFacets.clear()
    return true
  }

  get(bookId: string): ListedBook | undefined {
    const slot = this.#shelf.slotOf(bookId)
    return slot < 0 ? undefined : this.#shelf.row(slot)
  }

  getByIsbn(isbn: string): ListedBook | undefined {
    const rows = this.#isbns.exact(isbn).flatMap(slot => this.#shelf.row(slot) ?? [])
    return rows.sort((a, b) => (a.book_id < b.book_id ? -1 : 1))[0]
  }

  books(): IterableIterator<ListedBook> {
    return this.#shelf.books()
  }

  async categories(): Promise<readonly FacetValue[]> {
    return this.#wholeScope(wholeShelf).category
  }

  async browse(query: BrowseQuery): Promise<BrowseResult> {
    const filter = filterOf(query, this.#shelf)
    const q = query.q?.trim() ?? ''
    return q === '' ? this.#browseShelf(query, filter) : this.#browseMatches(query, filter, q)
  }

  async suggest(q: string, limit: number): Promise<readonly Suggestion[]> {
    if (q.trim() === '' || limit < 1) return []
    const byIsbn = this.#matchIsbn(q)
    const matches = byIsbn ?? this.#searcher.find(q)
    try {
      const best = this.#best(matches, matches.slots, Math.max(suggestFrom, limit))
      return suggestions(q, limit, best, matches, this.#shelf, this.#text)
    } finally {
      this.#searcher.done(matches)
    }
  }

  /** Everything that `fromSnapshot` needs to make the same index again, as it is at the call. */
  toSnapshot(): Promise<Uint8Array> {
    return packIndex(this.#shelf, this.#text)
  }

  /**
   * The index that a snapshot holds; undefined for bytes that are damaged, cut off or of another version. Whoever wants something
   * else meanwhile gets it.
   */
  static async fromSnapshot(bytes: Uint8Array): Promise<MemoryBookIndex | undefined> {
    try {
      const packed = unpackIndex(bytes)
      if (packed === undefined) return undefined
      const index = new MemoryBookIndex(packed.text)
      index.#shelf.restoreAuthors(packed.authors)
      for (const rows of packed.rows) {
        await nextTurn()
        index.#shelf.restoreRows(rows)
      }
      return index
    } catch {
      // The checksum was right, so these bytes were written by a program that lays an index out differently.
      return undefined
    }
  }

  #add(book: ListedBook): void {
    const slot = this.#shelf.add(book)
    this.#text.add(slot, book)
    this.#isbns.add(slot, book.isbn)
    this.#orders.insert(slot)
    this.#scopeFacets.clear()
  }

  #browseShelf(query: BrowseQuery, filter: Filter): BrowseResult {
    const plain =
      filter.authors === undefined &&
      query.min_price_cents === undefined &&
      query.max_price_cents === undefined &&
      filter.inStock === undefined
    if (plain) {
      const category = filter.category ?? wholeShelf
      const known = filter.category === undefined || filter.category >= 0
      const sorted = known ? this.#orders.sorted(query.sort, category) : new Uint32Array(0)
      const own = known ? this.#wholeScope(category) : this.#facets.count(sorted, filter).facets
      const facets = { ...own, category: this.#wholeScope(wholeShelf).category }
      return { ...this.#page(sorted, query), total: sorted.length, facets }
    }
    const { kept, facets } = this.#facets.count(this.#orders.sorted(query.sort, wholeShelf), filter)
    return { ...this.#page(kept, query), total: kept.length, facets }
  }

  #browseMatches(query: BrowseQuery, filter: Filter, q: string): BrowseResult {
    const { sort, offset, limit, after } = query
    const wanted = offset + limit + (after === undefined ? 0 : slippedPlaces)
    const matches = this.#matchIsbn(q) ?? this.#searcher.find(q)
    try {
      const { kept, facets } = this.#facets.count(matches.slots, filter)
      const first =
        sort === 'relevance'
          ? this.#best(matches, kept, wanted)
          : firstOf(kept, this.#orders.sorted(sort, wholeShelf), wanted)
      return { ...this.#page(first, query), total: kept.length, facets }
    } finally {
      this.#searcher.done(matches)
    }
  }

  /** The books whose ISBN was typed, whole or in part; undefined when nothing like an ISBN was typed. */
  #matchIsbn(q: string): Matches | undefined {
    const whole = this.#isbns.exact(q)
    const slots = whole.length > 0 ? whole : this.#isbns.beginningWith(q)
    return slots.length > 0 ? { slots: Uint32Array.from(slots), words: [] } : undefined
  }

  #best(matches: Matches, kept: Uint32Array, wanted: number): Uint32Array {
    if (matches.words.length > 0) return this.#searcher.best(matches, kept, wanted)
    return firstOf(kept, this.#orders.sorted('relevance', wholeShelf), wanted)
  }

  /** Facets of a category or of all books with no other filter, counted once between two changes. */
  #wholeScope(category: number): Facets {
    const known = this.#scopeFacets.get(category)
    if (known !== undefined) return known
    const noFilter = filterOf({}, this.#shelf)
    const { facets } = this.#facets.count(this.#orders.sorted('relevance', category), noFilter)
    this.#scopeFacets.set(category, facets)
    return facets
  }

  /** The page of these slots that the query asks for. */
  #page(slots: Uint32Array, { offset, after, limit }: BrowseQuery): Pick<BrowseResult, 'from' | 'items'> {
    const last = after === undefined ? -1 : slots.indexOf(this.#shelf.slotOf(after))
    const from = last < 0 ? offset : last + 1
    return { from, items: this.#rows(slots.subarray(from, from + limit)) }
  }

  #rows(slots: Uint32Array): ListedBook[] {
    const rows: ListedBook[] = []
    for (const slot of slots) {
      const row = this.#shelf.row(slot)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }
}
