/** Addresses of pages, made of what they are about. */
import { slugOf } from '../../../src/core/slug.ts'

type Titled = { readonly book_id: string; readonly title: string }

/** The one address of a book: /books/tech-001/clean-code. */
export const bookPath = ({ book_id, title }: Titled): string => {
  const slug = slugOf(title)
  return slug === '' ? `/books/${book_id}` : `/books/${book_id}/${encodeURIComponent(slug)}`
}

export const authorPath = (author: string): string => `/search?${new URLSearchParams({ author })}`
