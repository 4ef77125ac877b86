/** Which column of a feed is which attribute of a book: by its usual names, or as the operator says. */

/** What a feed may say of a book, in the order in which an export has it. */
export const attributes = [
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
export type Attribute = (typeof attributes)[number]

/** A feed that cannot be read at all: the message is one line for the operator. */
export class FeedError extends Error {
  override readonly name = 'FeedError'
}

/** Usual names, best first; blanks, case, underscores and other signs do not count. */
const usualNames: Readonly<Record<Attribute, readonly string[]>> = {
  book_id: ['book id', 'id', 'sku', 'variant sku'],
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

/** A column's name without what does not count: 'ISBN-13' and 'isbn13' are one. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

type Place = { readonly attribute: Attribute; readonly rank: number }
const known = new Map<string, Place>(
  attributes.flatMap(attribute =>
    usualNames[attribute].map((name, rank): [string, Place] => [plainName(name), { attribute, rank }]),
  ),
)

/** Columns that the operator has named: plain name to attribute, undefined for a column that is not to be read. */
export type ColumnMap = ReadonlyMap<string, Attribute | undefined>

/**
 * Reads `column=attribute` (or `column=` for a column to leave out) as often as given. The attribute may be said by any of
 * its usual names. Throws FeedError.
 */
export const readColumnMap = (entries: readonly string[]): ColumnMap =>
  new Map(
    entries.map(entry => {
      const at = entry.lastIndexOf('=')
      const column = plainName(entry.slice(0, at))
      const name = entry.slice(at + 1).trim()
      const attribute = known.get(plainName(name))?.attribute
      if (at < 1 || column === '' || (name !== '' && attribute === undefined))
        throw new FeedError(`--map ${entry} is not column=attribute; attributes are ${attributes.join(', ')}`)
      return [column, attribute]
    }),
  )

export type Columns = {
  /** Where in a row each attribute may stand, best place first. */
  readonly places: ReadonlyMap<Attribute, readonly number[]>
  readonly unused: readonly string[]
}

/** What the columns of a header mean. */
export const recognise = (header: readonly string[], mapped: ColumnMap): Columns => {
  const found: (Place & { readonly column: number })[] = []
  const unused: string[] = []
  for (const [column, name] of header.entries()) {
    const plain = plainName(name)
    const asked = mapped.get(plain)
    const place = mapped.has(plain) ? asked && { attribute: asked, rank: -1 } : known.get(plain)
    if (place) found.push({ ...place, column })
    else if (plain !== '') unused.push(name.trim())
  }
  found.sort((a, b) => a.rank - b.rank || a.column - b.column)
  const places = new Map<Attribute, number[]>()
  for (const { attribute, column } of found) places.set(attribute, [...(places.get(attribute) ?? []), column])
  return { places, unused }
}

/** Throws FeedError when the operator has named a column that the file does not have. */
export const assertMapped = (
  header: readonly string[],
  mapped: ColumnMap,
  options: readonly string[],
): void => {
  const there = new Set(header.map(plainName))
  for (const entry of options) {
    const column = plainName(entry.slice(0, entry.lastIndexOf('=')))
    if (mapped.has(column) && !there.has(column))
      throw new FeedError(`--map ${entry}: the file has no such column; it has ${header.join(', ')}`)
  }
}

/** One record of a feed: what stands in it for each attribute (best first, never blank), or what is wrong with it. */
export type FeedRow = {
  /** The line in which it begins, from 1. */
  readonly line: number
  readonly cells: ReadonlyMap<Attribute, readonly string[]>
  readonly problem?: string
}

export const cellsOf = (record: readonly string[], { places }: Columns): Map<Attribute, string[]> => {
  const cells = new Map<Attribute, string[]>()
  for (const [attribute, columns] of places) {
    const filled = columns.map(column => record[column] ?? '').filter(cell => cell.trim() !== '')
    if (filled.length > 0) cells.set(attribute, filled)
  }
  return cells
}
