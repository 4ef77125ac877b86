/** Benchmark `npm run bench:web`: page weight, Lighthouse scores and rendering speed, with targets. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pagesBuild } from '#src/pages/build.ts'
import type { Effort } from './interleaved.ts'
import { runBench } from './run-bench.ts'
import { type ShopProcess, startShop } from './shop-process.ts'
import { fillDataFolder, readBooks } from './test-catalog.ts'
import { type Figure, formatFigures, isMissed } from './web/figures.ts'
import { measureLighthouse } from './web/lighthouse.ts'
import { measureWeight } from './web/page-weight.ts'
import { listFullPages, measureRendering } from './web/render.ts'

const { values: options } = parseArgs({
  options: {
    /** Short run; the exit code does not depend on the targets. */
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: '../shared/data' },
    /** Only one part: weight, lighthouse or render. */
    only: { type: 'string' },
  },
})

const PARTS = ['weight', 'lighthouse', 'render'] as const
type Part = (typeof PARTS)[number]
if (options.only !== undefined && !PARTS.includes(options.only as Part)) {
  console.error(`--only is one of ${PARTS.join(', ')}`)
  process.exit(2)
}

const effort: Effort = options.quick
  ? { rounds: 1, sliceSeconds: 1, warmSeconds: 0.5 }
  : { rounds: 3, sliceSeconds: 1, warmSeconds: 1.5 }
const RUNS = options.quick ? 1 : 5
/** A path that needs the index, as pages do. */
const FIRST_LIST = '/api/categories'

const say = (line: string): void => console.error(line)

/** Cookie of a guest with a book in the cart. */
const guestWithBook = async (url: string): Promise<string> => {
  const answer = await fetch(`${url}/api/cart/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ book_id: '1' }),
  })
  const [cookie = ''] = answer.headers.getSetCookie().map(one => one.split(';')[0] ?? '')
  if (!answer.ok || cookie === '') throw new Error(`the cart answered ${answer.status}`)
  return cookie
}

const lighthousePages = async (url: string, shelf: string) => {
  const book = await fetch(`${url}/books/1`)
  return [
    { name: 'home', path: '/', isPublic: true },
    { name: 'shelf', path: shelf, isPublic: true },
    { name: 'book', path: new URL(book.url).pathname, isPublic: true },
    { name: 'cart', path: '/cart', isPublic: false, cookie: await guestWithBook(url) },
  ]
}

const measure = async (shop: ShopProcess): Promise<Figure[]> => {
  // The host under which the shop knows its own pages.
  const url = `http://localhost:${shop.port}`
  const [shelf = '/'] = await listFullPages(url)
  const measured: Readonly<Record<Part, () => Promise<Figure[]>>> = {
    weight: () => measureWeight(url + shelf),
    lighthouse: async () => measureLighthouse(url, await lighthousePages(url, shelf), RUNS),
    render: () => measureRendering(shop, effort),
  }
  const figures: Figure[] = []
  for (const part of PARTS.filter(one => options.only === undefined || options.only === one)) {
    say(`measuring: ${part}`)
    figures.push(...(await measured[part]()))
  }
  return figures
}

await runBench(async folder => {
  await pagesBuild(say, new AbortController().signal)
  const books = readBooks(join(options.data, 'books-10k.csv'))
  say(`filling an empty shop with ${books.length} books`)
  await fillDataFolder(folder, books)
  const figures = await measure(await startShop(folder, FIRST_LIST))
  console.log(options.json ? JSON.stringify(figures) : formatFigures(figures))
  if (figures.some(isMissed) && !options.quick) process.exitCode = 1
})
