/** Search page; lists all books without a query. */
import { data } from 'react-router'
import { BookList } from '../components/book-list.tsx'
import { readListing } from '../loading/listing.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { authorsLine } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/search'

const pageHeading = (q: string, author: string | undefined, isFound: boolean): string => {
  if (q !== '') return isFound ? t.list.resultsFor(q) : t.list.searchResults
  return author ? t.list.booksBy(authorsLine(author)) : t.shop.allBooks
}

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const listing = await readListing(ctx, url)
  if (!listing) throw data(null, { status: 404 })
  const { q, author: authors, page } = listing.params
  const [author] = authors.length === 1 ? authors : []
  // Search results are not indexed; only the list of all books is.
  const isAll = listing.activeFilters.length === 0 && q === ''
  return {
    listing,
    title: q !== '' ? t.list.searchTitle(q) : author ? t.list.booksBy(authorsLine(author)) : t.shop.allBooks,
    heading: pageHeading(q, author, listing.books.length > 0),
    ...(isAll ? { canonical: `${ctx.origin}/search${page > 1 ? `?page=${page}` : ''}` } : {}),
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  loaderData
    ? pageMeta(matches, {
        title: loaderData.title,
        description: t.list.searchDescription,
        ...(loaderData.canonical === undefined ? {} : { canonical: loaderData.canonical }),
      })
    : []

export default function Search({ loaderData: { listing, heading } }: Route.ComponentProps) {
  return <BookList title={heading} listing={listing} />
}
