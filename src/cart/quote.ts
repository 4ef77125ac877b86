/** Quote of a cart: its lines at today's prices and stock, what it costs, and what changed since the lines were added. */
import { isForSale } from '../catalog/find.ts'
import type { PricedBook } from '../catalog/schema.ts'
import type { Currency } from '../core/currency.ts'
import { sha256 } from '../core/ids.ts'
import { type MinorUnits, multiply, toDecimal } from '../core/money.ts'
import { toCartAmountFields } from './amount-fields.ts'
import { calculateAmounts, type PriceRules } from './pricing.ts'
import type { Cart, CartLine, CartView } from './schema.ts'

/** A line at today's price. `available` copies are in stock, fewer than `quantity` where the line is short. */
export type QuotedLine = CartLine & {
  readonly author: string | undefined
  /** The price when the line was added. */
  readonly previous: MinorUnits
  readonly available: number
}

/** Each line at today's price, title and category. A deleted or retired book keeps those of its line, with none available. */
export const quoteLines = (
  lines: readonly CartLine[],
  books: ReadonlyMap<string, PricedBook>,
): QuotedLine[] =>
  lines.map(line => {
    const book = books.get(line.book_id)
    if (!book || !isForSale(book)) return { ...line, author: undefined, previous: line.price, available: 0 }
    const { category, title, author, price, stock_quantity } = book
    return { ...line, category, title, author, price, previous: line.price, available: stock_quantity }
  })

/** The books with these copies more in stock, by book. */
export const withCopies = (
  books: ReadonlyMap<string, PricedBook>,
  copies: ReadonlyMap<string, number>,
): ReadonlyMap<string, PricedBook> =>
  copies.size === 0
    ? books
    : new Map(
        [...books].map(([id, book]) => [
          id,
          { ...book, stock_quantity: book.stock_quantity + (copies.get(id) ?? 0) },
        ]),
      )

export const isShort = (line: QuotedLine): boolean => line.available < line.quantity

/** The cart's version as clients see it. A cart that another client wrote without a version has a hash of its content. */
export const versionOf = (cart: Cart): string =>
  cart.version ?? `content-${sha256(JSON.stringify([cart.updated_at, cart.items])).slice(0, 40)}`

const itemView = (line: QuotedLine, currency: Currency): CartView['items'][number] => ({
  book_id: line.book_id,
  category: line.category,
  title: line.title,
  ...(line.author === undefined ? {} : { author: line.author }),
  price: toDecimal(line.price, currency),
  quantity: line.quantity,
  line_total: toDecimal(multiply(line.price, line.quantity), currency),
  ...(line.previous === line.price ? {} : { previous_price: toDecimal(line.previous, currency) }),
  ...(isShort(line) ? { available_quantity: line.available } : {}),
})

/** The cart's JSON. Lines that are short are not included in the amounts. */
export const cartView = (
  cart: Cart | undefined,
  books: ReadonlyMap<string, PricedBook>,
  { rules, currency }: { readonly rules: PriceRules; readonly currency: Currency },
): CartView => {
  const lines = quoteLines(cart?.items ?? [], books)
  const amounts = calculateAmounts(
    lines.filter(line => !isShort(line)),
    rules,
  )
  return {
    version: cart && lines.length > 0 ? versionOf(cart) : null,
    items: lines.map(line => itemView(line, currency)),
    item_count: lines.reduce((count, line) => count + line.quantity, 0),
    ...toCartAmountFields(amounts, currency),
    currency: currency.code,
    can_check_out: lines.length > 0 && !lines.some(isShort),
    expires_at: cart ? new Date(cart.expires_at * 1000).toISOString() : null,
  }
}
