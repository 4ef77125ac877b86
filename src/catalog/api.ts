/** Public endpoints of the catalogue, as data: browsing, searching, single books. */
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import { integerParam, PageSize } from '../http/page-size.ts'
import { repeatableParam } from '../http/repeatable-param.ts'
import { INDEX_ERRORS } from './missing-index.ts'
import {
  AuthorName,
  BookDetail,
  CategoryName,
  FoundBook,
  Match,
  MIN_RATINGS,
  publicFields,
} from './schema.ts'

const PriceText = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,4})?$/, { error: 'must be a price, for example 12.50' })
  .transform(Number)
  .describe('A price, for example 12.50.')

const Flag = z.enum(['true', 'false']).transform(text => text === 'true')
const Cursor = z.string().min(1).max(1_000).describe('The next_cursor of the previous page.')

const SearchText = z.string().max(200)

const DECADE = /^(?:\d{4}|before-1900)$/

const filters = {
  author: repeatableParam(AuthorName)
    .optional()
    .describe(
      'A name in any spelling of its initials, or several with semicolons, of which a book must have all.',
    ),
  language: repeatableParam(z.string().min(1).max(35)).optional(),
  decade: repeatableParam(z.string().regex(DECADE, { error: 'must be a decade, for example 1990' }))
    .optional()
    .describe('Decades in which a book was published, by their first year, or before-1900.'),
  min_rating: z.enum(MIN_RATINGS).optional().describe('The least average rating.'),
  min_price: PriceText.optional(),
  max_price: PriceText.optional(),
  in_stock: Flag.optional().describe('true: only books in stock; false: all.'),
  sort: z.enum(['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating']).optional(),
  limit: PageSize,
  page: integerParam(1, 100_000).optional().describe('From 1; instead of a cursor.'),
  cursor: Cursor.optional(),
  facet_limit: integerParam(1, 1_000)
    .optional()
    .describe('How many authors to list at the most; 20 if not given. Chosen ones are listed in any case.'),
}

const BrowseParams = z.strictObject({
  q: SearchText.optional(),
  category: repeatableParam(CategoryName).optional(),
  ...filters,
})
export type BrowseParams = z.infer<typeof BrowseParams>

const Facet = z.array(z.object({ value: z.string(), count: z.int() }))

export const BookPage = z
  .object({
    items: z.array(FoundBook),
    total: z.int().nullable().describe('null where there is no index, so that the table answers.'),
    match: Match.nullable().describe(
      'The best match of all items, on this page or not; null without q and without items. Where it is fuzzy, nothing has the words as typed.',
    ),
    pages: z.int().nullable().describe('How many pages of this size there are; null where total is.'),
    facets: z
      .object({
        category: Facet,
        author: Facet,
        price: Facet,
        availability: Facet,
        language: Facet,
        decade: Facet,
        rating: Facet,
      })
      .describe('What each value would give with the other filters kept.'),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'BookPage' })
export type BookPage = z.infer<typeof BookPage>

export const Suggestions = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['book', 'author', 'category']),
        text: z.string(),
        book_id: z.string().optional(),
        author: publicFields.author.optional(),
        category: publicFields.category.optional(),
        price: publicFields.price.optional(),
        availability: publicFields.availability.optional(),
        image_url: publicFields.image_url,
      }),
    ),
  })
  .meta({ id: 'Suggestions' })
export type Suggestion = z.infer<typeof Suggestions>['items'][number]

const Categories = z
  .object({ items: z.array(z.object({ category: z.string(), count: z.int() })) })
  .meta({ id: 'Categories' })

/** A book in a path: its id, or its ISBN in any spelling. */
export const BookPath = z.object({ book_id: z.string().min(1).max(60) })

export const browseBooks = endpoint({
  id: 'browseBooks',
  method: 'GET',
  path: '/api/books',
  summary: 'Browse and search books, with facets and pagination',
  access: 'anyone',
  cache: 'public',
  query: BrowseParams,
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', ...INDEX_ERRORS],
})

export const searchBooks = endpoint({
  id: 'searchBooks',
  method: 'GET',
  path: '/api/books/search',
  summary: 'Search by title, author or ISBN; forgives typos',
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({ q: SearchText, category: repeatableParam(CategoryName).optional(), ...filters }),
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', ...INDEX_ERRORS],
})

export const suggestBooks = endpoint({
  id: 'suggestBooks',
  method: 'GET',
  path: '/api/books/suggest',
  summary: 'Suggest titles, authors and categories for an incomplete query',
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({ q: SearchText, limit: integerParam(1, 20).optional() }),
  status: 200,
  reply: Suggestions,
  errors: INDEX_ERRORS,
})

export const categoryBooks = endpoint({
  id: 'categoryBooks',
  method: 'GET',
  path: '/api/books/category/{category}',
  slashesInPath: true,
  summary: 'List the books of a category',
  access: 'anyone',
  cache: 'public',
  params: z.object({ category: CategoryName }),
  query: z.strictObject({ q: SearchText.optional(), ...filters }),
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', ...INDEX_ERRORS],
})

export const listCategories = endpoint({
  id: 'listCategories',
  method: 'GET',
  path: '/api/categories',
  summary: 'List the categories with their numbers of books',
  access: 'anyone',
  cache: 'public',
  status: 200,
  reply: Categories,
  errors: INDEX_ERRORS,
})

const RenamedCategories = z
  .object({
    items: z.array(
      z.object({
        category: z.string().describe('The name that the category had.'),
        now: z.string().describe('The category that has its books now.'),
      }),
    ),
  })
  .meta({ id: 'RenamedCategories' })

export const listRenamedCategories = endpoint({
  id: 'listRenamedCategories',
  method: 'GET',
  path: '/api/categories/renamed',
  summary: 'List the former names of categories that were renamed or merged, for links to them',
  access: 'anyone',
  cache: 'public',
  status: 200,
  reply: RenamedCategories,
  errors: [],
})

/** The most that one file of a sitemap is made from, well below the protocol's 50,000. */
export const TITLES_PER_PART = 10_000

export const listTitles = endpoint({
  id: 'listTitles',
  method: 'GET',
  path: '/api/titles',
  summary: `List ids, titles and last edits of all books for sale, ${TITLES_PER_PART} at a time, as a sitemap needs them`,
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({
    part: integerParam(1, 50_000).optional().describe('From 1, which is the default.'),
  }),
  status: 200,
  reply: z
    .object({
      parts: z.int(),
      items: z.array(
        z.object({
          book_id: z.string(),
          title: z.string(),
          updated_at: z.string().optional().describe('When the book was last edited, where that is known.'),
        }),
      ),
    })
    .meta({ id: 'Titles' }),
  errors: INDEX_ERRORS,
})

export const getBook = endpoint({
  id: 'getBook',
  method: 'GET',
  path: '/api/books/{book_id}',
  summary: 'Get one book, by its id or by its ISBN in any spelling',
  access: 'anyone',
  cache: 'public',
  params: BookPath,
  status: 200,
  reply: BookDetail,
  errors: ['book_not_found', ...INDEX_ERRORS],
})
