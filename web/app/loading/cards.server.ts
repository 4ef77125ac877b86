/** Data of book cards. Kept minimal, because a page carries it twice: as HTML and as hydration data. */
import type { BookSummary } from '#src/catalog/schema.ts'
import { languageTag } from '#src/core/language-tag.ts'
import { cardView } from '../texts/card-view.ts'
import { LANGUAGE } from '../texts/locale.ts'
import type { PageContext } from './page-context.ts'

export type BookCardData = Pick<
  BookSummary,
  'book_id' | 'category' | 'title' | 'author' | 'price' | 'availability'
> & {
  readonly image_url?: string
  /** Language tag of title and author, where it is another than the page's. */
  readonly lang?: string
}

const UPLOADED = '/images/covers/'

/** Language tag for the texts of a book, as an optional attribute: none for the language of the page. */
export const langOf = (language: string | undefined): { readonly lang?: string } => {
  const lang = language === undefined ? undefined : languageTag(language)
  return lang === undefined || lang === LANGUAGE ? {} : { lang }
}

/** Images on other hosts are left out. */
const toCardData = (book: BookSummary): BookCardData => ({
  book_id: book.book_id,
  category: book.category,
  title: book.title,
  author: book.author,
  price: book.price,
  availability: book.availability,
  ...langOf(book.language),
  ...(book.image_url?.startsWith(UPLOADED) ? { image_url: book.image_url } : {}),
})

/** The cards of these books. A book whose card cannot be drawn is logged and left out. */
export const toCards = (
  { currency, report }: Pick<PageContext, 'currency' | 'report'>,
  books: readonly BookSummary[],
): BookCardData[] =>
  books.flatMap(book => {
    try {
      const card = toCardData(book)
      cardView(card, currency)
      return [card]
    } catch (cause) {
      report(new Error(`book ${book.book_id} is left out of a page: its card cannot be drawn`, { cause }))
      return []
    }
  })
