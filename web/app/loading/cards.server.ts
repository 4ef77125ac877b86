/** What a book on a shelf shows, and no more: the page carries it twice, as HTML and as data. */
import type { BookSummary } from '#src/catalog/schema.ts'

export type BookCardData = Pick<
  BookSummary,
  'book_id' | 'category' | 'title' | 'author' | 'price' | 'availability'
> & {
  readonly image_url?: string
}

const UPLOADED = '/images/covers/'

/** Pictures of other sites stay where they are. */
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
