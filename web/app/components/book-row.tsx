/** Heading with a row of books; scrolls horizontally on small screens. */
import type { BookCardData } from '../loading/cards.server.ts'
import { BookCard } from './book-card.tsx'

type Props = {
  readonly id: string
  readonly title: string
  readonly books: readonly BookCardData[]
  readonly seeAll?: { readonly path: string; readonly label: string; readonly of: string }
  readonly eager?: boolean
  /** Whether the row is far below the fold, so that small screens may skip its layout. */
  readonly isBelowFold?: boolean
}

export const BookRow = ({ id, title, books, seeAll, eager = false, isBelowFold = false }: Props) => (
  <section aria-labelledby={id} className="mt-12">
    <div className="mb-4 flex items-baseline justify-between gap-4">
      <h2 id={id} className="font-serif text-2xl sm:text-[1.75rem]">
        {title}
      </h2>
      {seeAll && (
        <a href={seeAll.path} className="link shrink-0 text-sm">
          {seeAll.label}
          <span className="sr-only"> {seeAll.of}</span>
        </a>
      )}
    </div>
    <ul className={isBelowFold ? 'book-row book-row-below-fold' : 'book-row'}>
      {books.map((book, i) => (
        <li key={book.book_id}>
          <BookCard book={book} eager={eager && i < 3} />
        </li>
      ))}
    </ul>
  </section>
)
