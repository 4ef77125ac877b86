/** Endpoints of the catalogue for staff, as data: editing books, their stock and their cover images. */
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import { BookPath } from './api.ts'
import { INDEX_ERRORS } from './missing-index.ts'
import { BookChange, BookContent, NewBook, StaffBook } from './schema.ts'

const IfMatch = z.object({
  'if-match': z.string().max(200).optional().describe('The ETag of the book as it was read.'),
})

export const getStaffBook = endpoint({
  id: 'getStaffBook',
  method: 'GET',
  path: '/api/books/{book_id}/stock',
  summary: 'Get one book as staff see it, with its stock and the ETag for an edit',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  status: 200,
  reply: StaffBook,
  errors: ['book_not_found', ...INDEX_ERRORS],
})

export const createBook = endpoint({
  id: 'createBook',
  method: 'POST',
  path: '/api/books',
  summary: 'Create a book',
  access: 'staff',
  cache: 'private',
  body: NewBook.meta({ id: 'NewBook' }),
  status: 201,
  reply: StaffBook,
  errors: ['book_exists'],
})

const EDIT_ERRORS = ['book_not_found', 'book_changed', 'precondition_failed', ...INDEX_ERRORS] as const

export const replaceBook = endpoint({
  id: 'replaceBook',
  method: 'PUT',
  path: '/api/books/{book_id}',
  summary: 'Replace everything that staff may edit of a book; its stock stays',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  headers: IfMatch,
  body: BookContent.meta({ id: 'BookContent' }),
  status: 200,
  reply: StaffBook,
  errors: EDIT_ERRORS,
})

export const changeBook = endpoint({
  id: 'changeBook',
  method: 'PATCH',
  path: '/api/books/{book_id}',
  summary: 'Change a book, and its stock by a delta (or to a count, with If-Match)',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  headers: IfMatch,
  body: BookChange.meta({ id: 'BookChange' }),
  status: 200,
  reply: StaffBook,
  errors: [...EDIT_ERRORS, 'precondition_required', 'stock_would_be_negative'],
})

export const deleteBook = endpoint({
  id: 'deleteBook',
  method: 'DELETE',
  path: '/api/books/{book_id}',
  summary: 'Delete a book for good',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  status: 204,
  errors: ['book_not_found', ...INDEX_ERRORS],
})

export const putCover = endpoint({
  id: 'putCover',
  method: 'PUT',
  path: '/api/books/{book_id}/cover',
  summary: 'Upload a cover image: JPEG, PNG, WebP or AVIF, at most 5 MB',
  access: 'staff',
  cache: 'private',
  params: BookPath,
  body: 'bytes',
  maxBytes: 5 * 1024 * 1024,
  mediaTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/avif'],
  status: 200,
  reply: StaffBook,
  errors: ['book_not_found', 'book_changed', 'unsupported_media_type', 'body_too_large', ...INDEX_ERRORS],
})
