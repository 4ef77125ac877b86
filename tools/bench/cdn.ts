/**
 * Benchmark `npm run bench:cdn [-- --visits=20000 --days=3]`: page views against the real shop, through a stand-in of the CDN, with and without the purge.
 * Prints the requests that reach the shop of 1,000 page views, the paths of the purge, and the longest time for which the CDN gave out
 * a page with an old price, an old title or a book that was sold out. Time is simulated: the shop's answers are real.
 */
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { changeBook } from '#src/catalog/service.ts'
import { runPurges } from '#src/cdn/purger.ts'
import { changeOf } from '#src/cdn/scope.ts'
import { createCdnSharing } from '#src/cdn/sharing.ts'
import { createPurgeTable } from '#src/cdn/table.ts'
import { createShop, type Deps } from '#src/composition/shop.ts'
import { bookPath } from '#src/core/book-path.ts'
import { categorySegments } from '#src/core/category-path.ts'
import { UNKNOWN_CALLER } from '#src/http/client-ip.ts'
import { sharedSecondsOf } from '#src/http/shared-caching.ts'
import { createLocalBuild } from '#src/pages/local-build.ts'
import { createFreshnessCheck } from '#src/pages/page-cache.ts'
import { createPageServer } from '#src/pages/serve.ts'
import { withTemporaryDeps } from '../cost/temporary-shop.ts'
import { createCdn } from './cdn-cache.ts'
import {
  type BookChange,
  type ChangeKind,
  createChanges,
  createSearches,
  createViews,
  type View,
} from './cdn-views.ts'

const { values: options } = parseArgs({
  options: { visits: { type: 'string', default: '20000' }, days: { type: 'string', default: '3' } },
})
const DAYS = Number(options.days)
/** Of so many in a month. */
const VISITS_PER_DAY = Math.round(Number(options.visits) / 30)
/** Regional caches of CloudFront that visitors of one country come through. */
const CACHES = 3
const START = Date.parse('2026-11-10T00:00:00Z')
const ORIGIN = 'http://localhost:3000'
/** From a change in the table to the change log: the stream. */
const STREAM_MS = 2_000
/** From a change in the table until no response of the shop is without it: stream, index, and cache of Pages. */
const BEHIND_MS = 7_000
const HEARTBEAT_MS = 300_000

type Mode = {
  readonly name: string
  /** Overrides what the shop says; undefined: as it says. */
  readonly seconds?: number
  readonly behindMs?: number
  /** Paths of a month, and how long CloudFront takes for a purge. */
  readonly purge?: { readonly limit: number; readonly takesMs: number }
}

const MODES: readonly Mode[] = [
  { name: 'before: 60 s', seconds: 60, behindMs: 10_000 },
  { name: 'no purge: 20 s' },
  { name: 'an hour, purged in 10 s', purge: { limit: 900, takesMs: 10_000 } },
  { name: 'an hour, purged in 20 s', purge: { limit: 900, takesMs: 20_000 } },
  { name: 'a day, purged in 10 s', seconds: 86_400, purge: { limit: 900, takesMs: 10_000 } },
  { name: 'CloudFront takes 60 s', purge: { limit: 900, takesMs: 60_000 } },
  { name: '40 paths, then none', purge: { limit: 40, takesMs: 10_000 } },
]

type Event = { readonly at: number; readonly run: () => Promise<void> | void }

