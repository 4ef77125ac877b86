/** The books table and the pointers beside it. With `table-writes.ts` the only file that knows their attributes, keys and indexes. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { BatchRead } from '../core/dynamo/batch-get.ts'
import type { Dynamo, Key } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'
import { Book, PricedBook } from './schema.ts'
import { bookWrites } from './table-writes.ts'

export type BookKey = { readonly category: string; readonly book_id: string }
/** A row that is no book: whoever put it there, `doctor` names it. */
export type BadRow = BookKey & { readonly problem: string }

/** The books of these keys that exist and parse, by book id. */
export type ReadPriced = (keys: readonly BookKey[]) => Promise<Map<string, PricedBook>>
/** Books as they were read, each under its own key: see `parsePriced`. */
export type PricedByKey = ReadonlyMap<string, PricedBook>

export type BookTable = ReturnType<typeof createBookTable>

/** An item as a book, or what keeps it from being one. */
export const parseBook = (item: Item): Book | BadRow => {
  const parsed = Book.safeParse(item)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return {
    category: String(item.category),
    book_id: String(item.book_id),
    problem: `${issue?.path.join('.') || 'item'}: ${issue?.message ?? 'is no book'}`,
  }
}

export const isBook = (row: Book | BadRow): row is Book => !('problem' in row)

/** A whole megabyte of rows, as a scan gives them unasked, would hold everybody else up for a quarter of a second. */
const ROWS_AT_ONCE = 250

const PRICED = Object.keys(PricedBook.shape)

/** No id has a blank. */
const nameOf = ({ category, book_id }: BookKey): string => `${book_id} ${category}`

export const createBookTable = (db: Dynamo, names: TableNames) => {
  const table = names.books

  const get = async (key: BookKey): Promise<Book | undefined> => {
    const item = await db.get(table, { category: key.category, book_id: key.book_id })
    const row = item && parseBook(item)
    return row && isBook(row) ? row : undefined
  }

  /** The books of these keys that exist and parse, by book id. Each key once. */
  const getMany = async (keys: readonly BookKey[]): Promise<Map<string, Book>> => {
    const items = await db.batchGet(
      table,
      keys.map(({ category, book_id }) => ({ category, book_id })),
    )
    return new Map(
      items
        .map(parseBook)
        .filter(isBook)
        .map(book => [book.book_id, book]),
    )
  }

  /** The question for what a cart needs of these books: all their words cost four times as much to read. */
  const pricedRead = (keys: readonly BookKey[]): BatchRead => ({
    table,
    keys: keys.map(({ category, book_id }) => ({ category, book_id })),
    attributes: PRICED,
  })

  /** The books that parse of what `askPriced` is answered. */
  const parsePriced = (items: readonly Item[]): PricedByKey => {
    const books = new Map<string, PricedBook>()
    for (const item of items) {
      const { data: book } = PricedBook.safeParse(item)
      if (book) books.set(nameOf(book), book)
    }
    return books
  }

  /** As `getMany`, only what a cart needs. */
  const getPriced = async (keys: readonly BookKey[]): Promise<Map<string, PricedBook>> => {
    const priced = parsePriced((await db.batchGetAll([pricedRead(keys)]))(table))
    return new Map([...priced.values()].map(book => [book.book_id, book]))
  }

  /** Books of a category by id, for when there is no index. `after` is the last book id of the page before. */
  const inCategory = async (category: string, limit: number, after?: string) => {
    const page = await db.query({
      table,
      where: 'category = :category',
      values: { ':category': category },
      limit,
      ...(after === undefined ? {} : { after: { category, book_id: after } }),
    })
    return { books: page.items.map(parseBook).filter(isBook), next: page.next?.book_id }
  }

  /** Books with exactly this title, through TitleSearchIndex. */
  const withTitle = async (title: string): Promise<Book[]> => {
    const query = {
      table,
      index: 'TitleSearchIndex',
      where: 'title = :title',
      values: { ':title': title },
      limit: 50,
    }
    return (await db.query(query)).items.map(parseBook).filter(isBook)
  }

  /** Every row, a page at a time. */
  async function* rows(): AsyncGenerator<readonly (Book | BadRow)[]> {
    for await (const items of db.scan(table, { pageSize: ROWS_AT_ONCE })) yield items.map(parseBook)
  }

  /** Whether no row is there at all. */
  const isEmpty = async (): Promise<boolean> => {
    for await (const items of db.scan(table, { pageSize: 1 })) if (items.length > 0) return false
    return true
  }

  /** The categories of these books, from their pointers. */
  const categoriesOf = async (bookIds: readonly string[]): Promise<Map<string, string>> => {
    const items = await db.batchGet(names.control, bookIds.map(CONTROL_ROWS.bookPointer.key))
    return new Map(items.map(item => [CONTROL_ROWS.bookPointer.idOf(item.pk), String(item.category)]))
  }

  /** Every pointer, a page at a time: where each id is said to lie. */
  async function* pointers(): AsyncGenerator<readonly BookKey[]> {
    for await (const items of db.scan(names.control))
      yield items
        .filter(CONTROL_ROWS.bookPointer.matches)
        .map(item => ({ category: String(item.category), book_id: CONTROL_ROWS.bookPointer.idOf(item.pk) }))
  }

  /** The item as it lies in the table, unknown attributes and all. */
  const getItem = ({ category, book_id }: BookKey): Promise<Item | undefined> =>
    db.get(table, { category, book_id } as Key)

  return {
    get,
    getItem,
    getMany,
    nameOf,
    pricedRead,
    parsePriced,
    getPriced,
    inCategory,
    withTitle,
    rows,
    isEmpty,
    categoriesOf,
    pointers,
    ...bookWrites(names),
  }
}
