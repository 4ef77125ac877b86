/** Page views of a month's part and changes of books, from a seed: the same for every way of caching. */
import { pick, type Random, seededRandom } from './random.ts'

const SEED = 20261130
const HOUR_MS = 3_600_000
/** Pages of a visit, as the cost model has them (tools/cost/api-calls.ts): front page, category, two searches, two books. */
const VISIT = ['front', 'category', 'search', 'search', 'book', 'book'] as const
const SECONDS_PER_PAGE = 30
/** In each of 24 hours, the changes that lists show. */
const CHANGES_A_DAY = ['price', 'price', 'title', 'sold out', 'sold out'] as const

export type ChangeKind = (typeof CHANGES_A_DAY)[number]
export type View = {
  readonly at: number
  readonly cache: number
  readonly page: (typeof VISIT)[number]
  readonly item: number
}
export type BookChange = { readonly at: number; readonly kind: ChangeKind; readonly item: number }

/** A number below `count`, the first ones far more often (Zipf). */
const zipf = (random: Random, count: number): number => Math.min(count - 1, Math.floor(count ** random()) - 1)

/** Visits at random times, more by day than by night. Times in milliseconds from 0. */
export const createViews = (days: number, visitsPerDay: number, caches: number, items: number): View[] => {
  const random = seededRandom(SEED)
  const views: View[] = []
  for (let i = 0; i < days * visitsPerDay; i++) {
    const day = Math.floor(random() * days) * 24
    const hour = random() < 0.85 ? 8 + random() * 15 : random() * 24
    const cache = Math.floor(random() * caches)
    VISIT.forEach((page, n) => {
      const at = (day + hour) * HOUR_MS + n * SECONDS_PER_PAGE * 1_000 * 2 * random()
      views.push({ at, cache, page, item: zipf(random, items) })
    })
  }
  return views.sort((one, other) => one.at - other.at)
}

/** Changes by day; most are of books that many look at. */
export const createChanges = (days: number, items: number): BookChange[] => {
  const random = seededRandom(SEED + 1)
  const changes = Array.from({ length: days }, (_, day) =>
    CHANGES_A_DAY.map(kind => ({
      at: (day * 24 + 9 + random() * 13) * HOUR_MS,
      kind,
      item: zipf(random, items),
    })),
  )
  return changes.flat().sort((one, other) => one.at - other.at)
}

/** Words that are searched for: of the titles, as shoppers have them. */
export const createSearches = (titles: readonly string[], count: number): string[] => {
  const random = seededRandom(SEED + 2)
  return Array.from({ length: count }, () => pick(random, pick(random, titles).split(' ')))
}
