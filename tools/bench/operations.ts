/** Operations of `npm run bench` with their targets, in the order of a visit. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Book } from '#src/catalog/schema.ts'
import type { OperationResult } from './interleaved.ts'
import { openTables, prepareCarts } from './prepared-carts.ts'
import { type Random, seededRandom, shuffle } from './random.ts'
import * as requests from './requests.ts'
import type { ShopProcess } from './shop-process.ts'

export type Operation = Pick<OperationResult, 'name' | 'reference' | 'target'> & {
  readonly requests: readonly string[]
  readonly connections: number
  /** Expected status. */
  readonly status: number
  /** Whether each request is sent only once. */
  readonly once: boolean
  /** `all`: every request is sent once before the measurement. */
  readonly warmUp: 'all' | 'a while' | 'no'
}

const CONNECTIONS = 16
const BUYERS = 8
const GUESTS = 800
const SEED = 20261122
/** Time limit for the index to become available. */
const INDEX_MS = 60_000

const READ = {
  connections: CONNECTIONS,
  status: 200,
  once: false,
  warmUp: 'all',
  reference: 'ceiling',
  target: undefined,
} as const
const READ_ONCE = { ...READ, once: true, warmUp: 'a while' } as const
const CHECKOUT = { ...READ_ONCE, connections: BUYERS, status: 201, reference: undefined } as const

/** Queries of the test files, without the expected results. */
const readQueries = (folder: string): string[] =>
  ['search-dev.tsv', 'search-hard-dev.tsv'].flatMap(file =>
    readFileSync(join(folder, 'search', file), 'utf8')
      .trimEnd()
      .split(/\r?\n/)
      .slice(1)
      .map(line => line.split('\t')[0] ?? ''),
  )

type Page = { readonly items: readonly unknown[]; readonly next_cursor: string | null }

/** Paths of all list pages of all categories, found by following cursors. */
const listPaths = async (url: string): Promise<string[]> => {
  const patience = Date.now() + INDEX_MS
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(url + path)
    if (answer.status === 503 && Date.now() < patience) {
      // Books are served before the index is available.
      await sleep(200)
      return ask(path)
    }
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
    return (await answer.json()) as T
  }
  const paths: string[] = []
  const { items } = await ask<{ items: { category: string }[] }>('/api/categories')
  for (const { category } of items) {
    const first = `/api/books?category=${encodeURIComponent(category)}`
    for (let path: string | undefined = first; path; ) {
      paths.push(path)
      const { next_cursor: next }: Page = await ask(path)
      path = next === null ? undefined : `${first}&cursor=${encodeURIComponent(next)}`
    }
  }
  return paths
}

const createBrowsing = async (
  random: Random,
  url: string,
  books: readonly Book[],
  folder: string,
  many: number,
) => {
  const queries = readQueries(folder)
  const operations: Operation[] = [
    {
      ...READ,
      name: 'list',
      target: 0.6,
      requests: shuffle(random, await listPaths(url)).map(requests.getRequest),
    },
    {
      ...READ_ONCE,
      name: 'book, first time',
      warmUp: 'no',
      requests: requests.createBookRequests(random, books),
    },
    { ...READ, name: 'book', target: 0.6, requests: requests.createBookRequests(random, books) },
    { ...READ, name: 'search, repeated', target: 0.6, requests: requests.createSearchRequests(queries) },
    {
      ...READ_ONCE,
      name: 'search, new',
      target: 0.1,
      requests: requests.createUniqueSearches(random, queries, Math.ceil(many / 10)),
    },
    {
      ...READ_ONCE,
      name: 'search, new, more typing errors',
      requests: requests.createGeneratedSearches(books, many, SEED),
    },
    {
      ...READ_ONCE,
      name: 'suggest, new',
      requests: requests.createSuggestRequests(random, books, 50 * many),
    },
  ]
  return operations
}

const createShopping = async (random: Random, endpoint: string, books: readonly Book[], many: number) => {
  const tables = openTables(endpoint)
  const cartsOf = (lines: number, count: number) =>
    prepareCarts(tables, books, { count, lines, seed: Math.floor(random() * 2 ** 31) })
  const [read, added] = [await cartsOf(3, GUESTS), await cartsOf(3, GUESTS)]
  const operations: Operation[] = [
    { ...READ, name: 'cart read', target: 0.12, warmUp: 'a while', requests: requests.createCartReads(read) },
    {
      ...READ_ONCE,
      name: 'add to cart, new guest',
      requests: requests.createFirstAdds(random, books, 20 * many),
    },
    {
      ...READ_ONCE,
      name: 'add to cart',
      requests: requests.createFurtherAdds(random, books, added, Math.ceil((20 * many) / GUESTS)),
    },
  ]
  for (const [lines, count] of [
    [1, 8 * many],
    [3, 4 * many],
    [10, 2 * many],
  ] as const)
    operations.push({
      ...CHECKOUT,
      name: `checkout, ${lines} ${lines === 1 ? 'line' : 'lines'}`,
      ...(lines === 3 ? { reference: 'engine', target: 0.5 } : {}),
      requests: requests.createCheckouts(await cartsOf(lines, count)),
    })
  await tables.db.close()
  return operations
}

/** Creates all operations for this shop; `many` scales the number of requests that are sent only once. */
export const createOperations = async (
  shop: ShopProcess,
  books: readonly Book[],
  dataFolder: string,
  many: number,
): Promise<Operation[]> => {
  const random = seededRandom(SEED)
  return [
    ...(await createBrowsing(random, `http://127.0.0.1:${shop.port}`, books, dataFolder, many)),
    ...(await createShopping(random, shop.engine.endpoint, books, many)),
  ]
}
