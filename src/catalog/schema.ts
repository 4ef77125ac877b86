/** Schemas of a book: the specification's item, what the public and staff see of it, and what staff may send. */
import * as z from 'zod'
import type { MinorUnits } from '../core/money.ts'
import { line, paragraph } from '../core/text.ts'
import { normalizeIsbn } from './isbn.ts'

export const BookId = z.string().regex(/^[A-Za-z0-9_-]{1,50}$/)
export type BookId = z.infer<typeof BookId>

/** Ids that no book may have, because they are paths under /api/books. */
export const RESERVED_BOOK_IDS: ReadonlySet<string> = new Set(['search', 'suggest', 'category'])

export const MAX_STOCK = 1_000_000
/** The highest price in units of any currency: no sum of prices in its minor units leaves the safe integers. */
export const MAX_STORED_PRICE = 100_000_000

/** A price in JSON. Its decimals and its size are checked where the currency of the shop is known (price.ts). */
export const Price = z
  .number()
  .positive()
  .max(MAX_STORED_PRICE)
  .describe('At most as many decimals as the currency of the shop has.')

/** A price as the tables have it. */
export const StoredPrice = z.number().min(0).max(MAX_STORED_PRICE)

/** What the public sees of the stock: no number, so that most sales change nothing public and cached pages stay valid. */
export const Availability = z.enum(['in_stock', 'few_left', 'sold_out'])
export type Availability = z.infer<typeof Availability>
export const FEW_LEFT = 5

export const availabilityOf = (stock: number): Availability =>
  stock === 0 ? 'sold_out' : stock <= FEW_LEFT ? 'few_left' : 'in_stock'

const Instant = z.string().min(1).max(40)
/** Time of an item whose writer gave none. */
export const UNKNOWN_TIME = '1970-01-01T00:00:00Z'
const Status = z.enum(['active', 'retired'])

/** Optional attributes beyond those of the specification's samples. */
const optionalDetails = {
  average_rating: z.number().min(0).max(5).optional(),
  ratings_count: z.int().min(0).optional(),
  published_year: z.int().min(-4000).max(3000).optional(),
  language: z.string().min(1).max(35).optional(),
  pages: z.int().min(0).max(100_000).optional(),
  genres: z.array(z.string().min(1).max(60)).max(20).optional(),
}

type Priced<T> = Omit<T, 'price'> & { readonly price: MinorUnits }

/** An item of the books table, ours or a foreign client's. Text fields are lenient, numeric fields strict. */
export const StoredBook = z.object({
  category: z.string().min(1),
  book_id: BookId,
  title: z.string().min(1),
  author: z.string().min(1),
  isbn: z.string().optional(),
  price: StoredPrice,
  stock_quantity: z.int().min(0),
  description: z.string().optional(),
  image_url: z.string().optional(),
  status: Status.optional(),
  created_at: Instant.default(UNKNOWN_TIME),
  updated_at: Instant.default(UNKNOWN_TIME),
  ...optionalDetails,
})
/** A book in code: as in the table, with its price in minor units. */
export type Book = Priced<z.infer<typeof StoredBook>>

/** The attributes of a book that carts and checkout need. */
export const StoredPricedBook = StoredBook.pick({
  category: true,
  book_id: true,
  title: true,
  author: true,
  price: true,
  stock_quantity: true,
  status: true,
})
export type PricedBook = Priced<z.infer<typeof StoredPricedBook>>

const Isbn = z
  .string()
  .max(20)
  .transform((text, context) => {
    const isbn = normalizeIsbn(text)
    if (isbn !== undefined) return isbn
    context.addIssue({ code: 'custom', message: 'must be a valid ISBN: check its digits' })
    return z.NEVER
  })

/** Name of a category or a genre. */
export const CategoryName = line(60)
export const AuthorName = line(300)

/** What staff may edit of a book; stock and id have rules of their own. */
const editable = {
  category: CategoryName,
  title: line(300),
  author: AuthorName,
  isbn: Isbn.optional(),
  price: Price,
  description: paragraph(5_000).optional(),
  image_url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine(text => text.isWellFormed(), { error: 'must be well-formed Unicode' })
    .optional(),
  status: Status.optional(),
  ...optionalDetails,
  // The store rejects numbers that are too close to zero.
  average_rating: z
    .number()
    .min(0)
    .max(5)
    .refine(value => Number(value.toFixed(4)) === value, { error: 'must have at most four decimals' })
    .optional(),
  language: line(35).optional(),
  genres: z.array(CategoryName).max(20).optional(),
}

