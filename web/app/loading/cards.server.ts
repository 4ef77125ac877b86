/** Data of a book card. Kept minimal, because a page carries it twice: as HTML and as hydration data. */
import type { BookSummary } from '#src/catalog/schema.ts'

export type BookCardData = Pick<
  BookSummary,
  'book_id' | 'category' | 'title' | 'author' | 'price' | 'availability'
> & {
  readonly image_url?: string
}

const UPLOADED = '/images/covers/'

/** Images on other hosts are left out. */
export const toCardData = ({
  book_id,
  category,
  title,
  author,
  price,
  availability,
  image_url,
}: BookSummary): BookCardData => ({
  book_id,
  category,
  title,
  author,
  price,
  availability,
  ...(image_url?.startsWith(UPLOADED) ? { image_url } : {}),
})
