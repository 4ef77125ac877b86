/** The front of the shop: what is new, what is loved, and the shelves. */
import { browseBooks } from '#src/catalog/api.ts'
import { ShelfRow } from '../components/shelf-row.tsx'
import { cardOf } from '../loading/cards.server.ts'
import { readShelves } from '../loading/shelves.server.ts'
import { visitContext } from '../loading/visit.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { formatCount } from '../texts/locale.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/home'

const ROWS = 8
const PER_SHELF = '6'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const visit = context.get(visitContext)
  const shelves = await readShelves(visit)
  const filled = shelves.slice(0, ROWS)
  const [newest, rated, ...rows] = await Promise.all([
    visit.read(browseBooks, { query: { sort: 'newest', limit: PER_SHELF } }),
    visit.read(browseBooks, { query: { sort: 'rating', limit: PER_SHELF } }),
    ...filled.map(({ name }) => visit.read(browseBooks, { query: { category: name, limit: PER_SHELF } })),
  ])
  return {
    canonical: `${visit.origin}/`,
    total: newest.total ?? 0,
    newest: newest.items.map(cardOf),
    loved: rated.items.filter(book => book.average_rating !== undefined).map(cardOf),
    shelves,
    rows: rows.map(({ items }) => items.map(cardOf)),
  }
}

export const meta: Route.MetaFunction = ({ loaderData }) =>
  pageMeta({
    title: t.home.title,
    description: t.home.description,
    ...(loaderData ? { canonical: loaderData.canonical } : {}),
  })

export default function Home({ loaderData: { total, newest, loved, shelves, rows } }: Route.ComponentProps) {
  return (
    <>
      <div className="pt-10 sm:pt-14">
        <h1 className="max-w-3xl font-serif text-[2.5rem] leading-[1.05] tracking-tight text-balance sm:text-[3.5rem]">
          {t.home.heading}
        </h1>
        <p className="mt-4 max-w-xl text-balance text-lg text-soft">
          {total > 0 ? t.home.intro(total, shelves.length) : t.home.empty}
        </p>
      </div>
      {newest.length > 0 && <ShelfRow id="newest" title={t.home.newArrivals} books={newest} eager />}
      {loved.length > 0 && <ShelfRow id="loved" title={t.home.favorites} books={loved} />}
      {shelves.map(({ name, path, count }, i) => {
        const books = rows[i] ?? []
        return books.length === 0 ? null : (
          <ShelfRow
            key={path}
            id={`shelf-${path.slice('/category/'.length)}`}
            title={name}
            books={books}
            isBelow
            all={{ path, label: t.home.seeAll(count), of: t.home.booksIn(name) }}
          />
        )
      })}
      {shelves.length > rows.length && (
        <nav id="shelves" aria-labelledby="every-shelf" className="mt-14">
          <h2 id="every-shelf" className="font-serif text-2xl sm:text-[1.75rem]">
            {t.home.allCategories}
          </h2>
          <ul className="mt-4 columns-2 gap-x-8 sm:columns-3 lg:columns-4">
            {shelves.map(({ name, path, count }) => (
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
