/** CSV cells of our own format: what an export writes and an import compares with. */
import type { Currency } from '../../../core/currency.ts'
import { toDecimalText } from '../../../core/money.ts'
import type { Book } from '../../schema.ts'
import type { Attribute } from './attributes.ts'
import { parseGenres } from './cells.ts'

/** Joined by |, or a JSON array where the joined text would be read as other names. */
const genresCell = (genres: readonly string[]): string => {
  const joined = genres.join('|')
  const back = parseGenres(joined)
  return back.length === genres.length && back.every((name, i) => name === genres[i])
    ? joined
    : JSON.stringify(genres)
}

/** An attribute of a book as a cell; '' for one that the book does not have. */
export const csvCell = (book: Book, attribute: Attribute, currency: Currency): string => {
  if (attribute === 'price') return toDecimalText(book.price, currency)
  if (attribute === 'genres') return book.genres && book.genres.length > 0 ? genresCell(book.genres) : ''
  return String(book[attribute] ?? '')
}
