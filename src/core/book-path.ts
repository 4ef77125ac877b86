/** Canonical path of a book's page. */
import { slugify } from './slug.ts'

type Titled = { readonly book_id: string; readonly title: string }

/** /books/tech-001/clean-code; without the last part for a title that has no letters and digits. */
export const bookPath = ({ book_id, title }: Titled): string => {
  const slug = slugify(title)
  return slug === '' ? `/books/${book_id}` : `/books/${book_id}/${encodeURIComponent(slug)}`
}
