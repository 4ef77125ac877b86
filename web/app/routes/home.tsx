/** Home page: new arrivals, favorites and categories. */
import { getFrontPage } from '#src/catalog/shelves-api.ts'
import { BookRow } from '../components/book-row.tsx'
import { useShop } from '../components/use-shop.ts'
import { toCards } from '../loading/cards.server.ts'
import { readCategories } from '../loading/categories.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { shopDataOf } from '../loading/shop-data.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { shopJsonLd } from '../seo/shop-json-ld.server.ts'
import { formatCount } from '../texts/locale.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/home'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const [categories, { shelves }] = await Promise.all([readCategories(ctx), ctx.read(getFrontPage, {})])
  const cardsOf = (kind: (typeof shelves)[number]['kind']) =>
    toCards(ctx, shelves.find(shelf => shelf.kind === kind)?.items ?? [])
  const rows = shelves.flatMap(({ category, items }) => {
    const found = categories.find(({ name }) => name === category)
    return found ? [{ ...found, books: toCards(ctx, items) }] : []
  })
  return {
    canonical: `${ctx.origin}/`,
    jsonLd: [shopJsonLd(ctx.shop, ctx.origin)],
    total: categories.reduce((sum, { count }) => sum + count, 0),
    newest: cardsOf('newest'),
    topRated: cardsOf('top_rated'),
    categories,
    rows,
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, {
    title: t.home.title(shopDataOf(matches).name),
    description: t.home.description(shopDataOf(matches).isInvoiceOnly),
    ...(loaderData ? { canonical: loaderData.canonical, jsonLd: loaderData.jsonLd } : {}),
  })

export default function Home({
  loaderData: { total, newest, topRated, categories, rows },
}: Route.ComponentProps) {
  const { isInvoiceOnly } = useShop()
  return (
    <>
      <div className="pt-10 sm:pt-14">
        <h1 className="max-w-3xl font-serif text-[2.5rem] leading-[1.05] tracking-tight text-balance sm:text-[3.5rem]">
          {t.home.heading}
        </h1>
        <p className="mt-4 max-w-xl text-balance text-lg text-soft">
          {total > 0 ? t.home.intro(total, categories.length, isInvoiceOnly) : t.home.empty}
        </p>
      </div>
      {newest.length > 0 && <BookRow id="newest" title={t.home.newArrivals} books={newest} eager />}
      {topRated.length > 0 && <BookRow id="loved" title={t.home.favorites} books={topRated} />}
      {rows.map(({ name, path, count, books }) =>
        books.length === 0 ? null : (
          <BookRow
            key={path}
            id={`category-${path.slice('/category/'.length)}`}
            title={name}
            books={books}
            isBelowFold
            seeAll={{ path, label: t.home.seeAll(count), of: t.home.booksIn(name) }}
          />
        ),
      )}
      {categories.length > rows.length && (
        <nav id="categories" aria-labelledby="all-categories" className="mt-14">
          <h2 id="all-categories" className="font-serif text-2xl sm:text-[1.75rem]">
            {t.home.allCategories}
          </h2>
          <ul className="mt-4 grid grid-cols-2 gap-x-8 sm:grid-cols-3 lg:grid-cols-4">
            {categories.map(({ name, path, count }) => (
              <li key={path}>
                <a href={path} className="facet-link">
                  <span className="min-w-0">{name}</span>
                  <span className="text-soft tabular-nums">{formatCount(count)}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  )
}
