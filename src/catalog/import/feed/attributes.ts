/** Columns of a feed: which column is which attribute of a book, by its usual names or by the operator's mapping. */

import { decodeEntities, toPlainText } from './plain-text.ts'
import { currenciesOf } from './price-cell.ts'
import { USUAL_NAMES } from './usual-names.ts'

/** The attributes that a feed may have, in the order of an export. */
export const ATTRIBUTES = [
  'book_id',
  'category',
  'title',
  'author',
  'isbn',
  'price',
  'stock_quantity',
  'status',
  'description',
  'image_url',
  'average_rating',
  'ratings_count',
  'published_year',
  'language',
  'pages',
  'genres',
  'created_at',
  'updated_at',
] as const
export type Attribute = (typeof ATTRIBUTES)[number]

/** Columns that say something about a row without being an attribute of a book. */
const HELPERS = ['foreign_id', 'currency', 'visibility'] as const
export type Field = Attribute | (typeof HELPERS)[number]

/** A feed that cannot be read at all: the message is one line for the operator. */
export class FeedError extends Error {
  override readonly name = 'FeedError'
}

/** A column's name without case, spaces and punctuation: 'ISBN-13' and 'isbn13' are the same. */
const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

type Match = { readonly attribute: Field; readonly rank: number }
/** A name may say two things: `Published` is a year, or whether a product is visible. */
const KNOWN_NAMES = new Map<string, readonly Match[]>()
for (const attribute of [...ATTRIBUTES, ...HELPERS])
  for (const [rank, name] of USUAL_NAMES[attribute].entries()) {
    const plain = plainName(name)
    KNOWN_NAMES.set(plain, [...(KNOWN_NAMES.get(plain) ?? []), { attribute, rank }])
  }

/** Properties of a product that other shops name freely, and that are an attribute here. */
const PROPERTIES = ['author', 'isbn', 'language', 'pages', 'published_year'] as const
export type Property = (typeof PROPERTIES)[number]

/** The attribute of a book that a property of this name is, for example of `Author`. */
export const fieldOfProperty = (name: string): Property | undefined => {
  const [match] = KNOWN_NAMES.get(plainName(name)) ?? []
  return PROPERTIES.find(property => property === match?.attribute)
}

/** The name of a property in a column of its own, as `Meta: _author` or `Author (product.metafields.custom.author)`. */
const PROPERTY_COLUMNS = [
  /^meta: ?_?(.+)$/i,
  /^(?:variant )?metafield: ?(?:[\w-]+\.)?([\w-]+)(?: \[.*\])?$/i,
  /^(.+?) ?\((?:product|variant)\.metafields\.[^)]*\)$/i,
]

const propertyInColumn = (name: string): Property | undefined => {
  for (const pattern of PROPERTY_COLUMNS) {
    const property = pattern.exec(name.trim())?.[1]
    if (property !== undefined) return fieldOfProperty(property)
  }
  return undefined
}

/** The operator's mapping: plain column name to attribute, undefined for a column to be ignored. */
export type ColumnMap = ReadonlyMap<string, Field | undefined>

/**
 * Parses entries `column=attribute`, or `column=` for a column to be ignored. The attribute may be given by any of its usual
 * names. Throws FeedError.
 */
export const parseColumnMap = (entries: readonly string[]): ColumnMap =>
  new Map(
    entries.map(entry => {
      const at = entry.lastIndexOf('=')
      const column = plainName(entry.slice(0, at))
      const name = entry.slice(at + 1).trim()
      const attribute = KNOWN_NAMES.get(plainName(name))?.[0]?.attribute
      if (at < 1 || column === '' || (name !== '' && attribute === undefined))
        throw new FeedError(
          `--map ${entry} must be column=attribute, with one of the attributes ${ATTRIBUTES.join(', ')}`,
        )
      return [column, attribute]
    }),
  )

/** Which program wrote the file, as far as its columns tell: its texts are escaped in its way. */
export type FeedSource = 'own' | 'woocommerce' | 'shopify' | 'other'

export type Columns = {
  /** The columns of each attribute, best first. */
  readonly places: ReadonlyMap<Field, readonly number[]>
  /** The currency that the name of a price column gives, as in `Price EUR`. */
  readonly currencies: ReadonlyMap<number, string>
  readonly unused: readonly string[]
  readonly source: FeedSource
}

const OWN_COLUMNS = ['bookid', 'stockquantity', 'createdat', 'updatedat']
const WOOCOMMERCE_COLUMNS = ['regularprice', 'published', 'visibilityincatalog']

