/** Import plan of one row: a new book, a change, a move to another category, nothing, or a refusal. Pure functions. */
import type { Currency } from '../../core/currency.ts'
import type { MinorUnits } from '../../core/money.ts'
import { nextUpdatedAt } from '../edit.ts'
import { normalizeIsbn } from '../isbn.ts'
import type { Book } from '../schema.ts'
import type { Attribute } from './feed/attributes.ts'
import { csvCell } from './feed/csv-cell.ts'
import { categoryFrom, demoPriceAndStock } from './feed/demo-data.ts'
import { type FeedBook, type Given, problemText } from './feed/feed-book.ts'
import { identityConflict } from './feed/identity.ts'

export type ImportOptions = {
  /** The shop's. */
  readonly currency: Currency
  /** For new books whose row has no category; without this option the first genre is the category. */
  readonly category?: string | undefined
  /** For new books whose row has no price. */
  readonly price?: MinorUnits | undefined
  /** For new books whose row has no stock. */
  readonly stock?: number | undefined
  /** Generated prices and stock for new books whose rows have none. */
  readonly demoPrices?: boolean | undefined
  /** Current names of categories by their former ones. */
  readonly renamedCategories?: ReadonlyMap<string, string> | undefined
  /** Whether the stock of a row also replaces that of an existing book. */
  readonly setStock?: boolean | undefined
}

export type Plan = { readonly warnings: readonly string[] } & (
  | { readonly kind: 'new'; readonly book: Book }
  /** Only what differs; `stock` is set on condition of the stock that was read. */
  | { readonly kind: 'changed'; readonly changes: Partial<Book>; readonly stock?: number }
  | { readonly kind: 'moved'; readonly book: Book }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string }
)

