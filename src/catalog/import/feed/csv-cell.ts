/** An attribute of a book as a cell of our own CSV: what an export writes and an import compares with. */
import { type Cents, toDecimal } from '../../../core/money.ts'
import type { Book } from '../../schema.ts'
import type { Attribute } from './attributes.ts'
import { genresIn } from './cells.ts'

/** Joined by |; as a JSON array where that could be read as other names. */
const genresCell = (genres: readonly string[]): string => {
  const joined = genres.join('|')
  const back = genresIn(joined)
  return back.length === genres.length && back.every((name, i) => name === genres[i])
    ? joined
    : JSON.stringify(genres)
}

/** '' for what the book lacks. */
export const csvCell = (book: Book, attribute: Attribute): string => {
  if (attribute === 'price') return toDecimal(book.price as Cents).toFixed(2)
  if (attribute === 'genres') return book.genres && book.genres.length > 0 ? genresCell(book.genres) : ''
  return String(book[attribute] ?? '')
}

/** Quoted where it has to be, and wherever other signs could be taken for delimiters. */
const quoted = (cell: string): string =>
  /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\n`
