/**
 * Products of other shops as records of single books. In the export of such a shop a variant (paperback, hardcover) is a row of its
 * own that has only what differs from its product; here it becomes a book with its own price, stock and ISBN.
 */
import { type Columns, type Field, fieldOfProperty, type Property } from './attributes.ts'

/** A record with its line in the file, and what is wrong with it. */
export type CsvRecord = {
  readonly line: number
  readonly cells: readonly string[]
  readonly problem?: string
}

/** Reads the records of a file; `columns` include those that it adds behind the file's own. */
export type ProductReader = {
  readonly columns: Columns
  /** One word for the operator: whose export it is. */
  readonly shop: string
  readonly read: (records: AsyncIterable<CsvRecord>) => AsyncGenerator<CsvRecord>
}

/** Fields that a reader adds: the id is better than those of the file, the others are worse. */
const ADDED = [
  'foreign_id',
  'category',
  'author',
  'isbn',
  'language',
  'pages',
  'published_year',
] as const satisfies readonly Field[]
export type Added = Partial<Record<(typeof ADDED)[number], string>>

/** The columns of a file with those that are added; `used` are other columns that the reader takes something from. */
export const withAdded = (columns: Columns, header: readonly string[], used: readonly number[]): Columns => {
  const width = header.length
  const places = new Map(columns.places)
  for (const [i, field] of ADDED.entries()) {
    const own = places.get(field) ?? []
    places.set(field, field === 'foreign_id' ? [width + i, ...own] : [...own, width + i])
  }
  const names = new Set(used.map(column => header[column]?.trim()))
  return { ...columns, places, unused: columns.unused.filter(name => !names.has(name)) }
}

/** The cells of a record with what is added. */
export const addCells = (cells: readonly string[], width: number, added: Added): string[] => [
  ...Array.from({ length: width }, (_, column) => cells[column] ?? ''),
  ...ADDED.map(field => added[field] ?? ''),
]

/** What a variant has from its product unless it says otherwise. Never its ISBN, price or stock. */
const INHERITED: readonly Field[] = [
  'title',
  'author',
  'category',
  'genres',
  'description',
  'image_url',
  'language',
  'pages',
  'published_year',
  'status',
  'visibility',
  'currency',
]

/** The cells of a variant, its blank ones filled from its product. */
export const inheritCells = (
  variant: readonly string[],
  product: readonly string[],
  { places }: Columns,
): string[] => {
  const cells = [...variant]
  for (const field of INHERITED)
    for (const column of places.get(field) ?? [])
      if ((cells[column] ?? '').trim() === '') cells[column] = product[column] ?? ''
  return cells
}

/** The columns with these names, without care for case; -1 for one that is missing. */
export const columnFinder =
  (header: readonly string[]) =>
  (...names: readonly string[]): number =>
    header.findIndex(one => names.includes(one.trim().toLowerCase()))

export const cellAt = (cells: readonly string[], column: number): string => (cells[column] ?? '').trim()

/** A named property of a product or variant, such as Format: Hardcover. */
export type ProductProperty = { readonly name: string; readonly value: string }

/** The properties that are attributes of a book, such as an author or the pages. */
export const addedFrom = (properties: readonly ProductProperty[]): Added => {
  const added: Partial<Record<Property, string>> = {}
  for (const { name, value } of properties) {
    const field = fieldOfProperty(name)
    if (field !== undefined) added[field] ??= value
  }
  return added
}

/**
 * The title of a book that is a variant: 'Clean Code (Hardcover)', 'Small Favor (The Dresden Files, #10; Hardcover)'. `options` are the
 * values that make the variant.
 */
export const variantTitle = (title: string, options: readonly string[]): string => {
  if (options.length === 0) return title
  const hasSeries = title.endsWith(')') && title.lastIndexOf('(') > 0
  return hasSeries ? `${title.slice(0, -1)}; ${options.join(', ')})` : `${title} (${options.join(', ')})`
}
