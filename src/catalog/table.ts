/** Books table and pointers: with `table-writes.ts` the only file that knows their attributes, keys and indexes. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Currency } from '../core/currency.ts'
import type { BatchRead } from '../core/dynamo/batch-get.ts'
import type { Item } from '../core/dynamo/write.ts'
import { fromDecimal } from '../core/money.ts'
import { firstProblem } from '../core/unreadable-rows.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import { type Book, type PricedBook, StoredBook, StoredPricedBook } from './schema.ts'
import { type BookWrites, createBookWrites } from './table-writes.ts'

export type BookKey = { readonly category: string; readonly book_id: string }
/** An item that is not a valid book, as a foreign client may write it: `doctor` lists them. */
export type BadRow = BookKey & { readonly problem: string }

/** Reads the books of these keys that exist and are valid, by book id. */
export type ReadPriced = (keys: readonly BookKey[]) => Promise<Map<string, PricedBook>>
/** Books by the text of their keys (`keyText`), as `parsePriced` returns them. */
export type PricedByKey = ReadonlyMap<string, PricedBook>

export type BookTable = BookWrites & {
  readonly get: (key: BookKey) => Promise<Book | undefined>
  /** An item as a book; one that is none is reported. */
  readonly parse: (item: Item) => Book | BadRow
  /** The item as stored, with attributes that we do not know. */
  readonly getItem: (key: BookKey) => Promise<Item | undefined>
  /** The books of these keys that exist and are valid, by book id. The keys must be distinct. */
  readonly getMany: (keys: readonly BookKey[]) => Promise<Map<string, Book>>
  /** Projection read by carts: the whole items cost four times as much. */
  readonly pricedRead: (keys: readonly BookKey[]) => BatchRead
  /** The valid books among the items that `pricedRead` returned. */
  readonly parsePriced: (items: readonly Item[]) => PricedByKey
  /** As `getMany`, only the attributes that carts and checkout need. */
  readonly getPriced: ReadPriced
  /** A page of a category's books by id, for when there is no index. `after` is the last book id of the previous page. */
  readonly getCategoryPage: (category: string, limit: number, after?: string) => Promise<CategoryPage>
  /** Books with exactly this title, at most 50, for when there is no index. */
  readonly getByTitle: (title: string) => Promise<Book[]>
  /** Every row, a page at a time. */
  readonly rows: () => AsyncGenerator<readonly (Book | BadRow)[]>
  /** Whether the table has no row at all. */
  readonly isEmpty: () => Promise<boolean>
  /** The categories of these books, from their pointers, by book id. */
  readonly categoriesOf: (bookIds: readonly string[]) => Promise<Map<string, string>>
  /** Every pointer, a page at a time: the key that it leads to. */
  readonly pointers: () => AsyncGenerator<readonly BookKey[]>
}

/** `next` is the `after` of the next page; undefined after the last one. */
export type CategoryPage = { readonly books: readonly Book[]; readonly next: string | undefined }

/** An item as a book, its price in minor units of the currency; or what is wrong with it. */
export const parseBook = (item: Item, currency: Currency): Book | BadRow => {
  const parsed = StoredBook.safeParse(item)
  if (parsed.success) return { ...parsed.data, price: fromDecimal(parsed.data.price, currency) }
  return {
    category: String(item.category),
    book_id: String(item.book_id),
    problem: firstProblem(parsed.error),
  }
}

export const isBook = (row: Book | BadRow): row is Book => !('problem' in row)

/** A key as one text. Ids contain no spaces, so a space separates the two parts. */
export const keyText = ({ category, book_id }: BookKey): string => `${book_id} ${category}`

/** Page size of a scan: a full megabyte of rows would block other requests for a quarter of a second. */
const ROWS_PER_PAGE = 250

const POINTER = CONTROL_ROWS.bookPointer

const PRICED_ATTRIBUTES = Object.keys(StoredPricedBook.shape)

const tableKey = ({ category, book_id }: BookKey) => ({ category, book_id })

export const createBookTable = ({ db, names, currency, unreadable }: TableDeps): BookTable => {
  const table = names.books

  const parse = (item: Item): Book | BadRow => {
    const row = parseBook(item, currency)
    if (!isBook(row)) unreadable.report({ kind: 'book', id: row.book_id }, row.problem)
    return row
  }

  const getItem: BookTable['getItem'] = key => db.get(table, tableKey(key))

  const pricedRead: BookTable['pricedRead'] = keys => ({
    table,
    keys: keys.map(tableKey),
    attributes: PRICED_ATTRIBUTES,
  })

  const parsePriced: BookTable['parsePriced'] = items => {
    const books = new Map<string, PricedBook>()
    for (const item of items) {
      const row = { kind: 'book', id: String(item.book_id) }
      const book = unreadable.read(StoredPricedBook, item, row)
      if (book) books.set(keyText(book), { ...book, price: fromDecimal(book.price, currency) })
    }
    return books
  }

  return {
    ...createBookWrites(names, currency),
    parse,
    get: async key => {
      const item = await getItem(key)
      const row = item && parse(item)
      return row && isBook(row) ? row : undefined
    },
    getItem,
    getMany: async keys => {
      const items = await db.batchGet(table, keys.map(tableKey))
      const books = items.map(parse).filter(isBook)
      return new Map(books.map(book => [book.book_id, book]))
    },
    pricedRead,
    parsePriced,
    getPriced: async keys => {
      const priced = parsePriced((await db.batchGetAll([pricedRead(keys)]))(table))
      return new Map([...priced.values()].map(book => [book.book_id, book]))
    },
    getCategoryPage: async (category, limit, after) => {
      const page = await db.query({
        table,
        where: 'category = :category',
        values: { ':category': category },
        limit,
        ...(after === undefined ? {} : { after: { category, book_id: after } }),
      })
      return { books: page.items.map(parse).filter(isBook), next: page.next?.book_id }
    },
    getByTitle: async title => {
      const page = await db.query({
        table,
        index: 'TitleSearchIndex',
        where: 'title = :title',
        values: { ':title': title },
        limit: 50,
      })
      return page.items.map(parse).filter(isBook)
    },
    async *rows() {
      for await (const items of db.scan(table, { pageSize: ROWS_PER_PAGE })) yield items.map(parse)
    },
    isEmpty: async () => {
      for await (const items of db.scan(table, { pageSize: 1 })) if (items.length > 0) return false
      return true
    },
    categoriesOf: async bookIds => {
      const items = await db.batchGet(names.control, bookIds.map(POINTER.key))
      return new Map(items.map(item => [POINTER.idOf(item.pk), String(item.category)]))
    },
    async *pointers() {
      for await (const items of db.scan(names.control))
        yield items
          .filter(POINTER.matches)
          .map(item => ({ category: String(item.category), book_id: POINTER.idOf(item.pk) }))
    },
  }
}
