/** Measurement of one catalogue size for `npm run bench:scale`: import, start, index and queries. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ListedBook } from '#src/catalog/schema.ts'
import { blobFolder } from '#src/composition/settings.ts'
import { csvLine } from '#src/core/csv.ts'
import { memoryMegabytes, percentile } from './measure.ts'
import { generateQuestions } from './query-generator.ts'
import { seededRandom, shuffle } from './random.ts'
import { type ShopProcess, startShop } from './shop-process.ts'
import { generateBooks } from './synthetic-books.ts'

const QUERIES = 600
const PAGES = 200
const REST_MS = 10_000
const START_LIMIT_MS = 120_000
const SEED = 20261125

export type ScaleFigures = {
  readonly books: number
  /** Seconds, and peak megabytes of the import process. */
  readonly import: number
  readonly importMemory: number
  /** Megabytes on disk. */
  readonly database: number
  readonly snapshot: number
  /** Milliseconds from the start of node to the first book. */
  readonly startBuilding: number
  readonly startLoading: number
  /** Milliseconds from the start of node until the index was built from the table, or loaded from the snapshot. */
  readonly indexBuilt: number
  readonly indexRead: number
  /** Milliseconds per response over HTTP, one request at a time, no repeated requests. */
  readonly search: { readonly p50: number; readonly p95: number }
  readonly list: { readonly p50: number; readonly p95: number }
  /** Milliseconds of the slowest book request while the index was built and saved. */
  readonly longestWait: number
  /** Megabytes (PSS) ten seconds after the start, and after the queries. */
  readonly shopAtRest: number
  readonly engineAtRest: number
  readonly shopAfter: number
}

const writeFeed = async (file: string, books: Iterable<ListedBook>): Promise<void> => {
  function* lines() {
    yield csvLine([
      'book_id',
      'category',
      'title',
      'author',
      'isbn',
      'price',
      'stock',
      'average_rating',
      'ratings_count',
      'published_year',
    ])
    for (const book of books)
      yield csvLine([
        book.book_id,
        book.category,
        book.title,
        book.author,
        book.isbn ?? '',
        (book.price / 100).toFixed(2),
        '1000',
        String(book.average_rating ?? ''),
        String(book.ratings_count ?? ''),
        String(book.published_year ?? ''),
      ])
  }
  await pipeline(lines, createWriteStream(file))
}

/** Peak memory of a process in megabytes. */
const peakMegabytes = (pid: number): number => {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (Number(kilobytes) * 1024) / 1e6
  } catch {
    return 0
  }
}

const importFeed = async (file: string, dataDir: string) => {
  const start = performance.now()
  const child = spawn(process.execPath, ['src/cli/main.js', 'import', file, '--json'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CLOUDSHELF_DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let peak = 0
  const watch = setInterval(() => {
    const now = peakMegabytes(child.pid ?? 0)
    // A process that is just ending reports nothing.
    if (now > peak) peak = now
  }, 100)
  const [code] = await once(child, 'exit')
  clearInterval(watch)
  if (code !== 0) throw new Error(`the import ended with ${code}`)
  return { seconds: (performance.now() - start) / 1000, peak }
}

/** Sorted response times in milliseconds. */
const timeRequests = async (shop: ShopProcess, paths: readonly string[]): Promise<number[]> => {
  const times: number[] = []
  for (const path of paths) {
    const start = performance.now()
    const answer = await fetch(`http://127.0.0.1:${shop.port}${path}`)
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}
const summarizeTimes = (times: readonly number[]) => ({
  p50: percentile(times, 0.5),
  p95: percentile(times, 0.95),
})

const isIndexed = async (shop: ShopProcess): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${shop.port}/api/health`)
  return ((await answer.json()) as { index: { ready: boolean } }).index.ready
}

/** Resolves when the condition is true. */
const waitUntil = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(10)
}

/** Milliseconds from the start of node until a starting shop has its index. */
const timeUntilIndexed = async (shop: ShopProcess): Promise<number> => {
  const startedAt = performance.now() - shop.startedIn
  await waitUntil(() => isIndexed(shop))
  return performance.now() - startedAt
}

/** Requests a book every 20 ms until `ending` resolves; returns the longest response time. */
const measureLongestWait = async (shop: ShopProcess, ending: Promise<unknown>): Promise<number> => {
  let over = false
  const end = ending.then(() => {
    over = true
  })
  let longest = 0
  while (!over) {
    longest = Math.max(longest, ...(await timeRequests(shop, ['/api/books/1'])))
    await sleep(20)
  }
  await end
  return longest
}

const megabytes = (file: string): number => (existsSync(file) ? statSync(file).size / 1e6 : 0)

/** Imports `books` books, then measures start and queries. */
export const measureScale = async (
  real: readonly ListedBook[],
  books: number,
  folder: string,
): Promise<ScaleFigures> => {
  const dataDir = join(folder, String(books))
  const feed = join(folder, `${books}.csv`)
  await writeFeed(feed, generateBooks(real, books))
  const imported = await importFeed(feed, dataDir)
  const snapshot = join(blobFolder(dataDir), 'index/books.snapshot')
  const building = await startShop(dataDir, '/api/books/1', START_LIMIT_MS)
  const built = timeUntilIndexed(building)
  const wait = await measureLongestWait(
    building,
    waitUntil(() => existsSync(snapshot)),
  )
  const questions = generateQuestions(real, Math.ceil(QUERIES / 13), SEED).map(({ q }) => q)
  const categories = [...new Set(real.map(({ category }) => category))]
  const random = seededRandom(SEED)
  const sorts = ['relevance', 'price_asc', 'newest', 'title', 'rating']
  const lists = shuffle(
    random,
    categories.flatMap(category => sorts.map(sort => ({ category, sort }))),
  ).slice(0, PAGES)
  await building.end()
  const shop = await startShop(dataDir, '/api/books/1', START_LIMIT_MS)
  const indexRead = await timeUntilIndexed(shop)
  await sleep(REST_MS)
  const shopAtRest = memoryMegabytes([shop.pid]) ?? 0
  const engineAtRest = memoryMegabytes([shop.engine.pid]) ?? 0
  const search = await timeRequests(
    shop,
    [...new Set(questions)].map(q => `/api/books?${new URLSearchParams({ q })}`),
  )
  const list = await timeRequests(
    shop,
    lists.map(one => `/api/books?${new URLSearchParams(one)}`),
  )
  const shopAfter = memoryMegabytes([shop.pid]) ?? 0
  await shop.end()
  const figures = {
    books,
    import: imported.seconds,
    importMemory: imported.peak,
    database: megabytes(join(dataDir, 'dynamodb.sqlite')),
    snapshot: megabytes(snapshot),
    startBuilding: building.startedIn,
    startLoading: shop.startedIn,
    indexBuilt: await built,
    indexRead,
    search: summarizeTimes(search),
    list: summarizeTimes(list),
    longestWait: wait,
    shopAtRest,
    engineAtRest,
    shopAfter,
  }
  rmSync(dataDir, { recursive: true, force: true })
  return figures
}
