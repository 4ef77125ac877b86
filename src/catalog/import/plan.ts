/** What a row of a feed means for the shop: a new book, a change, a move to another category, nothing, or a refusal. */
import type { Cents } from '../../core/money.ts'
import { normalizeIsbn } from '../isbn.ts'
import type { Book } from '../schema.ts'
import { later } from '../service.ts'
import type { Attribute } from './feed/attributes.ts'
import { csvCell } from './feed/csv-cell.ts'
import { categoryFrom, demoPriceAndStock } from './feed/demo-data.ts'
import { type FeedBook, type Given, problemText } from './feed/feed-book.ts'

export type ImportOptions = {
  /** For new books whose row names no category; without it the first genre gives one. */
  readonly category?: string | undefined
  /** For new books whose row has none. */
  readonly price?: Cents | undefined
  readonly stock?: number | undefined
  /** Made-up prices and stock for new books whose rows have none. */
  readonly demoPrices?: boolean | undefined
  /** Whether a row's stock also becomes that of a book that is there already. */
  readonly setStock?: boolean | undefined
}

export type Plan = { readonly warnings: readonly string[] } & (
  | { readonly kind: 'new'; readonly book: Book }
  /** Only what differs; `stock` is to be set on condition of the stock that was seen. */
  | { readonly kind: 'changed'; readonly changes: Partial<Book>; readonly stock?: number }
  | { readonly kind: 'moved'; readonly book: Book }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string }
)

/** A book goes without these rather than be refused for them. */
const DISPENSABLE: ReadonlySet<Attribute> = new Set<Attribute>([
  'isbn',
  'image_url',
  'average_rating',
  'ratings_count',
  'published_year',
  'language',
  'pages',
  'genres',
  'created_at',
  'updated_at',
])

type Taken = {
  readonly values: Partial<Book>
  readonly warnings: readonly string[]
  readonly reason?: string | undefined
}

/** What can be taken from these cells: the values, and what cannot. */
const take = (given: Iterable<readonly [Attribute, Given]>): Taken => {
  const values: Partial<Record<Attribute, unknown>> = {}
  const warnings: string[] = []
  let reason: string | undefined
  for (const [attribute, one] of given)
    if ('value' in one) values[attribute] = one.value
    else if (DISPENSABLE.has(attribute)) warnings.push(problemText(attribute, one, one.problem))
    else reason ??= problemText(attribute, one, one.problem)
  // Each cell was read as the value of its own attribute.
  return { values: values as Partial<Book>, warnings, reason }
}

const refused = (reason: string, warnings: readonly string[] = []): Plan => ({
  kind: 'refused',
  reason,
  warnings,
})

const NO_PRICE = 'has no price: give --price, or --demo-prices for made-up ones'
const NO_CATEGORY = 'has neither a category nor a genre: give --category'

const planNew = ({ book_id, given }: FeedBook, options: ImportOptions, now: Date): Plan => {
  const { values, warnings, reason } = take(given)
  if (reason !== undefined) return refused(reason, warnings)
  const demo = options.demoPrices ? demoPriceAndStock(book_id) : undefined
  const category = values.category ?? options.category ?? categoryFrom(values.genres)
  const price = values.price ?? options.price ?? demo?.price
  const stock_quantity = values.stock_quantity ?? options.stock ?? demo?.stock ?? 0
  const { title, author } = values
  if (title === undefined) return refused('has no title', warnings)
  if (author === undefined) return refused('has no author', warnings)
  if (price === undefined) return refused(NO_PRICE, warnings)
  if (category === undefined) return refused(NO_CATEGORY, warnings)
  const created_at = values.created_at ?? now.toISOString()
  const updated_at = values.updated_at ?? created_at
  const facts = { category, book_id, title, author, price, stock_quantity, created_at, updated_at }
  return { kind: 'new', book: { ...values, ...facts }, warnings }
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** What the book says, in the one spelling in which cells are read. */
const saidBy = (book: Book, attribute: Attribute): unknown => {
  if (attribute === 'status') return book.status ?? 'active' // a book that is for sale need not say so
  return attribute === 'isbn' ? (normalizeIsbn(book.isbn ?? '') ?? book.isbn) : book[attribute]
}

const differs = (there: Book, attribute: Attribute, one: Given): boolean =>
  csvCell(there, attribute) !== one.cell && !('value' in one && same(saidBy(there, attribute), one.value))

/** When a book was made and changed is the shop's own to say, once it is there. */
const isOurs = (attribute: Attribute): boolean => attribute === 'created_at' || attribute === 'updated_at'

/** Where the row puts the book. One whose category came from its genres follows them; one that somebody placed stays. */
const categoryOf = (values: Partial<Book>, there: Book): string => {
  if (values.category !== undefined) return values.category
  const follows = values.genres !== undefined && categoryFrom(there.genres) === there.category
  return (follows ? categoryFrom(values.genres) : undefined) ?? there.category
}

const planKnown = (
  { given }: FeedBook,
  there: Book,
  { setStock = false }: ImportOptions,
  now: Date,
): Plan => {
  const others = [...given].filter(([attribute, one]) => !isOurs(attribute) && differs(there, attribute, one))
  const { values, warnings, reason } = take(others)
  if (reason !== undefined) return refused(reason, warnings)
  const { stock_quantity: counted, category: _category, ...changes } = values
  const stock = setStock && counted !== undefined ? { stock: counted } : {}
  const category =
    given.has('category') && values.category === undefined ? there.category : categoryOf(values, there)
  const updated_at = later(there.updated_at, now)
  if (category !== there.category) {
    const stock_quantity = stock.stock ?? there.stock_quantity
    return { kind: 'moved', book: { ...there, ...changes, category, stock_quantity, updated_at }, warnings }
  }
  if (Object.keys(changes).length === 0 && stock.stock === undefined) return { kind: 'unchanged', warnings }
  return { kind: 'changed', changes: { ...changes, updated_at }, ...stock, warnings }
}

/**
 * What to do with a book of a feed, given the one that is in the shop under its id. Only what the row has is compared, and
 * what it lacks is never taken away; defaults are for new books alone.
 */
export const planBook = (feed: FeedBook, there: Book | undefined, options: ImportOptions, now: Date): Plan =>
  there ? planKnown(feed, there, options, now) : planNew(feed, options, now)
