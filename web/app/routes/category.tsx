/** Category page. */
import { data, redirect } from 'react-router'
import { BookList } from '../components/book-list.tsx'
import { findCategory, findRenamedCategory, readCategories } from '../loading/categories.server.ts'
import { readListing } from '../loading/listing.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { breadcrumbsJsonLd } from '../seo/book-json-ld.server.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/category'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const categories = await readCategories(ctx)
  if (categories.length === 0) throw data(null, { status: 503 })
  const segment = params['*']
  const category = findCategory(categories, segment) ?? (await findRenamedCategory(ctx, categories, segment))
  if (!category) throw data(null, { status: 404 })
  if (category.path !== url.pathname) throw redirect(`${category.path}${url.search}`, 301)
  const listing = await readListing(ctx, url, category)
  if (!listing) throw data(null, { status: 404 })
  const { page } = listing.params
  return {
    listing,
    category,
    canonical: `${ctx.origin}${category.path}${page > 1 ? `?page=${page}` : ''}`,
    jsonLd: [breadcrumbsJsonLd(ctx.origin, undefined, category.name, t.book.home)],
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  loaderData
    ? pageMeta(matches, {
        title: loaderData.category.name,
        description: t.list.categoryDescription(loaderData.category.name, loaderData.category.count),
        canonical: loaderData.canonical,
        jsonLd: loaderData.jsonLd,
      })
    : []

export default function Category({ loaderData: { listing, category } }: Route.ComponentProps) {
  return <BookList title={category.name} listing={listing} />
}
