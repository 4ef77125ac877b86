/** Card of a book in a list or a row: cover, title, author, price and availability. */

import type { BookCardData } from '../loading/cards.server.ts'
import { cardView } from '../texts/card-view.ts'
import { t } from '../texts/texts.ts'
import { Cover } from './cover.tsx'
import { useCurrency } from './use-shop.ts'

const AVAILABILITY_NOTE = { in_stock: undefined, few_left: t.book.fewLeft, sold_out: t.book.soldOut }

type Props = { readonly book: BookCardData; readonly eager?: boolean }

export const BookCard = ({ book, eager = false }: Props) => {
  const { path, authors, price } = cardView(book, useCurrency())
  const note = AVAILABILITY_NOTE[book.availability]
  return (
    <article className="book-card group">
      <a href={path} className="block">
        <span className="board">
          <Cover book={book} eager={eager} />
        </span>
        <h3
          dir="auto"
          lang={book.lang}
          className="line-clamp-3 font-serif text-[1.125rem] leading-snug text-balance group-hover:underline"
        >
          {book.title}
        </h3>
      </a>
      <p dir="auto" lang={book.lang} className="line-clamp-2 text-sm text-soft">
        {authors}
      </p>
      <p className="mt-1 text-sm tabular-nums">
        {price}
        {note && (
          <span className={book.availability === 'sold_out' ? 'note text-bad' : 'note text-warn'}>
            {note}
          </span>
        )}
      </p>
    </article>
  )
}
