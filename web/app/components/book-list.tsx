/** Book list with active filters, facets, sort menu and pagination. */
import type { Listing } from '../loading/listing.server.ts'
import { t } from '../texts/texts.ts'
import { BookCard } from './book-card.tsx'
import { Facets } from './facets.tsx'
import { ActiveFilters, Pagination, SortMenu } from './list-controls.tsx'
import { NothingFound } from './nothing-found.tsx'

const ABOVE_THE_FOLD = 4

export const BookList = ({ title, listing }: { readonly title: string; readonly listing: Listing }) => {
  const { books, total, params, pages } = listing
  return (
    <>
      <div className="pt-8">
        <h1 className="page-title">{title}</h1>
        <p className="text-soft">
          {total !== null && total > 0 && t.list.count(total)}
          {total !== null && pages > 1 && ` · ${t.list.page(params.page, pages)}`}
        </p>
      </div>
      <div
        className={`mt-6 grid grid-cols-1 gap-x-10 gap-y-6 ${listing.facets.length > 0 ? 'lg:grid-cols-[13rem_minmax(0,1fr)]' : ''}`}
      >
        {listing.facets.length > 0 && <Facets listing={listing} />}
        <div>
          <div className="mb-6 flex flex-wrap items-center justify-between gap-3">
            <ActiveFilters listing={listing} />
            {books.length > 0 && <SortMenu listing={listing} />}
          </div>
          {listing.isSimilar && <h2 className="mb-6 font-serif text-xl">{t.list.similar}</h2>}
          {books.length > 0 ? (
            <ul className="book-grid">
              {books.map((book, i) => (
                <li key={book.book_id}>
                  <BookCard book={book} eager={i < ABOVE_THE_FOLD} />
                </li>
              ))}
            </ul>
          ) : (
            <NothingFound listing={listing} />
          )}
          <Pagination listing={listing} />
        </div>
      </div>
    </>
  )
}
