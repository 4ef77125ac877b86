/** Endpoints of shelves, as data: groups of books that one page shows together, in one response. */
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import { BookPath } from './api.ts'
import { INDEX_ERRORS } from './missing-index.ts'
import { BookSummary } from './schema.ts'

const books = z.array(BookSummary)
const complete = z
  .boolean()
  .describe('false where a shelf could not be read: it is left out, and the response is not kept.')

const FrontPage = z
  .object({
    shelves: z.array(
      z.object({
        kind: z.enum(['newest', 'top_rated', 'category']),
        category: z.string().optional().describe('The category of a shelf of that kind.'),
        items: books,
      }),
    ),
    complete,
  })
  .meta({ id: 'FrontPage' })
export type FrontPage = z.infer<typeof FrontPage>

export const getFrontPage = endpoint({
  id: 'getFrontPage',
  method: 'GET',
  path: '/api/front-page',
  summary: 'List the shelves of the front page: new books, the best rated, and the largest categories',
  access: 'anyone',
  cache: 'public',
  status: 200,
  reply: FrontPage,
  errors: INDEX_ERRORS,
})

const RelatedBooks = z
  .object({
    author: z.string().describe('The author whose books `by_author` are: the first of the book.'),
    by_author: books,
    in_category: books.describe('Without those of `by_author`.'),
    complete,
  })
  .meta({ id: 'RelatedBooks' })
export type RelatedBooks = z.infer<typeof RelatedBooks>

export const listRelatedBooks = endpoint({
  id: 'listRelatedBooks',
  method: 'GET',
  path: '/api/books/{book_id}/related',
  summary: 'List other books by the author of a book, and of its category',
  access: 'anyone',
  cache: 'public',
  params: BookPath,
  status: 200,
  reply: RelatedBooks,
  errors: ['book_not_found', ...INDEX_ERRORS],
})