/** Attributes that are left out with a warning when their cells are invalid, instead of refusing the row. */
const DROPPABLE: ReadonlySet<Attribute> = new Set<Attribute>([
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

type ReadCells = {
  readonly values: Partial<Book>
  readonly warnings: readonly string[]
  readonly reason?: string | undefined
}

/** The values of these cells, warnings about those that are left out, and the reason to refuse the row, if any. */
const readCells = (given: Iterable<readonly [Attribute, Given]>): ReadCells => {
  const values: Partial<Record<Attribute, unknown>> = {}
  const warnings: string[] = []
  let reason: string | undefined
  for (const [attribute, cell] of given)
    if ('value' in cell) {
      values[attribute] = cell.value
      if (cell.remark !== undefined) warnings.push(problemText(attribute, cell, cell.remark))
    } else if (DROPPABLE.has(attribute)) warnings.push(problemText(attribute, cell, cell.problem))
    else reason ??= problemText(attribute, cell, cell.problem)
  // Each cell was parsed as a value of its attribute.
  return { values: values as Partial<Book>, warnings, reason }
}

const refused = (reason: string, warnings: readonly string[] = []): Plan => ({
  kind: 'refused',
  reason,
  warnings,
})

const NO_PRICE = 'has no price: set --price, or --demo-prices to generate prices'
const NO_CATEGORY = 'has neither a category nor a genre: set --category'

/** The name that a category has now, if it was renamed. */
const currentName = (
  category: string | undefined,
  { renamedCategories }: ImportOptions,
): string | undefined => (category === undefined ? undefined : (renamedCategories?.get(category) ?? category))

const renamedWarning = (named: string | undefined, category: string): string[] =>
  named === category
    ? []
    : [`category ${JSON.stringify(named)} was renamed: taken as ${JSON.stringify(category)}`]

const planNew = ({ book_id, given }: FeedBook, options: ImportOptions, now: Date): Plan => {
  const { values, warnings, reason } = readCells(given)
  if (reason !== undefined) return refused(reason, warnings)
  const demo = options.demoPrices ? demoPriceAndStock(book_id, options.currency) : undefined
  const named = values.category ?? options.category ?? categoryFrom(values.genres)
  const category = currentName(named, options)
  const price = values.price ?? options.price ?? demo?.price
  const stock_quantity = values.stock_quantity ?? options.stock ?? demo?.stock ?? 0
  const { title, author } = values
  if (title === undefined) return refused('has no title', warnings)
  if (author === undefined) return refused('has no author', warnings)
  if (price === undefined) return refused(NO_PRICE, warnings)
  if (category === undefined) return refused(NO_CATEGORY, warnings)
  const created_at = values.created_at ?? now.toISOString()
  const updated_at = values.updated_at ?? created_at
  const required = { category, book_id, title, author, price, stock_quantity, created_at, updated_at }
  return {
    kind: 'new',
    book: { ...values, ...required },
    warnings: [...warnings, ...renamedWarning(named, category)],
  }
}

const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** The value of a book's attribute in the form in which cells are read. */
const comparableValue = (book: Book, attribute: Attribute): unknown => {
  if (attribute === 'status') return book.status ?? 'active' // the default
  return attribute === 'isbn' ? (normalizeIsbn(book.isbn ?? '') ?? book.isbn) : book[attribute]
}

const differs = (current: Book, attribute: Attribute, cell: Given, currency: Currency): boolean =>
  csvCell(current, attribute, currency) !== cell.cell &&
  !('value' in cell && isEqual(comparableValue(current, attribute), cell.value))

/** Once a book exists, only the shop sets its times. */
const isTimestamp = (attribute: Attribute): boolean =>
  attribute === 'created_at' || attribute === 'updated_at'

/** The category that the row gives an existing book. One that came from the genres follows them, any other stays. */
const newCategory = (values: Partial<Book>, current: Book): string => {
  if (values.category !== undefined) return values.category
  const followsGenres = values.genres !== undefined && categoryFrom(current.genres) === current.category
  return (followsGenres ? categoryFrom(values.genres) : undefined) ?? current.category
}

const planExisting = ({ given }: FeedBook, current: Book, options: ImportOptions, now: Date): Plan => {
  const { setStock = false, currency } = options
  const changed = [...given].filter(
    ([attribute, cell]) =>
      !isTimestamp(attribute) &&
      (setStock || attribute !== 'stock_quantity') &&
      differs(current, attribute, cell, currency),
  )
  const { values, warnings, reason } = readCells(changed)
  if (reason !== undefined) return refused(reason, warnings)
  const { stock_quantity: counted, category: _category, ...changes } = values
  const stock = setStock && counted !== undefined ? { stock: counted } : {}
  const named =
    given.has('category') && values.category === undefined ? current.category : newCategory(values, current)
  const category = currentName(named, options) ?? current.category
  const updated_at = nextUpdatedAt(current.updated_at, now)
  if (category !== current.category) {
    const stock_quantity = stock.stock ?? current.stock_quantity
    return { kind: 'moved', book: { ...current, ...changes, category, stock_quantity, updated_at }, warnings }
  }
  if (Object.keys(changes).length === 0 && stock.stock === undefined) return { kind: 'unchanged', warnings }
  return { kind: 'changed', changes: { ...changes, updated_at }, ...stock, warnings }
}

const givenValue = ({ given }: FeedBook, attribute: Attribute): unknown => {
  const cell = given.get(attribute)
  return cell && 'value' in cell ? cell.value : undefined
}

/** A new book that has the ISBN of another one is taken, and that is said: doctor lists both. */
const withIsbnWarning = (plan: Plan, { identity: { isbn, sameIsbn } }: FeedBook): Plan =>
  plan.kind === 'new' && sameIsbn.length > 0
    ? { ...plan, warnings: [...plan.warnings, `ISBN ${isbn} is also that of ${sameIsbn.join(', ')}`] }
    : plan

/**
 * The plan for a book of a feed, given the existing book with its id. Only what the row has is compared, and what it lacks is
 * never removed; defaults apply to new books only. A row that is about another book than the existing one is refused.
 */
export const planBook = (
  feed: FeedBook,
  current: Book | undefined,
  options: ImportOptions,
  now: Date,
): Plan => {
  if (!current) return withIsbnWarning(planNew(feed, options, now), feed)
  const words = { title: givenValue(feed, 'title'), author: givenValue(feed, 'author') }
  const conflict = identityConflict(feed.identity, current, words)
  return conflict === undefined ? planExisting(feed, current, options, now) : refused(conflict)
}
