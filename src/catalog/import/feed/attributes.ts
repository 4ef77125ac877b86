/** Columns of a feed: which column is which attribute of a book, by its usual names or by the operator's mapping. */

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
const HELPERS = ['foreign_id'] as const
export type Field = Attribute | (typeof HELPERS)[number]

/** A feed that cannot be read at all: the message is one line for the operator. */
export class FeedError extends Error {
  override readonly name = 'FeedError'
}

/** Usual names, best first; case, spaces, underscores and punctuation are ignored. */
const USUAL_NAMES: Readonly<Record<Field, readonly string[]>> = {
  // Only our own name: the id of another shop's export names another shop's book (decision 65).
  book_id: ['book id'],
  foreign_id: ['foreign id', 'id', 'product id', 'item id', 'sku', 'variant sku', 'product code', 'handle'],
  category: ['category'],
  title: ['title', 'book title', 'name'],
  author: ['author', 'authors', 'author name', 'writer', 'by'],
  isbn: ['isbn 13', 'isbn', 'ean', 'ean 13', 'gtin', 'isbn 10', 'meta isbn', 'barcode', 'variant barcode'],
  price: ['price', 'list price', 'regular price', 'retail price', 'unit price', 'price usd', 'variant price'],
  stock_quantity: [
    'stock quantity',
    'stock',
    'quantity',
    'qty',
    'inventory',
    'inventory quantity',
    'on hand',
    'variant inventory qty',
  ],
  status: ['status'],
  description: ['description', 'summary', 'synopsis', 'blurb', 'short description'],
  image_url: ['image url', 'image', 'cover', 'cover url', 'cover image', 'image src', 'images', 'thumbnail'],
  average_rating: ['average rating', 'rating'],
  ratings_count: ['ratings count', 'rating count', 'number of ratings'],
  published_year: [
    'published year',
    'original year',
    'original publication year',
    'publication year',
    'year published',
    'year',
    'publication date',
    'published',
  ],
  language: ['language', 'language code', 'lang'],
  pages: ['pages', 'page count', 'number of pages', 'num pages'],
  genres: ['genres', 'genre', 'subjects', 'subject', 'categories'],
  created_at: ['created at'],
  updated_at: ['updated at'],
}

/** A column's name without case, spaces and punctuation: 'ISBN-13' and 'isbn13' are the same. */
const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

type Match = { readonly attribute: Field; readonly rank: number }
const KNOWN_NAMES = new Map<string, Match>(
  [...ATTRIBUTES, ...HELPERS].flatMap(attribute =>
    USUAL_NAMES[attribute].map((name, rank): [string, Match] => [plainName(name), { attribute, rank }]),
  ),
)

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
      const attribute = KNOWN_NAMES.get(plainName(name))?.attribute
      if (at < 1 || column === '' || (name !== '' && attribute === undefined))
        throw new FeedError(
          `--map ${entry} must be column=attribute, with one of the attributes ${ATTRIBUTES.join(', ')}`,
        )
      return [column, attribute]
    }),
  )

export type Columns = {
  /** The columns of each attribute, best first. */
  readonly places: ReadonlyMap<Field, readonly number[]>
  readonly unused: readonly string[]
}

/** The attributes of a header's columns. */
export const readColumns = (header: readonly string[], mapped: ColumnMap): Columns => {
  const found: (Match & { readonly column: number })[] = []
  const unused: string[] = []
  for (const [column, name] of header.entries()) {
    const plain = plainName(name)
    const chosen = mapped.get(plain)
    const match = mapped.has(plain) ? chosen && { attribute: chosen, rank: -1 } : KNOWN_NAMES.get(plain)
    if (match) found.push({ ...match, column })
    else if (plain !== '') unused.push(name.trim())
  }
  found.sort((a, b) => a.rank - b.rank || a.column - b.column)
  const places = new Map<Field, number[]>()
  for (const { attribute, column } of found) places.set(attribute, [...(places.get(attribute) ?? []), column])
  return { places, unused }
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

/** The non-blank cells of a record by attribute. */
export const toCells = (record: readonly string[], { places }: Columns): Map<Field, string[]> => {
  const cells = new Map<Field, string[]>()
  for (const [attribute, columns] of places) {
    const filled = columns.map(column => record[column] ?? '').filter(cell => cell.trim() !== '')
    if (filled.length > 0) cells.set(attribute, filled)
  }
  return cells
}
