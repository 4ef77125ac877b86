/** What a cell of a feed says: amounts, counts, years and words in the spellings that feeds have. */
import type * as z from 'zod'
import { type Cents, parseDecimal } from '../../../core/money.ts'
import { line, paragraph } from '../../../core/text.ts'
import { normalizeIsbn } from '../../isbn.ts'
import { BookId, CategoryName, MAX_STOCK } from '../../schema.ts'
import type { Attribute } from './attributes.ts'

/** `problem` ends a sentence that begins with the attribute and the cell. */
export type Reading<V> = { readonly value: V } | { readonly problem: string }
type Read<V> = (cell: string, decimalComma: boolean) => Reading<V> | undefined

const MAX_PRICE = 10_000_000
const is = <V>(value: V): Reading<V> => ({ value })
const isNot = (problem: string): { readonly problem: string } => ({ problem })

/** A cell without what spreadsheets put around it to keep it from being a number: ="978…" and '978…. */
export const stripSpreadsheetQuoting = (cell: string): string => {
  const bare = cell.trim()
  return (/^="?(.*?)"?$/s.exec(bare)?.[1] ?? bare).replace(/^'/, '').trim()
}

const words =
  (max: number, schema: z.ZodType<string>): Read<string> =>
  cell => {
    const parsed = schema.safeParse(cell)
    if (parsed.success) return is(parsed.data)
    const [issue] = parsed.error.issues
    return isNot(
      issue?.code === 'too_big' ? `is longer than ${max} characters` : (issue?.message ?? 'is no text'),
    )
  }
const oneLine = (max: number): Read<string> => {
  const read = words(max, line(max))
  // A break inside a title is the spreadsheet's, not the title's.
  return (cell, comma) => read(cell.replace(/[\t\r\n\u2028\u2029]+/g, ' '), comma)
}

/** A number without grouping and with a point; undefined when it is none, or could be two. */
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
  // 1,250 is a thousand and more where decimals have a point; where they have a comma, 1.250 could be either.
  if (decimalComma) return undefined
  return last === ',' ? bare.replace(',', '') : bare
}

const price: Read<Cents> = (cell, comma) => {
  const text = plainNumber(cell, comma)
  const amount = text === undefined ? undefined : parseDecimal(text)
  if (amount === undefined) return isNot('is no price such as 12.50')
  return amount > 0 && amount <= MAX_PRICE ? is(amount) : isNot('is not between 0.01 and 100000')
}

const whole =
  (max: number, what: string): Read<number> =>
  (cell, comma) => {
    const text = plainNumber(cell, comma)
    if (text === undefined || !/^\d{1,15}(\.0*)?$/.test(text)) return isNot(`is no ${what}`)
    return Number(text) <= max ? is(Number(text)) : isNot(`is more than ${max}`)
  }

const rating: Read<number> = cell => {
  const text = stripSpreadsheetQuoting(cell).replace(',', '.')
  if (!/^\d(\.\d+)?$/.test(text) || Number(text) > 5) return isNot('is no rating from 0 to 5')
  return is(Number(text))
}

/** Some shops' `Published` says whether a product can be seen. */
const FLAG = /^(-?1|0|true|false|yes|no)$/i
const year: Read<number> = cell => {
  const text = stripSpreadsheetQuoting(cell)
  if (FLAG.test(text)) return undefined
  const plain = /^(-?\d{1,4})(?:\.0+)?$/.exec(text)?.[1]
  const found =
    plain ?? /^(\d{4})-\d{2}(?:-\d{2})?\b/.exec(text)?.[1] ?? /\b(1\d{3}|20\d{2})\b/.exec(text)?.[1]
  const value = Number(found)
  return found !== undefined && value >= -4_000 && value <= 3_000 ? is(value) : isNot('is no year')
}

/** A ten-digit ISBN that a spreadsheet took for a number has lost its zeros. */
const isbn: Read<string> = cell => {
  const bare = stripSpreadsheetQuoting(cell)
  if (bare === '') return undefined
  const found =
    normalizeIsbn(bare) ?? (/^\d{6,8}[\dXx]$/.test(bare) ? normalizeIsbn(bare.padStart(10, '0')) : undefined)
  return found === undefined ? isNot('is no valid ISBN') : is(found)
}

const url: Read<string> = cell => {
  const text = cell.trim()
  if (text.length > 500) return isNot('is longer than 500 characters')
  const { protocol } = URL.parse(text) ?? {}
  return protocol === 'https:' || protocol === 'http:' ? is(text) : isNot('is no http address')
}

const MAX_GENRES = 20
const isWord = (one: unknown): one is string => typeof one === 'string'

/** Genres joined by |, ; or comma, as paths such as "Books > Mystery", or as a JSON array (for names with such signs). */
export const genresIn = (cell: string): string[] => {
  let names: string[] | undefined
  if (cell.trimStart().startsWith('['))
    try {
      const list: unknown = JSON.parse(cell)
      if (Array.isArray(list) && list.every(isWord)) names = list
    } catch {
      // a name in brackets
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
  const found = genresIn(cell)
  return found.length > 0 ? is(found) : isNot('names no genre')
}

/** Other shops' words for products that cannot be bought. */
const RETIRED = new Set(['retired', 'archived', 'draft', 'inactive', 'discontinued'])
const status: Read<'active' | 'retired'> = cell => {
  const text = cell.trim().toLowerCase()
  if (RETIRED.has(text)) return is('retired')
  return text === 'active' ? is(text) : isNot('is neither active nor retired')
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const instant: Read<string> = cell => {
  const text = cell.trim()
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text))
    ? is(text)
    : isNot('is no instant such as 2025-09-05T10:00:00Z')
}

const id: Read<string> = cell => {
  const bare = stripSpreadsheetQuoting(cell)
  return BookId.safeParse(bare).success && !['search', 'suggest', 'category'].includes(bare)
    ? is(bare)
    : isNot('is no id: 1 to 50 letters, digits, - and _')
}

const MAX_AUTHOR = 300
const readAuthor = oneLine(MAX_AUTHOR)
/** A list of authors that is too long keeps the first that fit. */
const author: Read<string> = (cell, comma) => {
  if (cell.length <= MAX_AUTHOR || !cell.includes('; ')) return readAuthor(cell, comma)
  const fitting = cell.slice(0, MAX_AUTHOR + 1)
  return readAuthor(fitting.slice(0, Math.max(fitting.lastIndexOf('; '), 0)) || cell, comma)
}

/** undefined: the cell says nothing. */
export const readCell: Readonly<Record<Attribute, Read<unknown>>> = {
  book_id: id,
  category: oneLine(60),
  title: oneLine(300),
  author,
  isbn,
  price,
  stock_quantity: whole(MAX_STOCK, 'number of copies'),
  status,
  description: (cell, comma) =>
    words(5_000, paragraph(5_000))(cell.replace(/\r\n?|[\u2028\u2029]/g, '\n'), comma),
  image_url: url,
  average_rating: rating,
  ratings_count: whole(Number.MAX_SAFE_INTEGER, 'count'),
  published_year: year,
  language: oneLine(35),
  pages: whole(100_000, 'number of pages'),
  genres,
  created_at: instant,
  updated_at: instant,
}
