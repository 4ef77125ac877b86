/** The front of the shop: what is new, what is loved, and the shelves. */
import { browseBooks } from '../../../src/catalog/api.ts'
import { ShelfRow } from '../parts/shelf-row.tsx'
import { useShelves } from '../parts/use-shop.ts'
import { cardOf } from '../shop/cards.server.ts'
import { pageMeta } from '../shop/page-meta.ts'
import { readShelves } from '../shop/shelves.server.ts'
import { visitContext } from '../shop/visit.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/home'

const SHELVES = 8
const PER_SHELF = '6'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const visit = context.get(visitContext)
  const shelves = (await readShelves(visit)).slice(0, SHELVES)
  const [newest, rated, ...rows] = await Promise.all([
    visit.read(browseBooks, { query: { sort: 'newest', limit: PER_SHELF } }),
    visit.read(browseBooks, { query: { sort: 'rating', limit: PER_SHELF } }),
    ...shelves.map(({ name }) => visit.read(browseBooks, { query: { category: name, limit: PER_SHELF } })),
  ])
  return {
    canonical: `${visit.origin}/`,
    total: newest.total ?? 0,
    newest: newest.items.map(cardOf),
    loved: rated.items.filter(book => book.average_rating !== undefined).map(cardOf),
    rows: shelves.map((shelf, i) => ({ ...shelf, books: (rows[i]?.items ?? []).map(cardOf) })),
  }
}

export const meta: Route.MetaFunction = ({ loaderData }) =>
  pageMeta({
    title: t.home.title,
    description: t.home.description,
    ...(loaderData ? { canonical: loaderData.canonical } : {}),
  })

export default function Home({ loaderData: { total, newest, loved, rows } }: Route.ComponentProps) {
  const shelves = useShelves()
  return (
    <>
      <div className="pt-10 sm:pt-14">
        <h1 className="max-w-3xl font-serif text-[2.5rem] leading-[1.05] tracking-tight text-balance sm:text-[3.5rem]">
          {t.home.heading}
        </h1>
        <p className="mt-4 max-w-xl text-pretty text-lg text-soft">
          {total > 0 ? t.home.intro(total, shelves.length) : t.home.empty}
        </p>
      </div>
      {newest.length > 0 && <ShelfRow id="newest" title={t.home.newest} books={newest} eager />}
      {loved.length > 0 && <ShelfRow id="loved" title={t.home.loved} books={loved} />}
      {rows.map(({ name, path, count, books }) => (
        <ShelfRow
          key={path}
          id={`shelf-${path.slice('/category/'.length)}`}
          title={name}
          books={books}
          all={{ path, label: t.home.all(count), of: t.home.allOf(name) }}
        />
      ))}
    </>
  )
}