const replay = async (deps: Deps, mode: Mode, views: readonly View[], changes: readonly BookChange[]) => {
  let clock = START
  const now = () => new Date(clock)
  const table = createPurgeTable(deps.db, deps.names)
  const sharing = createCdnSharing({ table, currentAt: () => clock, now, report: deps.report })
  const app = createShop(deps, mode.purge && sharing.sharedSeconds)
  const build = createLocalBuild(() => {})
  const { fetch } = createPageServer({
    fetch: app.fetch,
    elsewhere: app.fetch,
    publicUrl: ORIGIN,
    origins: app.origins,
    loadShedder: app.loadShedder,
    currency: deps.currency.code,
    shop: deps.shop,
    createFreshnessCheck: pathname => createFreshnessCheck(deps.liveIndex, pathname),
    load: build.load,
    log: deps.log,
  })

  const rows = [...(deps.liveIndex.index?.rows.all() ?? [])].sort((a, b) => (a.book_id < b.book_id ? -1 : 1))
  const ids = rows.map(({ book_id }) => book_id)
  const segments = [...categorySegments(rows.map(({ category }) => category)).values()]
  const searches = createSearches(
    rows.map(({ title }) => title),
    500,
  )
  const at = <T>(from: readonly T[], item: number): T => from[item % from.length] as T

  const seen: { readonly kind: ChangeKind; readonly id: string; readonly at: number }[] = []
  const worst: Partial<Record<ChangeKind, number>> = {}
  /** Changes carried out by the shop, in the order of `seen`. */
  let version = 0
  const cdn = createCdn(CACHES, (copy, until) => {
    for (const { kind, id, at } of seen.slice(copy.version))
      if (at < until && copy.body.includes(`/books/${id}`))
        worst[kind] = Math.max(worst[kind] ?? 0, until - at)
  })

  const events: Event[] = []
  const plan = (at: number, run: Event['run']): void => {
    events.push({ at, run })
  }

  /** A run of the purger, whose own clock goes on while it waits for CloudFront. */
  const purge = async (): Promise<void> => {
    if (!mode.purge) return
    const { limit, takesMs } = mode.purge
    let own = clock
    const sent = new Map<string, number>()
    await runPurges(
      {
        table,
        limit,
        now: () => new Date(own),
        sleep: async ms => {
          own += ms
          await setImmediate()
        },
        cloudFront: {
          invalidate: async (reference, paths) => {
            if (!sent.has(reference)) plan(own + takesMs, () => cdn.invalidate(paths, clock))
            sent.set(reference, own)
            return reference
          },
          isCompleted: async reference => own - (sent.get(reference) ?? own) >= takesMs,
        },
        onPurge: () => {},
      },
      () => false,
    )
  }

  const makeChange = async ({ kind, item }: BookChange): Promise<void> => {
    const id = at(ids, item)
    const row = deps.liveIndex.index?.rows.get(id)
    const before = row && (await deps.books.getMany([row])).get(id)
    if (!before) throw new TypeError('must be a book')
    const change = {
      price: { price: Number(((before.price + 101) / 100).toFixed(2)) },
      title: { title: `${before.title.replace(/ \d+$/, '')} ${version}` },
      'sold out': { stock_delta: before.stock_quantity === 0 ? 30 : -before.stock_quantity },
    }[kind]
    const committed = clock
    seen.push({ kind, id, at: committed })
    const after = {
      ...before,
      ...(kind === 'title' ? { title: 'Another title' } : {}),
      ...(kind === 'price' ? { price: (before.price + 101) as typeof before.price } : {}),
      ...(kind === 'sold out' ? { stock_quantity: before.stock_quantity === 0 ? 30 : 0 } : {}),
    }
    plan(committed + STREAM_MS, async () => {
      const shown = mode.purge && changeOf(before, after, deps.currency)
      const waiting = shown && (await table.enqueue([shown], now()))
      if (waiting) plan(waiting.dueAt, purge)
    })
    plan(committed + (mode.behindMs ?? BEHIND_MS), async () => {
      await changeBook(deps, { actor: 'bench', bookId: id }, change)
      version++
    })
  }

  const pathOf = ({ page, item }: View): string => {
    if (page === 'front') return '/'
    if (page === 'category') return `/category/${encodeURIComponent(at(segments, item))}`
    if (page === 'search') return `/search?q=${encodeURIComponent(at(searches, item))}`
    const row = deps.liveIndex.index?.rows.get(at(ids, item))
    return row ? bookPath(row) : '/'
  }

  const view = (one: View): Promise<void> => {
    const path = pathOf(one)
    return cdn.get(one.cache, path, clock, async () => {
      await sharing.follow()
      const response = await fetch(new Request(ORIGIN + path), UNKNOWN_CALLER)
      const own = sharedSecondsOf(response.headers.get('cache-control'))
      if (mode.seconds === undefined || own === undefined) return { response, version }
      const headers = { 'cache-control': `s-maxage=${mode.seconds}` }
      return { response: new Response(await response.text(), { headers }), version }
    })
  }

  for (const change of changes) plan(START + change.at, () => makeChange(change))
  if (mode.purge) for (let ms = 0; ms < DAYS * 86_400_000; ms += HEARTBEAT_MS) plan(START + ms, purge)
  let next = 0
  try {
    for (;;) {
      events.sort((one, other) => one.at - other.at)
      const [event] = events
      const one = views[next]
      if (event && (!one || event.at <= START + one.at)) {
        clock = event.at
        events.shift()
        await event.run()
      } else if (one) {
        clock = START + one.at
        next++
        await view(one)
      } else break
    }
    cdn.clear(clock)
  } finally {
    build.close()
  }
  const month = await deps.db.get(deps.names.control, { pk: 'cdn-purge', sk: 'month#2026-11' })
  return { misses: cdn.misses(), worst, paths: Number(month?.spent ?? 0) }
}

const main = async (): Promise<void> => {
  console.log(
    `${DAYS} days of ${options.visits} visits a month, ${DAYS * VISITS_PER_DAY * 6} page views through ${CACHES} caches, the starter catalog\n`,
  )
  console.log('| way | requests of the shop per 1,000 page views | paths | price | title | sold out |')
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const mode of MODES)
    await withTemporaryDeps(async deps => {
      const books = deps.liveIndex.index?.rows.size ?? 0
      const views = createViews(DAYS, VISITS_PER_DAY, CACHES, books)
      const changes = createChanges(DAYS, books)
      const { misses, worst, paths } = await replay(deps, mode, views, changes)
      const seconds = (kind: ChangeKind) => `${Math.ceil((worst[kind] ?? 0) / 1_000)} s`
      const share = Math.round((misses / views.length) * 1_000)
      console.log(
        `| ${mode.name} | ${share} | ${paths} | ${seconds('price')} | ${seconds('title')} | ${seconds('sold out')} |`,
      )
    })
}

await main()
