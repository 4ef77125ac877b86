/** One shelf: a heading, and books in a row; on a phone the row is moved sideways. */
import type { Card } from '../loading/cards.server.ts'
import { BookCard } from './book-card.tsx'

type Props = {
  readonly id: string
  readonly title: string
  readonly books: readonly Card[]
  readonly all?: { readonly path: string; readonly label: string; readonly of: string }
  readonly eager?: boolean
  /** Whether it stands far below what is seen first. */
  readonly isBelow?: boolean
}

export const ShelfRow = ({ id, title, books, all, eager = false, isBelow = false }: Props) => (
  <section aria-labelledby={id} className="mt-12">
    <div className="mb-4 flex items-baseline justify-between gap-4">
      <h2 id={id} className="font-serif text-2xl sm:text-[1.75rem]">
        {title}
      </h2>
      {all && (
        <a href={all.path} className="link shrink-0 text-sm">
          {all.label}
          <span className="sr-only"> {all.of}</span>
        </a>
      )}
    </div>
    <ul className={isBelow ? 'shelf-row shelf-below' : 'shelf-row'}>
      {books.map((book, i) => (
        <li key={book.book_id}>
          <BookCard book={book} eager={eager && i < 3} />
        </li>
      ))}
    </ul>
  </section>
)
