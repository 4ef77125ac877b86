/** Writes to the books table and its pointers, as values that a service combines; each says what its failed condition means. */

import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Currency } from '../core/currency.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { type MinorUnits, toDecimal } from '../core/money.ts'
import { truncate } from '../core/truncate.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { Book } from './schema.ts'
import type { BookKey } from './table.ts'

/** A number of copies of a book at a price in minor units. */
export type StockLine = BookKey & { readonly quantity: number; readonly price: MinorUnits }

/** Attributes that an edit sets; undefined ones are removed from the item. Never the key, never the stock. */
export type BookEdit = Partial<Omit<Book, 'category' | 'book_id' | 'stock_quantity' | 'created_at'>>

export type EditConditions = {
  /** The `updated_at` that the editor saw. */
  readonly seen?: string | undefined
  /** Moves the stock by a number, or sets it to a counted number if it is still what was seen. */
  readonly stock?: { readonly delta: number } | { readonly to: number; readonly seen: number } | undefined
}

export type BookWrites = {
  /** Creates the pointer of a book, in the place of none, or of one that leads to the `wrong` category. */
  readonly makePointer: (key: BookKey, wrong?: string) => Write
  /** Deletes a pointer that leads to a key without a book. */
  readonly dropPointer: (key: BookKey) => Write[]
  /**
   * A new book and its pointer, so that an id is unique over all categories. `stale` is the category that a pointer without a
   * book leads to, which is then replaced.
   */
  readonly create: (book: Book, stale?: string) => Write[]
  /** Sets attributes and moves the stock, in one write; with `seen`, only if the book has not been edited since. */
  readonly edit: (key: BookKey, changes: BookEdit, conditions?: EditConditions) => Write
  /** Moves a book to another category, whole, with its pointer. `item` is what the table holds, `book` what it becomes. */
  readonly move: (item: Item, book: Book) => Write[]
  readonly remove: (key: BookKey) => Write[]
  /** Sells copies: only at the agreed price, and only if there are enough. */
  readonly takeStock: (line: StockLine) => Write
  /** Takes copies whatever the price is now: they are paid already. Fails where there are too few. */
  readonly takePaidStock: (key: BookKey, quantity: number) => Write
  /** Returns cancelled copies to a book that still exists. */
  readonly returnStock: (key: BookKey, quantity: number) => Write
}

/** `id` is what the client sent, so it may be long. */
export const bookNotFound = (id: string): ShopError =>
  new ShopError('book_not_found', `There is no book ${truncate(id, 60)}.`)

const exists = (bookId: string, where = '') =>
  new ShopError('book_exists', `There is already a book ${bookId}${where}.`)

const changedConcurrently = (bookId: string) =>
  new ShopError(
    'book_changed',
    `Book ${bookId} was changed at the same time. Read it again and repeat your change.`,
  )

export const stockWouldBeNegative = (bookId: string, stock: unknown): ShopError =>
  new ShopError('stock_would_be_negative', `Book ${bookId} has only ${String(stock)} in stock.`)

const pointerKey = CONTROL_ROWS.bookPointer.key

const pointerTo = (key: BookKey): Item => ({ ...pointerKey(key.book_id), category: key.category })

type Update = {
  readonly set: string[]
  readonly conditions: string[]
  readonly values: Record<string, unknown>
}

/** What an edit says about the stock. */
const stockUpdate = (stock: EditConditions['stock']): Update => {
  if (stock === undefined) return { set: [], conditions: [], values: {} }
  if ('delta' in stock)
    return {
      set: ['stock_quantity = stock_quantity + :delta'],
      conditions: ['stock_quantity >= :needed'],
      values: { ':delta': stock.delta, ':needed': Math.max(0, -stock.delta) },
    }
  return {
    set: ['stock_quantity = :stock'],
    conditions: ['stock_quantity = :seen_stock'],
    values: { ':stock': stock.to, ':seen_stock': stock.seen },
  }
}

/** An item of a foreign client may have no `updated_at`: it has not been edited here either. */
const UNEDITED = '(updated_at = :seen_updated_at OR attribute_not_exists(updated_at))'

