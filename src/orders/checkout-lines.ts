/** Lines of a checkout: the cart's lines at today's prices, checked against limits and stock. */
import { isShort, type QuotedLine, quoteLines } from '../cart/quote.ts'
import type { BooksById } from '../cart/reader.ts'
import { type Cart, type CartLine, MAX_LINES, MAX_QUANTITY } from '../cart/schema.ts'
import { ShopError } from '../core/errors.ts'

type ShortLine = Pick<QuotedLine, 'book_id' | 'title' | 'quantity' | 'available'>

const shortage = ({ title, quantity, available }: ShortLine): string =>
  available === 0
    ? `“${title}” is sold out.`
    : `Only ${available} ${available === 1 ? 'copy' : 'copies'} of “${title}” left, and you want ${quantity}.`

/** The refusal that names each line with too few copies left. */
export const outOfStock = (lines: readonly ShortLine[]): ShopError =>
  new ShopError('out_of_stock', lines.map(shortage).join(' '), {
    items: lines.map(({ book_id, quantity, available }) => ({
      book_id,
      requested_quantity: quantity,
      available_quantity: available,
    })),
  })

/** One line per book: a transaction may touch an item only once. Carts of other clients may repeat a book. */
const mergeLines = (lines: readonly CartLine[]): CartLine[] => {
  const merged = new Map<string, CartLine>()
  for (const line of lines) {
    const before = merged.get(line.book_id)
    merged.set(line.book_id, before ? { ...line, quantity: before.quantity + line.quantity } : line)
  }
  return [...merged.values()]
}

/**
 * The cart's lines at today's prices. Throws line_limit and quantity_limit, which only a cart that another client wrote can
 * exceed, and out_of_stock.
 */
export const checkoutLines = (cart: Cart, books: BooksById): QuotedLine[] => {
  const lines = quoteLines(mergeLines(cart.items), books)
  if (lines.length > MAX_LINES)
    throw new ShopError('line_limit', `An order can have at most ${MAX_LINES} different books.`)
  if (lines.some(line => line.quantity > MAX_QUANTITY))
    throw new ShopError('quantity_limit', `You can buy at most ${MAX_QUANTITY} copies of a book.`)
  const short = lines.filter(isShort)
  if (short.length > 0) throw outOfStock(short)
  return lines
}