/** Old and new exports of Shopify. */
const SHOPIFY_COLUMNS = [
  ['handle', 'title', 'variantprice'],
  ['urlhandle', 'title', 'option1value'],
]
/** Names that mean something in files of one source only. */
const NAMES_OF_SOURCE: Readonly<Partial<Record<FeedSource, Readonly<Record<string, Field>>>>> = {
  shopify: { bodyhtml: 'description', tags: 'genres' },
}

const detectSource = (names: readonly string[]): FeedSource => {
  const has = (columns: readonly string[]): boolean => columns.every(name => names.includes(name))
  if (has(OWN_COLUMNS)) return 'own'
  if (SHOPIFY_COLUMNS.some(has)) return 'shopify'
  return has(WOOCOMMERCE_COLUMNS) ? 'woocommerce' : 'other'
}

/** The currency of a price column that is named after it. */
const currencyInName = (plain: string): string | undefined => {
  const code = /^(?:list|regular|retail|unit)?price(?:in)?([a-z]{3})$/.exec(plain)?.[1]
  return code === undefined ? undefined : currenciesOf(code)?.[0]
}

/** Ranks after all usual names. */
const LAST_RANK = 1_000

const matchColumn = (name: string, mapped: ColumnMap, source: FeedSource): readonly Match[] => {
  const plain = plainName(name)
  if (!mapped.has(plain)) {
    const known = KNOWN_NAMES.get(plain)
    const attribute = NAMES_OF_SOURCE[source]?.[plain] ?? propertyInColumn(name)
    return known ?? (attribute === undefined ? [] : [{ attribute, rank: LAST_RANK }])
  }
  const chosen = mapped.get(plain)
  return chosen === undefined ? [] : [{ attribute: chosen, rank: -1 }]
}

/** The attributes of a header's columns. */
export const readColumns = (header: readonly string[], mapped: ColumnMap): Columns => {
  const found: (Match & { readonly column: number })[] = []
  const currencies = new Map<number, string>()
  const unused: string[] = []
  const source = detectSource(header.map(plainName))
  for (const [column, name] of header.entries()) {
    const plain = plainName(name)
    const matches = matchColumn(name, mapped, source)
    const currency = matches.length > 0 || mapped.has(plain) ? undefined : currencyInName(plain)
    if (currency !== undefined) {
      currencies.set(column, currency)
      found.push({ attribute: 'price', rank: USUAL_NAMES.price.length, column })
    } else if (matches.length > 0) found.push(...matches.map(match => ({ ...match, column })))
    else if (plain !== '') unused.push(name.trim())
  }
  found.sort((a, b) => a.rank - b.rank || a.column - b.column)
  const places = new Map<Field, number[]>()
  for (const { attribute, column } of found) places.set(attribute, [...(places.get(attribute) ?? []), column])
  return { places, currencies, unused, source }
}

/** Throws FeedError when the operator's mapping names a column that the file does not have. */
export const assertMapped = (
  header: readonly string[],
  mapped: ColumnMap,
  options: readonly string[],
): void => {
  const names = new Set(header.map(plainName))
  for (const entry of options) {
    const column = plainName(entry.slice(0, entry.lastIndexOf('=')))
    if (mapped.has(column) && !names.has(column))
      throw new FeedError(`--map ${entry}: the file has no such column, only ${header.join(', ')}`)
  }
}

/** One record of a feed: its cells for each attribute (best first, never blank), or what is wrong with it. */
export type FeedRow = {
  /** The line in which it begins, counted from 1. */
  readonly line: number
  readonly cells: ReadonlyMap<Field, readonly string[]>
  readonly problem?: string
}

/** The words of a cell as they were meant: other shops export texts as HTML. */
const toWords = (attribute: Field, cell: string, source: FeedSource): string => {
  if (source === 'own') return cell
  if (attribute === 'description') return toPlainText(cell, source === 'woocommerce')
  return attribute === 'title' || attribute === 'author' || attribute === 'category'
    ? decodeEntities(cell)
    : cell
}

/** The non-blank cells of a record by attribute. */
export const toCells = (
  record: readonly string[],
  { places, currencies, source }: Columns,
): Map<Field, string[]> => {
  const cells = new Map<Field, string[]>()
  for (const [attribute, columns] of places) {
    const filled = columns.flatMap(column => {
      const cell = toWords(attribute, record[column] ?? '', source)
      if (cell.trim() === '') return []
      const currency = currencies.get(column)
      return [currency === undefined ? cell : `${cell} ${currency}`]
    })
    if (filled.length > 0) cells.set(attribute, filled)
  }
  return cells
}
