/** What is written to the books table and its pointers, as values: a service sends several at once. Each says what its failed condition means. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { type Cents, toDecimal } from '../core/money.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { Book } from './schema.ts'
import type { BookKey } from './table.ts'

/** So many pieces of a book at a price, in whole cents. */
export type StockLine = BookKey & { readonly quantity: number; readonly price: Cents }

/** Attributes that an edit sets; undefined ones are removed from the item. Never the key, never the stock. */
export type BookEdit = Partial<Omit<Book, 'category' | 'book_id' | 'stock_quantity' | 'created_at'>>

export type EditConditions = {
  /** The `updated_at` that the editor saw. */
  readonly seen?: string | undefined
  /** Moves the stock by a number, or to a counted number if it is still what was seen. */
  readonly stock?: { readonly delta: number } | { readonly to: number; readonly seen: number } | undefined
}

const toItem = ({ price, ...rest }: Book): Item => ({ ...rest, price: toDecimal(price) })

const notFound = (bookId: string) => new ShopError('book_not_found', `There is no book ${bookId}.`)
export const changedMeanwhile = (bookId: string) =>
  new ShopError(
    'book_changed',
    `Somebody else changed ${bookId} at the same time. Read it again and repeat your change.`,
  )

const tooFew = (bookId: string, old: Item) =>
  new ShopError('stock_would_be_negative', `${bookId} has only ${String(old.stock_quantity)} in stock.`)

export const bookWrites = (names: TableNames) => {
  const table = names.books

  const pointTo = (key: BookKey): Item => ({
    ...CONTROL_ROWS.bookPointer.key(key.book_id),
    category: key.category,
  })

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
      key: CONTROL_ROWS.bookPointer.key(key.book_id),
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
    { action: 'Delete', table: names.control, key: CONTROL_ROWS.bookPointer.key(key.book_id) },
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

  return { makePointer, dropPointer, create, edit, move, remove, takeStock, giveBack }
}
