/** The endpoints of the catalogue, as data. */
import * as z from 'zod'
import { parseDecimal } from '../core/money.ts'
import { endpoint } from '../http/endpoint.ts'
import { intText, PageSize } from '../http/page-size.ts'
import {
  AuthorName,
  BookChange,
  BookContent,
  BookDetail,
  BookSummary,
  CategoryName,
  NewBook,
  StaffBook,
} from './schema.ts'

const PriceText = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,2})?$/, { error: 'is no price such as 12.50' })
  .transform(text => parseDecimal(text) ?? 0)
  .describe('A price such as 12.50.')

const Flag = z.enum(['true', 'false']).transform(text => text === 'true')
const Cursor = z.string().min(1).max(1_000).describe('The next_cursor of the page before.')

const SearchText = z.string().max(200)

const filters = {
  author: AuthorName.optional(),
  min_price: PriceText.optional(),
  max_price: PriceText.optional(),
  in_stock: Flag.optional().describe('true: only books that can be had now; false: all.'),
  sort: z.enum(['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating']).optional(),
  limit: PageSize,
  cursor: Cursor.optional(),
}

const BrowseParams = z.strictObject({
  q: SearchText.optional(),
  category: CategoryName.optional(),
  ...filters,
})
export type BrowseParams = z.infer<typeof BrowseParams>

const Facet = z.array(z.object({ value: z.string(), count: z.int() }))

export const BookPage = z
  .object({
    items: z.array(BookSummary),
    total: z.int().nullable().describe('null while the index is not ready and the table answers.'),
    facets: z.object({ category: Facet, author: Facet, price: Facet, availability: Facet }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'BookPage' })
export type BookPage = z.infer<typeof BookPage>

const Suggestions = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['book', 'author', 'category']),
        text: z.string(),
        book_id: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Suggestions' })

const Categories = z
  .object({ items: z.array(z.object({ category: z.string(), count: z.int() })) })
  .meta({ id: 'Categories' })

const BookPath = z.object({ book_id: z.string().min(1).max(60) })
const IfMatch = z.object({
  'if-match': z.string().max(200).optional().describe('The ETag of the book as it was read.'),
})

export const browseBooks = endpoint({
  id: 'browseBooks',
  method: 'GET',
  path: '/api/books',
  summary: 'Browse and search the shelf, a page at a time, with facets',
  access: 'anyone',
  cache: 'public',
  query: BrowseParams,
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', 'index_not_ready'],
})

export const searchBooks = endpoint({
  id: 'searchBooks',
  method: 'GET',
  path: '/api/books/search',
  summary: 'Search by title, author or ISBN, forgivingly',
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({ q: SearchText, category: CategoryName.optional(), ...filters }),
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', 'index_not_ready'],
})

export const suggestBooks = endpoint({
  id: 'suggestBooks',
  method: 'GET',
  path: '/api/books/suggest',
  summary: 'Titles, authors and categories for what has been typed so far',
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({ q: SearchText, limit: intText(1, 20).optional() }),
  status: 200,
  reply: Suggestions,
  errors: ['index_not_ready'],
})

export const categoryBooks = endpoint({
  id: 'categoryBooks',
  method: 'GET',
  path: '/api/books/category/{category}',
  summary: 'The books of a category',
  access: 'anyone',
  cache: 'public',
  params: z.object({ category: CategoryName }),
  query: z.strictObject({ q: SearchText.optional(), ...filters }),
  status: 200,
  reply: BookPage,
  errors: ['bad_cursor', 'index_not_ready'],
})

export const listCategories = endpoint({
  id: 'listCategories',
  method: 'GET',
  path: '/api/categories',
  summary: 'The categories, with how many books each has',
  access: 'anyone',
  cache: 'public',
  status: 200,
  reply: Categories,
  errors: ['index_not_ready'],
})

export const TITLES_PER_PART = 10_000

export const listTitles = endpoint({
  id: 'listTitles',
  method: 'GET',
  path: '/api/titles',
  summary: `The ids and titles of all books that can be bought, ${TITLES_PER_PART} at a time: what a sitemap is made of`,
  access: 'anyone',
  cache: 'public',
  query: z.strictObject({
    part: intText(1, 50_000).optional().describe('From 1, which is also meant by none.'),
  }),
  status: 200,
  reply: z
    .object({
      parts: z.int(),
      items: z.array(z.object({ book_id: z.string(), title: z.string() })),
    })
    .meta({ id: 'Titles' }),
  errors: ['index_not_ready'],
})

export const getBook = endpoint({
  id: 'getBook',
  method: 'GET',
  path: '/api/books/{book_id}',
  summary: 'One book, by its id or by its ISBN in any spelling',
  access: 'anyone',
  cache: 'public',
  params: BookPath,
  status: 200,
  reply: BookDetail,
  errors: ['book_not_found'],
})

export const getStaffBook = endpoint({
  id: 'getStaffBook',
  method: 'GET',
  path: '/api/books/{book_id}/stock',
  summary: 'One book as staff see it, with its stock and the ETag for an edit',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  status: 200,
  reply: StaffBook,
  errors: ['book_not_found'],
})

export const createBook = endpoint({
  id: 'createBook',
  method: 'POST',
  path: '/api/books',
  summary: 'Put a new book on the shelf',
  access: 'staff',
  cache: 'private',
  body: NewBook.meta({ id: 'NewBook' }),
  status: 201,
  reply: StaffBook,
  errors: ['book_exists'],
})

const editErrors = ['book_not_found', 'book_changed', 'precondition_failed'] as const

export const replaceBook = endpoint({
  id: 'replaceBook',
  method: 'PUT',
  path: '/api/books/{book_id}',
  summary: 'Replace all that staff may edit of a book; its stock stays',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  headers: IfMatch,
  body: BookContent.meta({ id: 'BookContent' }),
  status: 200,
  reply: StaffBook,
  errors: editErrors,
})

export const changeBook = endpoint({
  id: 'changeBook',
  method: 'PATCH',
  path: '/api/books/{book_id}',
  summary: 'Change some of a book, and its stock by a delta (or absolutely, with If-Match)',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  headers: IfMatch,
  body: BookChange.meta({ id: 'BookChange' }),
  status: 200,
  reply: StaffBook,
  errors: [...editErrors, 'precondition_required', 'stock_would_be_negative'],
})

export const deleteBook = endpoint({
  id: 'deleteBook',
  method: 'DELETE',
  path: '/api/books/{book_id}',
  summary: 'Take a book off the shelf for good',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  status: 204,
  errors: ['book_not_found'],
})

export const putCover = endpoint({
  id: 'putCover',
  method: 'PUT',
  path: '/api/books/{book_id}/cover',
  summary: 'Upload a cover: JPEG, PNG, WebP or AVIF, at most 5 MB',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  body: 'image',
  status: 200,
  reply: StaffBook,
  errors: ['book_not_found', 'book_changed', 'unsupported_media_type', 'body_too_large'],
})
