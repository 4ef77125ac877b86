/** Cell parsers of a feed: prices, counts, years and texts in the spellings that feeds use. */
import type * as z from 'zod'
import { type Cents, parseDecimal } from '../../../core/money.ts'
import { line, paragraph } from '../../../core/text.ts'
import { isPlaceholderIsbn, normalizeIsbn } from '../../isbn.ts'
import { BookId, CategoryName, MAX_STOCK, RESERVED_BOOK_IDS } from '../../schema.ts'
import type { Attribute } from './attributes.ts'

/** `problem` completes a sentence that begins with the attribute and the cell. */
export type Parsed<V> = { readonly value: V } | { readonly problem: string }
type Read<V> = (cell: string, decimalComma: boolean) => Parsed<V> | undefined

const MAX_PRICE = 10_000_000
const valid = <V>(value: V): Parsed<V> => ({ value })
const invalid = (problem: string): { readonly problem: string } => ({ problem })

/** A cell without the quoting by which spreadsheets keep a text from becoming a number: ="978…" and '978…. */
export const stripSpreadsheetQuoting = (cell: string): string => {
  const bare = cell.trim()
  return (/^="?(.*?)"?$/s.exec(bare)?.[1] ?? bare).replace(/^'/, '').trim()
}

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

/** A number without grouping and with a decimal point; undefined when it is not a number, or ambiguous. */
const plainNumber = (cell: string, decimalComma: boolean): string | undefined => {
  const bare = stripSpreadsheetQuoting(cell)
    .replace(/^(?:[A-Z]{3}|[$€£¥])|(?:[A-Z]{3}|[$€£¥])$/gi, '')
    .trim()
    .replace(/(?<=\d)[\s\u00a0\u202f'](?=\d{3}(?!\d))/g, '')
  const signs: readonly string[] = bare.match(/[.,]/g) ?? []
  const last = signs.at(-1)
  if (last === undefined) return bare
  const [first = last] = signs
  if (first !== undefined && first !== last) {
    const grouped = signs.indexOf(last) === signs.length - 1 && /^-?\d{1,3}([.,]\d{3})+[.,]\d*$/.test(bare)
    return grouped ? bare.replaceAll(first, '').replace(last, '.') : undefined
  }
  const inThrees = /^-?[1-9]\d{0,2}([.,]\d{3})+$/.test(bare)
  if (signs.length > 1) return inThrees ? bare.replaceAll(last, '') : undefined
  if (!inThrees) return bare.replace(last, '.')
  // With decimal points 1,250 is grouped; with decimal commas 1.250 could be either.
  if (decimalComma) return undefined
  return last === ',' ? bare.replace(',', '') : bare
}

const price: Read<Cents> = (cell, comma) => {
  const text = plainNumber(cell, comma)
  const amount = text === undefined ? undefined : parseDecimal(text)
  if (amount === undefined) return invalid('must be a price, for example 12.50')
  return amount > 0 && amount <= MAX_PRICE ? valid(amount) : invalid('must be between 0.01 and 100000')
}

const wholeNumber =
  (max: number): Read<number> =>
  (cell, comma) => {
    const text = plainNumber(cell, comma)
    if (text === undefined || !/^\d{1,15}(\.0*)?$/.test(text))
      return invalid('must be a whole number, 0 or more')
    return Number(text) <= max ? valid(Number(text)) : invalid(`must be at most ${max}`)
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
    plain ?? /^(\d{4})-\d{2}(?:-\d{2})?\b/.exec(text)?.[1] ?? /\b(1\d{3}|20\d{2})\b/.exec(text)?.[1]
  const value = Number(found)
  return found !== undefined && value >= -4_000 && value <= 3_000
    ? valid(value)
    : invalid('must be a year, for example 1997')
}

/** A ten-digit ISBN that a spreadsheet read as a number has lost its leading zeros. */
const isbn: Read<string> = cell => {
  const bare = stripSpreadsheetQuoting(cell)
  if (bare === '') return undefined
  const found =
    normalizeIsbn(bare) ?? (/^\d{6,8}[\dXx]$/.test(bare) ? normalizeIsbn(bare.padStart(10, '0')) : undefined)
  if (found === undefined) return invalid('must be a valid ISBN')
  return isPlaceholderIsbn(found) ? invalid('is a placeholder, not the ISBN of a book') : valid(found)
}

const url: Read<string> = cell => {
  const text = cell.trim()
  if (text.length > 500) return invalid('must have at most 500 characters')
  const { protocol } = URL.parse(text) ?? {}
  return protocol === 'https:' || protocol === 'http:' ? valid(text) : invalid('must be an http or https URL')
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

/** Other shops' values for products that are not for sale. */
const RETIRED = new Set(['retired', 'archived', 'draft', 'inactive', 'discontinued'])
const status: Read<'active' | 'retired'> = cell => {
  const text = cell.trim().toLowerCase()
  if (RETIRED.has(text)) return valid('retired')
  return text === 'active' ? valid(text) : invalid('must be active or retired')
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

/** Parser of each attribute's cell; undefined means that the cell has no value. */
export const READ_CELL: Readonly<Record<Attribute, Read<unknown>>> = {
  book_id: id,
  category: lineCell(60),
  title: lineCell(300),
  author,
  isbn,
  price,
  stock_quantity: wholeNumber(MAX_STOCK),
  status,
  description: (cell, comma) =>
    textCell(5_000, paragraph(5_000))(cell.replace(/\r\n?|[\u2028\u2029]/g, '\n'), comma),
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
