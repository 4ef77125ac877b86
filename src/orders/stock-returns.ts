/** Return of copies to stock, of an order that is canceled or a checkout that ends without one. */
import type { BookKey } from '../catalog/table.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { OrderDeps } from './deps.ts'
import type { Order } from './schema.ts'

export type StockReturn = { readonly key: BookKey; readonly write: Write }

/**
 * Writes that return these copies to stock. A book that was moved is found through its pointer; a book is left out
 * where it was not found under its key before (`missing`).
 */
export const stockReturns = async (
  deps: Pick<OrderDeps, 'books'>,
  { items }: Pick<Order, 'items'>,
  missing: readonly BookKey[],
): Promise<StockReturn[]> => {
  const quantities = new Map<string, number>()
  for (const { book_id, quantity } of items)
    quantities.set(book_id, (quantities.get(book_id) ?? 0) + quantity)
  const categories = await deps.books.categoriesOf([...quantities.keys()])
  return [...quantities].flatMap(([book_id, quantity]) => {
    const category = categories.get(book_id) ?? items.find(line => line.book_id === book_id)?.category
    const isMissing = missing.some(key => key.book_id === book_id && key.category === category)
    if (category === undefined || isMissing) return []
    const key = { category, book_id }
    return [{ key, write: deps.books.returnStock(key, quantity) }]
  })
}

/** These lines without copies that are in stock again. */
export const withoutCopies = (
  lines: Order['items'],
  copies: readonly { readonly book_id: string; readonly quantity: number }[],
): Order['items'] => {
  const gone = new Map<string, number>()
  for (const { book_id, quantity } of copies) gone.set(book_id, (gone.get(book_id) ?? 0) + quantity)
  return lines.flatMap(line => {
    const here = Math.min(line.quantity, gone.get(line.book_id) ?? 0)
    gone.set(line.book_id, (gone.get(line.book_id) ?? 0) - here)
    return here === line.quantity ? [] : [{ ...line, quantity: line.quantity - here }]
  })
}
