/** What the shop is asked to do, and what it must reach: the operations of the bench, in the order of a visit. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Book } from '#src/catalog/schema.ts'
import type { Row } from './interleaved.ts'
import { openTables, prepareCarts } from './prepared-carts.ts'
import { type Random, seededRandom, shuffled } from './random.ts'
import * as requests from './requests.ts'
import type { ShopProcess } from './shop-process.ts'

export type Operation = Pick<Row, 'name' | 'beside' | 'target'> & {
  readonly requests: readonly string[]
  readonly connections: number
  /** The status of success. */
  readonly status: number
  /** No request twice. */
  readonly once: boolean
  /** `all`: everything is asked for once before it is timed. */
  readonly warm: 'all' | 'a while' | 'no'
}

const CONNECTIONS = 16
const BUYERS = 8
const GUESTS = 800
const SEED = 20261122
/** An index that is not there after so long is not coming. */
const INDEX_MS = 60_000

const reading = {
  connections: CONNECTIONS,
  status: 200,
  once: false,
  warm: 'all',
  beside: 'ceiling',
  target: undefined,
} as const
const asking = { ...reading, once: true, warm: 'a while' } as const
const buying = { ...asking, connections: BUYERS, status: 201, beside: undefined } as const

/** The texts of the query files, without their answers. */
const readQueries = (folder: string): string[] =>
  ['search-dev.tsv', 'search-hard-dev.tsv'].flatMap(file =>
    readFileSync(join(folder, 'search', file), 'utf8')
      .trimEnd()
      .split(/\r?\n/)
      .slice(1)
      .map(line => line.split('\t')[0] ?? ''),
  )

type Page = { readonly items: readonly unknown[]; readonly next_cursor: string | null }

/** The addresses of all pages of all categories, found as a shopper finds them: by their cursors. */
const listPaths = async (url: string): Promise<string[]> => {
  const patience = Date.now() + INDEX_MS
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(url + path)
    if (answer.status === 503 && Date.now() < patience) {
      // The first book is answered before the index is there.
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

const browsing = async (
  random: Random,
  url: string,
  books: readonly Book[],
  folder: string,
  many: number,
) => {
  const queries = readQueries(folder)
  const operations: Operation[] = [
    {
      ...reading,
      name: 'list',
      target: 0.6,
      requests: shuffled(random, await listPaths(url)).map(requests.get),
    },
    { ...asking, name: 'book, first time', warm: 'no', requests: requests.bookRequests(random, books) },
    { ...reading, name: 'book', target: 0.6, requests: requests.bookRequests(random, books) },
    { ...reading, name: 'search, asked before', target: 0.6, requests: requests.searchRequests(queries) },
    {
      ...asking,
      name: 'search, never asked before',
      target: 0.1,
      requests: requests.newSearches(random, queries, Math.ceil(many / 10)),
    },
    {
      ...asking,
      name: 'search, never asked, more slips',
      requests: requests.madeSearches(books, many, SEED),
    },
    {
      ...asking,
      name: 'suggest, never asked before',
      requests: requests.suggestRequests(random, books, 50 * many),
    },
  ]
  return operations
}

const shopping = async (random: Random, endpoint: string, books: readonly Book[], many: number) => {
  const tables = openTables(endpoint)
  const cartsOf = (lines: number, count: number) =>
    prepareCarts(tables, books, { count, lines, seed: Math.floor(random() * 2 ** 31) })
  const [read, added] = [await cartsOf(3, GUESTS), await cartsOf(3, GUESTS)]
  const operations: Operation[] = [
    { ...reading, name: 'cart read', target: 0.12, warm: 'a while', requests: requests.cartReads(read) },
    { ...asking, name: 'add to cart, new guest', requests: requests.firstAdds(random, books, 20 * many) },
    {
      ...asking,
      name: 'add to cart',
      requests: requests.furtherAdds(random, books, added, Math.ceil((20 * many) / GUESTS)),
    },
  ]
  for (const [lines, count] of [
    [1, 8 * many],
    [3, 4 * many],
    [10, 2 * many],
  ] as const)
    operations.push({
      ...buying,
      name: `checkout, ${lines} ${lines === 1 ? 'line' : 'lines'}`,
      ...(lines === 3 ? { beside: 'engine', target: 0.5 } : {}),
      requests: requests.checkouts(await cartsOf(lines, count)),
    })
  await tables.db.close()
  return operations
}

/** All operations on this shop; `many` times so many requests where none may come twice. */
export const operationsOf = async (
  shop: ShopProcess,
  books: readonly Book[],
  dataFolder: string,
  many: number,
): Promise<Operation[]> => {
  const random = seededRandom(SEED)
  return [
    ...(await browsing(random, `http://127.0.0.1:${shop.port}`, books, dataFolder, many)),
    ...(await shopping(random, shop.engine.endpoint, books, many)),
  ]
}
