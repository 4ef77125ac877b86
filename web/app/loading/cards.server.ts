/** What a book on a shelf shows, and no more: the page carries it twice, as HTML and as data. */
import type { BookSummary } from '#src/catalog/schema.ts'

export type Card = Pick<
  BookSummary,
  'book_id' | 'category' | 'title' | 'author' | 'price' | 'availability'
> & {
  readonly image_url?: string
}

const OWN = '/images/covers/'

/** Pictures of other sites stay where they are. */
export const cardOf = ({
  book_id,
  category,
  title,
  author,
  price,
  availability,
  image_url,
}: BookSummary): Card => ({
  book_id,
  category,
  title,
  author,
  price,
  availability,
  ...(image_url?.startsWith(OWN) ? { image_url } : {}),
})
