/** The books table and the pointers beside it: the only file that knows their attributes, keys and indexes. */
import type { Dynamo, Key } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { gather } from '../core/gather.ts'
import { type Cents, toDecimal } from '../core/money.ts'
import type { TableNames } from '../tables.ts'
import { Book, PricedBook } from './schema.ts'

export type BookKey = { readonly category: string; readonly book_id: string }
/** A row that is no book: whoever put it there, `doctor` names it. */
export type BadRow = BookKey & { readonly problem: string }

/** So many pieces of a book at a price, in whole cents. */
export type StockLine = BookKey & { readonly quantity: number; readonly price: Cents }

export type BookTable = ReturnType<typeof bookTable>

/** An item as a book, or what keeps it from being one. */
export const readBook = (item: Item): Book | BadRow => {
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

const toItem = ({ price, ...rest }: Book): Item => ({ ...rest, price: toDecimal(price) })

const notFound = (bookId: string) => new ShopError('book_not_found', `There is no book ${bookId}.`)
export const changedMeanwhile = (bookId: string) =>
  new ShopError(
    'book_changed',
    `Somebody else changed ${bookId} at the same time. Read it again and repeat your change.`,
  )

const tooFew = (bookId: string, old: Item) =>
  new ShopError('stock_would_be_negative', `${bookId} has only ${String(old.stock_quantity)} in stock.`)

/** Attributes that an edit sets; undefined ones are removed from the item. Never the key, never the stock. */
export type BookEdit = Partial<Omit<Book, 'category' | 'book_id' | 'stock_quantity' | 'created_at'>>

export type EditConditions = {
  /** The `updated_at` that the editor saw. */
  readonly seen?: string | undefined
  /** Moves the stock by a number, or to a counted number if it is still what was seen. */
  readonly stock?: { readonly delta: number } | { readonly to: number; readonly seen: number } | undefined
}

/** A whole megabyte of rows, as a scan gives them unasked, would hold everybody else up for a quarter of a second. */
const ROWS_AT_ONCE = 250

const PRICED = Object.keys(PricedBook.shape)

/** No id has a blank. */
const nameOf = ({ category, book_id }: BookKey): string => `${book_id} ${category}`

export const bookTable = (db: Dynamo, names: TableNames) => {
  const table = names.books
  const pointerKey = (bookId: string) => ({ pk: `book#${bookId}`, sk: 'pointer' })

  const get = async (key: BookKey): Promise<Book | undefined> => {
    const item = await db.get(table, { category: key.category, book_id: key.book_id })
    const row = item && readBook(item)
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
        .map(readBook)
        .filter(isBook)
        .map(book => [book.book_id, book]),
    )
  }

  const readPriced = gather(nameOf, async (keys: readonly BookKey[]) => {
    const items = await db.batchGet(
      table,
      keys.map(({ category, book_id }) => ({ category, book_id })),
      PRICED,
    )
    return new Map(
      items.flatMap(item => {
        const { data: book } = PricedBook.safeParse(item)
        return book ? [[nameOf(book), book]] : []
      }),
    )
  })

  /**
   * As `getMany`, only what a cart needs: a book with all its words costs four times as much to read. Carts that are read at
   * the same time are one call.
   */
  const getPriced = async (keys: readonly BookKey[]): Promise<Map<string, PricedBook>> =>
    new Map((await readPriced(keys)).map(book => [book.book_id, book]))

  /** Books of a category by id, for when there is no index. `after` is the last book id of the page before. */
  const inCategory = async (category: string, limit: number, after?: string) => {
    const page = await db.query({
      table,
      where: 'category = :category',
      values: { ':category': category },
      limit,
      ...(after === undefined ? {} : { after: { category, book_id: after } }),
    })
    return { books: page.items.map(readBook).filter(isBook), next: page.next?.book_id }
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
    return (await db.query(query)).items.map(readBook).filter(isBook)
  }

  /** Every row, a page at a time. */
  async function* rows(): AsyncGenerator<readonly (Book | BadRow)[]> {
    for await (const items of db.scan(table, { pageSize: ROWS_AT_ONCE })) yield items.map(readBook)
  }

  /** Whether no row is there at all. */
  const isEmpty = async (): Promise<boolean> => {
    for await (const items of db.scan(table, { pageSize: 1 })) if (items.length > 0) return false
    return true
  }

  /** The categories of these books, from their pointers. */
  const categoriesOf = async (bookIds: readonly string[]): Promise<Map<string, string>> => {
    const items = await db.batchGet(names.control, bookIds.map(pointerKey))
    return new Map(items.map(item => [String(item.pk).slice('book#'.length), String(item.category)]))
  }

  /** Every pointer, a page at a time: where each id is said to lie. */
  async function* pointers(): AsyncGenerator<readonly BookKey[]> {
    for await (const items of db.scan(names.control))
      yield items
        .filter(item => item.sk === 'pointer' && String(item.pk).startsWith('book#'))
        .map(item => ({ category: String(item.category), book_id: String(item.pk).slice('book#'.length) }))
  }

  const pointTo = (key: BookKey): Item => ({ ...pointerKey(key.book_id), category: key.category })

  /** Makes the pointer of a book, in the place of none, or of one that names the `wrong` category. */
  const makePointer = (key: BookKey, wrong?: string): Write => ({
    action: 'Put',
    table: names.control,
    item: pointTo(key),
    ...(wrong === undefined
      ? { condition: 'attribute_not_exists(pk)' }
      : { condition: 'category = :wrong', values: { ':wrong': wrong } }),
  })

  const nothingAt = ({ category, book_id }: BookKey): Write => ({
    action: 'ConditionCheck',
    table,
    key: { category, book_id },
    condition: 'attribute_not_exists(book_id)',
  })

  /** Takes away a pointer to a place where there is no book. */
  const dropPointer = (key: BookKey): Write[] => [
    nothingAt(key),
    {
      action: 'Delete',
      table: names.control,
      key: pointerKey(key.book_id),
      condition: 'category = :category',
      values: { ':category': key.category },
    },
  ]

  /**
   * A new book and its pointer: the id is taken once over all categories. `stale` is where a pointer leads to nothing, which
   * then makes way.
   */
  const create = (book: Book, stale?: string): Write[] => {
    const refused = () => new ShopError('book_exists', `There is already a book ${book.book_id}.`)
    const old = { category: stale ?? book.category, book_id: book.book_id }
    return [
      { ...makePointer(book, stale), refused },
      ...(old.category === book.category ? [] : [{ ...nothingAt(old), refused }]),
      { action: 'Put', table, item: toItem(book), condition: 'attribute_not_exists(book_id)', refused },
    ]
  }

  /** Sets attributes and moves the stock, in one write; with `seen`, only if nobody has edited the book since. */
  const edit = (key: BookKey, changes: BookEdit, { seen, stock }: EditConditions = {}): Write => {
    const entries = Object.entries(changes)
    const set = entries.filter(([, value]) => value !== undefined)
    const remove = entries.filter(([, value]) => value === undefined)
    const sets = set.map(([name]) => `#${name} = :${name}`)
    // A row that others wrote may have no time: then nobody has edited it here.
    const unedited = '(updated_at = :seen_updated_at OR attribute_not_exists(updated_at))'
    const conditions = ['attribute_exists(book_id)', ...(seen === undefined ? [] : [unedited])]
    const values: Record<string, unknown> = Object.fromEntries(
      set.map(([name, value]) => [`:${name}`, name === 'price' ? toDecimal(value as Cents) : value]),
    )
    if (seen !== undefined) values[':seen_updated_at'] = seen
    if (stock && 'delta' in stock) {
      sets.push('stock_quantity = stock_quantity + :delta')
      conditions.push('stock_quantity >= :needed')
      values[':delta'] = stock.delta
      values[':needed'] = Math.max(0, -stock.delta)
    } else if (stock) {
      sets.push('stock_quantity = :stock')
      conditions.push('stock_quantity = :seen_stock')
      values[':stock'] = stock.to
      values[':seen_stock'] = stock.seen
    }
    const refused = (old: Item | undefined): ShopError => {
      if (!old) return notFound(key.book_id)
      if (stock && 'delta' in stock && Number(old.stock_quantity) < -stock.delta)
        return tooFew(key.book_id, old)
      return changedMeanwhile(key.book_id)
    }
    return {
      action: 'Update',
      table,
      key: { category: key.category, book_id: key.book_id },
      set: [
        sets.length > 0 ? `SET ${sets.join(', ')}` : '',
        remove.length > 0 ? `REMOVE ${remove.map(([name]) => `#${name}`).join(', ')}` : '',
      ].join(' '),
      condition: conditions.join(' AND '),
      ...(entries.length > 0
        ? { names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])) }
        : {}),
      values,
      refused,
    }
  }

  /** Moves a book to another category, whole, with its pointer. `item` is what the table holds, `book` what it becomes. */
  const move = (item: Item, book: Book): Write[] => [
    {
      action: 'Delete',
      table,
      key: { category: item.category, book_id: item.book_id },
      condition: `stock_quantity = :stock AND ${item.updated_at === undefined ? 'attribute_not_exists(updated_at)' : 'updated_at = :updated_at'}`,
      values: { ':updated_at': item.updated_at, ':stock': item.stock_quantity },
      refused: old => (old ? changedMeanwhile(book.book_id) : notFound(book.book_id)),
    },
    {
      action: 'Put',
      table,
      item: { ...item, ...toItem(book) },
      condition: 'attribute_not_exists(book_id)',
      refused: () =>
        new ShopError('book_exists', `There is already a book ${book.book_id} in ${book.category}.`),
    },
    { action: 'Put', table: names.control, item: pointTo(book) },
  ]

  const remove = (key: BookKey): Write[] => [
    {
      action: 'Delete',
      table,
      key: { category: key.category, book_id: key.book_id },
      condition: 'attribute_exists(book_id)',
      refused: () => notFound(key.book_id),
    },
    { action: 'Delete', table: names.control, key: pointerKey(key.book_id) },
  ]

  /** Sells: the pieces leave the stock only at the price that was agreed, and only if there are enough. */
  const takeStock = ({ category, book_id, quantity, price }: StockLine): Write => ({
    action: 'Update',
    table,
    key: { category, book_id },
    set: 'SET stock_quantity = stock_quantity - :quantity',
    condition:
      'attribute_exists(book_id) AND price = :price AND stock_quantity >= :quantity AND (attribute_not_exists(#status) OR #status = :active)',
    names: { '#status': 'status' },
    values: { ':quantity': quantity, ':price': toDecimal(price), ':active': 'active' },
  })

  /** Gives cancelled pieces back to a book that is still there. */
  const giveBack = (key: BookKey, quantity: number): Write => ({
    action: 'Update',
    table,
    key: { category: key.category, book_id: key.book_id },
    set: 'SET stock_quantity = stock_quantity + :quantity',
    condition: 'attribute_exists(book_id)',
    values: { ':quantity': quantity },
  })

  /** The item as it lies in the table, unknown attributes and all. */
  const getItem = ({ category, book_id }: BookKey): Promise<Item | undefined> =>
    db.get(table, { category, book_id } as Key)

  return {
    get,
    getItem,
    getMany,
    getPriced,
    inCategory,
    withTitle,
    rows,
    isEmpty,
    categoriesOf,
    pointers,
    makePointer,
    dropPointer,
    create,
    edit,
    move,
    remove,
    takeStock,
    giveBack,
  }
}