const editWrite = (
  { table, currency }: { readonly table: string; readonly currency: Currency },
  key: BookKey,
  changes: BookEdit,
  { seen, stock }: EditConditions = {},
): Write => {
  const entries = Object.entries(changes)
  const given = entries.filter(([, value]) => value !== undefined)
  const removed = entries.filter(([, value]) => value === undefined)
  const stockPart = stockUpdate(stock)
  const set = [...given.map(([name]) => `#${name} = :${name}`), ...stockPart.set]
  const conditions = [
    'attribute_exists(book_id)',
    ...(seen === undefined ? [] : [UNEDITED]),
    ...stockPart.conditions,
  ]
  const givenValues = Object.fromEntries(
    given.map(([name, value]) => [
      `:${name}`,
      name === 'price' ? toDecimal(value as MinorUnits, currency) : value,
    ]),
  )
  return {
    action: 'Update',
    table,
    key: { category: key.category, book_id: key.book_id },
    set: [
      set.length > 0 ? `SET ${set.join(', ')}` : '',
      removed.length > 0 ? `REMOVE ${removed.map(([name]) => `#${name}`).join(', ')}` : '',
    ].join(' '),
    condition: conditions.join(' AND '),
    ...(entries.length > 0 ? { names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])) } : {}),
    values: {
      ...givenValues,
      ...(seen === undefined ? {} : { ':seen_updated_at': seen }),
      ...stockPart.values,
    },
    refused: old => {
      if (!old) return bookNotFound(key.book_id)
      const isShort = stock && 'delta' in stock && Number(old.stock_quantity) < -stock.delta
      return isShort
        ? stockWouldBeNegative(key.book_id, old.stock_quantity)
        : changedConcurrently(key.book_id)
    },
  }
}

export const createBookWrites = (names: TableNames, currency: Currency): BookWrites => {
  const table = names.books
  const toItem = ({ price, ...rest }: Book): Item => ({ ...rest, price: toDecimal(price, currency) })

  const makePointer: BookWrites['makePointer'] = (key, wrong) => ({
    action: 'Put',
    table: names.control,
    item: pointerTo(key),
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

  return {
    makePointer,
    dropPointer: key => [
      nothingAt(key),
      {
        action: 'Delete',
        table: names.control,
        key: pointerKey(key.book_id),
        condition: 'category = :category',
        values: { ':category': key.category },
      },
    ],
    create: (book, stale) => {
      const refused = () => exists(book.book_id)
      const old = { category: stale ?? book.category, book_id: book.book_id }
      return [
        { ...makePointer(book, stale), refused },
        ...(old.category === book.category ? [] : [{ ...nothingAt(old), refused }]),
        { action: 'Put', table, item: toItem(book), condition: 'attribute_not_exists(book_id)', refused },
      ]
    },
    edit: (key, changes, conditions) => editWrite({ table, currency }, key, changes, conditions),
    move: (item, book) => [
      {
        action: 'Delete',
        table,
        key: { category: item.category, book_id: item.book_id },
        condition: `stock_quantity = :stock AND ${item.updated_at === undefined ? 'attribute_not_exists(updated_at)' : 'updated_at = :updated_at'}`,
        values: { ':updated_at': item.updated_at, ':stock': item.stock_quantity },
        refused: old => (old ? changedConcurrently(book.book_id) : bookNotFound(book.book_id)),
      },
      {
        action: 'Put',
        table,
        item: { ...item, ...toItem(book) },
        condition: 'attribute_not_exists(book_id)',
        refused: () => exists(book.book_id, ` in ${book.category}`),
      },
      { action: 'Put', table: names.control, item: pointerTo(book) },
    ],
    remove: key => [
      {
        action: 'Delete',
        table,
        key: { category: key.category, book_id: key.book_id },
        condition: 'attribute_exists(book_id)',
        refused: () => bookNotFound(key.book_id),
      },
      { action: 'Delete', table: names.control, key: pointerKey(key.book_id) },
    ],
    takeStock: ({ category, book_id, quantity, price }) => ({
      action: 'Update',
      table,
      key: { category, book_id },
      set: 'SET stock_quantity = stock_quantity - :quantity',
      condition:
        'attribute_exists(book_id) AND price = :price AND stock_quantity >= :quantity AND (attribute_not_exists(#status) OR #status = :active)',
      names: { '#status': 'status' },
      values: { ':quantity': quantity, ':price': toDecimal(price, currency), ':active': 'active' },
    }),
    takePaidStock: (key, quantity) => ({
      action: 'Update',
      table,
      key: { category: key.category, book_id: key.book_id },
      set: 'SET stock_quantity = stock_quantity - :quantity',
      condition: 'attribute_exists(book_id) AND stock_quantity >= :quantity',
      values: { ':quantity': quantity },
    }),
    returnStock: (key, quantity) => ({
      action: 'Update',
      table,
      key: { category: key.category, book_id: key.book_id },
      set: 'SET stock_quantity = stock_quantity + :quantity',
      condition: 'attribute_exists(book_id)',
      values: { ':quantity': quantity },
    }),
  }
}
