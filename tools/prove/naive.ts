/** Naive implementations without transactions or conditions: each race must show their fault. */
import type { Item } from '#src/core/dynamo/write.ts'
import type { TestShop } from '../../test/kit.ts'

const KEY = { category: 'Technology', book_id: 'tech-001' }

/** Reads the stock, then writes the reduced stock (lost update). */
export const naiveSale = async ({ deps, names }: TestShop, quantity = 1): Promise<boolean> => {
  const book = await deps.books.get(KEY)
  if (!book || book.stock_quantity < quantity) return false
  await setStock({ deps, names }, book.stock_quantity - quantity)
  return true
}

/** Form that shows the stock and writes the absolute value back (lost update). */
export const naiveCount = async ({ deps, names }: TestShop, delta: number): Promise<void> => {
  const book = await deps.books.get(KEY)
  await setStock({ deps, names }, (book?.stock_quantity ?? 0) + delta)
}

const setStock = ({ deps, names }: Pick<TestShop, 'deps' | 'names'>, left: number): Promise<void> =>
  deps.db.write({
    action: 'Update',
    table: names.books,
    key: KEY,
    set: 'SET stock_quantity = :left',
    values: { ':left': left },
  })

/** Looks up the key, creates an order, then stores the key, in three separate steps. */
export const naiveOrder = async ({ deps, names }: TestShop, key: string): Promise<string> => {
  const record = { pk: `naive#${key}`, sk: 'checkout' }
  const known = await deps.db.get(names.control, record)
  if (known) return String(known.order_id)
  const order_id = crypto.randomUUID()
  const put = (table: string, item: Item) => deps.db.write({ action: 'Put', table, item })
  await put(names.orders, { user_id: `naive-${key}`, order_id, order_date: '2026-01-01' })
  await put(names.control, { ...record, order_id })
  return order_id
}

/** Returns the copies to stock, then marks the order as cancelled, in two separate steps. */
export const naiveCancel = async ({ deps, names }: TestShop, id: string, quantity: number): Promise<void> => {
  const key = { user_id: 'naive', order_id: id }
  const order = await deps.db.get(names.orders, key)
  if (order?.status === 'cancelled') return
  await deps.db.write({
    action: 'Update',
    table: names.books,
    key: KEY,
    set: 'SET stock_quantity = stock_quantity + :back',
    values: { ':back': quantity },
  })
  await deps.db.write({
    action: 'Put',
    table: names.orders,
    item: { ...key, order_date: '2026-01-01', status: 'cancelled' },
  })
}

/** Reads the cart, adds a line and writes it back: changes made in between are lost. */
export const naiveAdd = async ({ deps, names }: TestShop, cart: string, line: string): Promise<void> => {
  const key = { user_id: cart, cart_id: 'naive' }
  const lines = (await deps.db.get(names.carts, key))?.lines ?? []
  await deps.db.write({
    action: 'Put',
    table: names.carts,
    item: { ...key, lines: [...(lines as string[]), line] },
  })
}

/** Copies every book of a category to the other one, then deletes what was copied: sales `between` both are lost. */
export const naiveMove = async (
  { deps, names }: TestShop,
  from: string,
  to: string,
  between: () => Promise<unknown>,
): Promise<void> => {
  const { books } = await deps.books.getCategoryPage(from, 100)
  for (const { book_id } of books) {
    const item = await deps.books.getItem({ category: from, book_id })
    await between()
    await deps.db.write({ action: 'Put', table: names.books, item: { ...item, category: to } })
    await deps.db.write({ action: 'Delete', table: names.books, key: { category: from, book_id } })
  }
}