export const NewBook = z.strictObject({
  book_id: BookId.refine(id => !RESERVED_BOOK_IDS.has(id), {
    error: 'must be another id: this one is reserved by the API',
  }),
  ...editable,
  stock_quantity: z.int().min(0).max(MAX_STOCK),
})
export type NewBook = z.infer<typeof NewBook>

/** Everything that staff may edit: what is left out is removed from the book. Never touches its stock. */
export const BookContent = z.strictObject(editable)
export type BookContent = z.infer<typeof BookContent>

/** A part of it; `null` removes an optional attribute. Stock by delta, or to a count with If-Match. */
export const BookChange = z.strictObject({
  category: editable.category.optional(),
  title: editable.title.optional(),
  author: editable.author.optional(),
  isbn: editable.isbn.nullable(),
  price: Price.optional(),
  description: editable.description.nullable(),
  image_url: editable.image_url.nullable(),
  status: Status.optional(),
  average_rating: editable.average_rating.nullable(),
  ratings_count: optionalDetails.ratings_count.nullable(),
  published_year: optionalDetails.published_year.nullable(),
  language: editable.language.nullable(),
  pages: optionalDetails.pages.nullable(),
  genres: editable.genres.nullable(),
  stock_delta: z.int().min(-MAX_STOCK).max(MAX_STOCK).optional(),
  stock_quantity: z.int().min(0).max(MAX_STOCK).optional(),
})
export type BookChange = z.infer<typeof BookChange>

/** What the public sees of a book everywhere. */
export const publicFields = {
  book_id: BookId,
  category: z.string(),
  title: z.string(),
  author: z.string(),
  isbn: z.string().optional(),
  price: z.number().describe('In the currency of the shop, for example 42.99.'),
  availability: Availability,
  average_rating: z.number().optional(),
  ratings_count: z.int().optional(),
  published_year: z.int().optional(),
  language: z.string().optional(),
  image_url: z.string().optional(),
}

/** A book in a list. */
export const BookSummary = z.object(publicFields).meta({ id: 'BookSummary' })
export type BookSummary = z.infer<typeof BookSummary>

/** The average ratings that a list can be limited to, as a query parameter. */
export const MIN_RATINGS = ['3', '3.5', '4', '4.5'] as const

/** How a book matches a search. */
export const Match = z
  .enum(['exact', 'prefix', 'fuzzy'])
  .describe(
    'exact: has every telling word as typed. prefix: some only as the beginning of a longer word. fuzzy: the closest there is, with words misspelled, joined, split or left out.',
  )

/** A book in the result of a search. */
export const FoundBook = BookSummary.extend({ match: Match.optional() }).meta({ id: 'FoundBook' })
export type FoundBook = z.infer<typeof FoundBook>

/** A book on its own page. */
export const BookDetail = z
  .object({
    ...publicFields,
    authors: z.array(z.string()).describe('The names in `author`, each by itself, given name first.'),
    description: z.string().optional(),
    pages: z.int().optional(),
    genres: z.array(z.string()).optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Book' })
export type BookDetail = z.infer<typeof BookDetail>

/** A book for staff, with its stock. */
export const StaffBook = BookDetail.extend({
  stock_quantity: z.int(),
  status: Status.optional(),
}).meta({
  id: 'StaffBook',
})
export type StaffBook = z.infer<typeof StaffBook>

/**
 * Row of the index: what browsing, searching and lists need. The price is in minor units, `created_at` is ISO 8601 in UTC.
 * `updated_at` is left out where it is the same.
 */
export type ListedBook = {
  readonly book_id: string
  readonly category: string
  readonly title: string
  readonly author: string
  readonly isbn?: string
  readonly price: number
  readonly availability: Availability
  readonly average_rating?: number
  readonly ratings_count?: number
  readonly published_year?: number
  readonly language?: string
  readonly image_url?: string
  readonly created_at: string
  readonly updated_at?: string
}
