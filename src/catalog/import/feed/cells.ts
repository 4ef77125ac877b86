/** Cell parsers of a feed: prices, counts, years and texts in the spellings that feeds use. */

import type * as z from 'zod'
import { line, paragraph } from '../../../core/text.ts'
import { truncateWords } from '../../../core/truncate.ts'
import { BookId, CategoryName, MAX_STOCK, RESERVED_BOOK_IDS } from '../../schema.ts'
import type { Attribute } from './attributes.ts'
import { type Parsed, plainNumber, stripSpreadsheetQuoting } from './cell.ts'
import { readIsbnCell } from './isbn-cell.ts'
import { readStatusCell } from './status-cell.ts'

type Read<V> = (cell: string, decimalComma: boolean) => Parsed<V> | undefined

const valid = <V>(value: V): Parsed<V> => ({ value })
const invalid = (problem: string): { readonly problem: string } => ({ problem })

/** A text of a schema with at most `max` characters. */
const textCell =
  (max: number, schema: z.ZodType<string>): Read<string> =>
  cell => {
    const parsed = schema.safeParse(cell)
    if (parsed.success) return valid(parsed.data)
    const [issue] = parsed.error.issues
    return invalid(
      issue?.code === 'too_big'
        ? `must have at most ${max} characters`
        : (issue?.message ?? 'must be a text'),
    )
  }
const lineCell = (max: number): Read<string> => {
  const read = textCell(max, line(max))
  // A line break inside a title comes from the spreadsheet.
  return (cell, comma) => read(cell.replace(/[\t\r\n\u2028\u2029]+/g, ' '), comma)
}

const wholeNumber =
  (max: number): Read<number> =>
  (cell, comma) => {
    const text = plainNumber(cell, comma)
    if (text === undefined || !/^\d{1,15}(\.0*)?$/.test(text))
      return invalid('must be a whole number, 0 or more')
    return Number(text) <= max ? valid(Number(text)) : invalid(`must be at most ${max}`)
  }

/** Another shop counts copies that it owes as negative stock. */
const stock: Read<number> = (cell, comma) => {
  const text = plainNumber(cell, comma)
  if (text !== undefined && /^-\d{1,15}(\.0*)?$/.test(text))
    return { value: 0, remark: 'is negative and was taken as 0' }
  return wholeNumber(MAX_STOCK)(cell, comma)
}

const rating: Read<number> = cell => {
  const text = stripSpreadsheetQuoting(cell).replace(',', '.')
  if (!/^\d(\.\d+)?$/.test(text) || Number(text) > 5) return invalid('must be a rating from 0 to 5')
  return valid(Number(text))
}

/** In the exports of some shops `Published` says whether a product is visible. */
const FLAG = /^(-?1|0|true|false|yes|no)$/i
const year: Read<number> = cell => {
  const text = stripSpreadsheetQuoting(cell)
  if (FLAG.test(text)) return undefined
  const plain = /^(-?\d{1,4})(?:\.0+)?$/.exec(text)?.[1]
  const found =
    plain ??
    /^(1\d{3}|20\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$/.exec(text)?.[1] ??
    /^(\d{4})-\d{2}(?:-\d{2})?(?!\d)/.exec(text)?.[1] ??
    /(?<!\d)(1\d{3}|20\d{2})(?!\d)/.exec(text)?.[1]
  const value = Number(found)
  return found !== undefined && value >= -4_000 && value <= 3_000
    ? valid(value)
    : invalid('must be a year, for example 1997')
}

/** The first of several URLs. */
const url: Read<string> = cell => {
  const [text = ''] = cell.trim().split(/\s*[,;|]\s*(?=https?:)|\s+(?=https?:)/i)
  if (text.length > 500) return invalid('must have at most 500 characters')
  const { protocol } = URL.parse(text) ?? {}
  return protocol === 'https:' || protocol === 'http:' ? valid(text) : invalid('must be an http or https URL')
}

const MAX_DESCRIPTION = 5_000
/** A description that is too long ends with its last whole word that fits. */
const description: Read<string> = (cell, comma) => {
  const read = textCell(MAX_DESCRIPTION, paragraph(MAX_DESCRIPTION))
  const text = cell
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .normalize('NFC')
    .trim()
  if (text.length <= MAX_DESCRIPTION) return read(text, comma)
  const short = read(truncateWords(text, MAX_DESCRIPTION), comma)
  return short && 'value' in short
    ? { ...short, remark: `has ${text.length} characters and was shortened to ${MAX_DESCRIPTION}` }
    : short
}

const MAX_GENRES = 20
const isString = (one: unknown): one is string => typeof one === 'string'

/** Genres joined by |, ; or comma, as paths such as "Books > Mystery", or as a JSON array (for names with such characters). */
export const parseGenres = (cell: string): string[] => {
  let names: string[] | undefined
  if (cell.trimStart().startsWith('['))
    try {
      const list: unknown = JSON.parse(cell)
      if (Array.isArray(list) && list.every(isString)) names = list
    } catch {
      // Not JSON: a name in brackets.
    }
  names ??= cell
    .split(cell.includes('|') ? '|' : cell.includes(';') ? ';' : ',')
    .map(path => path.split('>').at(-1) ?? '')
  const cleaned = names.flatMap(name => {
    const parsed = CategoryName.safeParse(name)
    return parsed.success ? [parsed.data] : []
  })
  return [...new Set(cleaned)].slice(0, MAX_GENRES)
}

const genres: Read<string[]> = cell => {
  const found = parseGenres(cell)
  return found.length > 0 ? valid(found) : invalid('must name a genre')
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const instant: Read<string> = cell => {
  const text = cell.trim()
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text))
    ? valid(text)
    : invalid('must be an ISO 8601 time, for example 2025-09-05T10:00:00Z')
}

const id: Read<string> = cell => {
  const bare = stripSpreadsheetQuoting(cell)
  return BookId.safeParse(bare).success && !RESERVED_BOOK_IDS.has(bare)
    ? valid(bare)
    : invalid('must be an id of 1 to 50 letters, digits, - and _')
}

const MAX_AUTHOR = 300
const readAuthor = lineCell(MAX_AUTHOR)
/** A list of authors that is too long keeps the first that fit. */
const author: Read<string> = (cell, comma) => {
  if (cell.length <= MAX_AUTHOR || !cell.includes('; ')) return readAuthor(cell, comma)
  const fitting = cell.slice(0, MAX_AUTHOR + 1)
  return readAuthor(fitting.slice(0, Math.max(fitting.lastIndexOf('; '), 0)) || cell, comma)
}

/** Parser of each attribute's cell but the price's; undefined means that the cell has no value. */
export const READ_CELL: Readonly<Record<Exclude<Attribute, 'price'>, Read<unknown>>> = {
  book_id: id,
  category: lineCell(60),
  title: lineCell(300),
  author,
  isbn: readIsbnCell,
  stock_quantity: stock,
  status: readStatusCell,
  description,
  image_url: url,
  average_rating: rating,
  ratings_count: wholeNumber(Number.MAX_SAFE_INTEGER),
  published_year: year,
  language: lineCell(35),
  pages: wholeNumber(100_000),
  genres,
  created_at: instant,
  updated_at: instant,
}
