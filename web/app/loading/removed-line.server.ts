/**
 * The book that was just removed from the cart, as its address says it: `/cart?removed=tech-001&quantity=2`.
 */
import { getBook } from '#src/catalog/api.ts'
import type { RemovedLine } from '../forms/cart-change.server.ts'
import type { PageContext } from './page-context.ts'

export type RemovedBook = { readonly bookId: string; readonly title: string; readonly quantity: number }

const MAX_QUANTITY = 20
const BOOK_ID = /^[\w-]{1,50}$/

export const removedLinePath = ({ bookId, quantity }: RemovedLine): string =>
  `/cart?${new URLSearchParams({ removed: bookId, quantity: String(quantity) })}`

/** Undefined where nothing was removed, the book is in the cart again, or it is no longer sold. */
export const readRemovedBook = async (
  { read }: PageContext,
  { searchParams }: URL,
  cartIds: readonly string[],
): Promise<RemovedBook | undefined> => {
  const bookId = searchParams.get('removed') ?? ''
  const quantity = Number(searchParams.get('quantity'))
  const isValid = BOOK_ID.test(bookId) && Number.isInteger(quantity) && quantity > 0
  if (!isValid || cartIds.includes(bookId)) return undefined
  try {
    const { title } = await read(getBook, { params: { book_id: bookId } })
    return { bookId, title, quantity: Math.min(quantity, MAX_QUANTITY) }
  } catch {
    return undefined
  }
}
