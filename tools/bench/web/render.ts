/** Rendering speed: pages of 24 books per CPU second, new and cached, compared with a constant and a bare page. */

import { createSliceRunner, type Effort, type Figures, measureInterleaved } from '../interleaved.ts'
import type { LoadJob, LoadResult } from '../load-generator.ts'
import { getRequest } from '../requests.ts'
import type { ShopProcess } from '../shop-process.ts'
import { startWorker } from '../worker.ts'
import type { Figure } from './figures.ts'
import type { ConstantJob, ConstantResult } from './reference-server.ts'

const BOOKS = 24
/** Minimum pages per second of CPU. */
const MIN_RENDERED = 200
const MIN_CACHED_RATIO = 20
const CONNECTIONS = 4
const SORTS = ['relevance', 'newest', 'title', 'price_asc', 'price_desc', 'rating']

type Categories = { readonly items: readonly { readonly category: string; readonly count: number }[] }

const createPagePath = (category: string, sort: string, page: number): string => {
  const query = new URLSearchParams({
    ...(sort === 'relevance' ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  })
  const path = `/category/${category.toLowerCase().replaceAll(' ', '-')}`
  return query.size > 0 ? `${path}?${query}` : path
}

/** All full pages of every category in every sort order, in the order in which a crawler would visit them. */
export const listFullPages = async (url: string): Promise<string[]> => {
  const { items } = (await (await fetch(`${url}/api/categories`)).json()) as Categories
  const last = Math.max(...items.map(({ count }) => Math.floor(count / BOOKS)))
  return Array.from({ length: last }, (_, i) => i + 1).flatMap(page =>
    SORTS.flatMap(sort =>
      items
        .filter(({ count }) => count >= page * BOOKS)
        .map(({ category }) => createPagePath(category, sort, page)),
    ),
  )
}

/** Pages per CPU second of the whole process, including garbage collection and compression threads. */
const perCore = ({ cpu, perSecond }: Measured): number => (cpu === undefined ? perSecond : 1000 / cpu)

type Measured = Figures & { readonly cpu: number | undefined }

export const measureRendering = async (shop: ShopProcess, effort: Effort): Promise<Figure[]> => {
  const url = `http://127.0.0.1:${shop.port}`
  const pages = await listFullPages(url)
  const html = await (await fetch(url + pages[0])).text()
  const list = (await (await fetch(`${url}/api/books?limit=${BOOKS}`)).json()) as {
    items: ConstantJob['books']
  }
  const constant = startWorker<ConstantJob, ConstantResult>('web/reference-server.ts')
  const { port } = await constant.run({ html, books: list.items })
  const generator = startWorker<LoadJob, LoadResult>('load-generator.ts')
  const measure = async (
    name: string,
    of: { readonly port: number; readonly pid: number },
    paths: readonly string[],
    once: boolean,
    warmSeconds: number,
  ): Promise<Measured> => {
    await generator.run({
      kind: 'prepare',
      name,
      port: of.port,
      connections: CONNECTIONS,
      status: 200,
      once,
      requests: paths.map(getRequest),
    })
    const pids = { shop: of.pid, engine: shop.engine.pid }
    const { shopCpu, ...figures } = await measureInterleaved(
      createSliceRunner(generator, name),
      undefined,
      pids,
      {
        ...effort,
        warmSeconds,
      },
    )
    return { ...figures, cpu: shopCpu }
  }
  const beside = { port, pid: constant.pid }
  const bares = Array.from({ length: 1_000 }, (_, i) => `/bare/${i}`)
  const bareBefore = await measure('bare', beside, bares, false, effort.warmSeconds)
  const rendered = await measure('rendered', shop, pages.slice(1), true, 3 * effort.warmSeconds)
  const bareAfter = await measure('bare', beside, bares, false, 0)
  // Few enough to stay in the page cache.
  const again = await measure('again', shop, pages.slice(0, 100), false, effort.warmSeconds)
  const constants = await measure('constant', beside, ['/constant'], false, effort.warmSeconds)
  const bare = (perCore(bareBefore) + perCore(bareAfter)) / 2
  return [
    { name: 'a constant page of that size', value: perCore(constants), unit: 'pages per second of CPU' },
    { name: 'a bare page of 24 books by React alone', value: bare, unit: 'pages per second of CPU' },
    {
      name: 'a page of 24 books of 10,000, uncached',
      value: perCore(rendered),
      unit: 'pages per second of CPU',
      min: MIN_RENDERED,
      note: `${((100 * perCore(rendered)) / bare).toFixed(0)} % of the bare one, p50 ${rendered.p50.toFixed(1)} ms`,
    },
    {
      name: 'a cached page',
      value: perCore(again),
      unit: 'pages per second of CPU',
      min: MIN_CACHED_RATIO * MIN_RENDERED,
      note: `${((100 * perCore(again)) / perCore(constants)).toFixed(0)} % of the constant one`,
    },
    {
      name: '  cached pages per uncached page',
      value: perCore(again) / perCore(rendered),
      unit: 'times',
      min: MIN_CACHED_RATIO,
    },
  ]
}
