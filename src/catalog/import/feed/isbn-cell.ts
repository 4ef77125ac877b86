/**
 * ISBN cell parser. Libraries write notes behind a number, spreadsheets turn numbers into decimals and drop leading zeros: the cell
 * gives the number that was meant, or none with the reason, but never another one.
 */
import { isPlaceholderIsbn, normalizeIsbn } from '../../isbn.ts'
import { type Parsed, stripSpreadsheetQuoting } from './cell.ts'

const SCIENTIFIC = /^\d+(?:[.,]\d+)?e\+?\d+$/i
/** A decimal number; 978.0132350884 is a notation of an ISBN. */
const DECIMAL = /^(?!97[89]\.\d{10}$)\d+[.,]\d+$/

/** A ten-digit ISBN that a spreadsheet read as a number has lost its leading zeros. */
const readNumber = (text: string): string | undefined =>
  normalizeIsbn(text) ?? (/^\d{6,8}[\dXx]$/.test(text) ? normalizeIsbn(text.padStart(10, '0')) : undefined)

/** The parts of a cell that may be ISBNs: several of them, and notes such as (pbk.). */
const parts = (cell: string): string[] =>
  cell
    .replace(/\([^()]*\)/g, ' ')
    .split(/[;,|/\n]/)
    .map(part => part.replace(/\s+(?![xX]$)\p{L}.*$/u, '').trim())

/** The first ISBN of a cell, as 13 digits; undefined for a blank cell. */
export const readIsbnCell = (cell: string): Parsed<string> | undefined => {
  const text = stripSpreadsheetQuoting(cell.replace(/\p{Cf}/gu, ''))
  if (text === '') return undefined
  if (SCIENTIFIC.test(text))
    return { problem: 'was rounded by a spreadsheet: format the column as text and export it again' }
  const whole = text.replace(/^(\d+)[.,]0+$/, '$1')
  if (DECIMAL.test(whole)) return { problem: 'must be a valid ISBN' }
  const found = [whole, ...parts(whole)].map(readNumber).filter(isbn => isbn !== undefined)
  const isbn = found.find(one => !isPlaceholderIsbn(one))
  if (isbn !== undefined) return { value: isbn }
  return {
    problem: found.length > 0 ? 'is a placeholder, not the ISBN of a book' : 'must be a valid ISBN',
  }
}
