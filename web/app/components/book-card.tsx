/** Card of a book in a list or a row: cover, title, author, price and availability. */

import type { BookCardData } from '../loading/cards.server.ts'
import { bookPath } from '../paths.ts'
import { authorsLine } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { Cover } from './cover.tsx'
import { usePrice } from './use-shop.ts'

const AVAILABILITY_NOTE = { in_stock: undefined, few_left: t.book.fewLeft, sold_out: t.book.soldOut }

type Props = { readonly book: BookCardData; readonly eager?: boolean }

export const BookCard = ({ book, eager = false }: Props) => {
  const price = usePrice()
  const note = AVAILABILITY_NOTE[book.availability]
  return (
    <article className="book-card group">
      <a href={bookPath(book)} className="block">
        <span className="board">
          <Cover book={book} eager={eager} />
        </span>
        <h3 className="line-clamp-3 font-serif text-[1.125rem] leading-snug text-balance group-hover:underline">
          {book.title}
        </h3>
      </a>
      <p className="line-clamp-2 text-sm text-soft">{authorsLine(book.author)}</p>
      <p className="mt-1 text-sm tabular-nums">
        {price(book.price)}
        {note && (
          <span className={book.availability === 'sold_out' ? 'note text-bad' : 'note text-warn'}>
            {note}
          </span>
        )}
      </p>
    </article>
  )
}
