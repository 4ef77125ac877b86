/** A shelf: its books, narrowed down, sorted and paged as the address says. */
import { data, redirect } from 'react-router'
import { BookList } from '../components/book-list.tsx'
import { readListing } from '../loading/listing.server.ts'
import { findShelf, readShelves } from '../loading/shelves.server.ts'
import { visitContext } from '../loading/visit.ts'
import { breadcrumbsJsonLd } from '../seo/book-json-ld.server.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/category'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const visit = context.get(visitContext)
  const shelves = await readShelves(visit)
  if (shelves.length === 0) throw data(null, { status: 503 })
  const shelf = findShelf(shelves, params.category)
  if (!shelf) throw data(null, { status: 404 })
  if (shelf.path !== url.pathname) throw redirect(`${shelf.path}${url.search}`, 301)
  const listing = await readListing(visit, url, shelves, shelf)
  if (!listing) throw data(null, { status: 404 })
  const { page } = listing.asked
  return {
    listing,
    shelf,
    canonical: `${visit.origin}${shelf.path}${page > 1 ? `?page=${page}` : ''}`,
    jsonLd: [breadcrumbsJsonLd(visit.origin, undefined, shelf.name, t.book.home)],
  }
}

export const meta: Route.MetaFunction = ({ loaderData }) =>
  loaderData
    ? pageMeta({
        title: loaderData.shelf.name,
        description: t.list.categoryDescription(loaderData.shelf.name, loaderData.shelf.count),
        canonical: loaderData.canonical,
        jsonLd: loaderData.jsonLd,
      })
    : []

export default function Category({ loaderData: { listing, shelf } }: Route.ComponentProps) {
  return <BookList title={shelf.name} listing={listing} />
}
