/** Client of a shop process: its customers over HTTP, and its tables through the engine's port. */

import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { createDatabase } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import type { Item } from '#src/core/dynamo/write.ts'
import { isInOutbox } from '#src/core/outbox.ts'
import { DEFAULT_TABLE_NAMES } from '#src/tables/definitions.ts'
import { ADDRESS, type Json, temporaryFolder } from '../../test/kit.ts'
import { type ShopProcess, startShopProcess } from '../../test/shop-process.ts'
import { pick, type Random } from '../bench/random.ts'

/** Proxy settings with which clients state their network, so that each cart belongs to another customer. */
export const PROXY_SETTINGS = { TRUSTED_PROXY_SECRET: 'proxy secret of the reliability tests' }
/** Few titles, so that buyers compete for the same books. */
export const TITLES = ['fic-001', 'tech-001', 'bus-001']
export const START_STOCK = 1_000_000

export type ClientResponse = {
  readonly status: number
  readonly ms: number
  readonly body: Json
  readonly cookie: string
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' }
/** Request timeout; status 0 stands for a response that never came. */
const TIMEOUT_MS = 10_000

export const createAgent = (connections: number) =>
  new Agent({
    connections,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
  })

export const sendRequest = async (
  dispatcher: Agent,
  url: string,
  random: Random,
  { cookie = '', body, key }: { cookie?: string; body?: object; key?: string } = {},
): Promise<ClientResponse> => {
  const since = performance.now()
  const from = `10.${[1, 2, 3].map(() => Math.floor(random() * 256)).join('.')}`
  try {
    const answer = await request(url, {
      dispatcher,
      method: body ? 'POST' : 'GET',
      headers: {
        'x-trusted-proxy': PROXY_SETTINGS.TRUSTED_PROXY_SECRET,
        'x-forwarded-for': from,
        ...(body ? { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' } : {}),
        ...(cookie ? { cookie } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.body.text()
    const set = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? ''
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      ms: performance.now() - since,
      body: isJson && body ? JSON.parse(text) : undefined,
      cookie: set,
    }
  } catch {
    return { status: 0, ms: performance.now() - since, body: undefined, cookie: '' }
  }
}

export type FilledCart = { readonly cookie: string; readonly order: object }

/** Fills the cart of a new customer: the response, and the cart if it was created. */
export const fillCart = async (
  agent: Agent,
  url: string,
  random: Random,
): Promise<{ said: ClientResponse; cart?: FilledCart }> => {
  const body = { book_id: pick(random, TITLES), quantity: 1 + Math.floor(random() * 3) }
  const said = await sendRequest(agent, `${url}/api/cart/items`, random, { body })
  if (said.status !== 200 || !said.cookie) return { said }
  const order = {
    cart_version: said.body.version,
    expected_total: said.body.total,
    email: `customer-${crypto.randomUUID()}@example.com`,
    shipping_address: ADDRESS,
  }
  return { said, cart: { cookie: said.cookie, order } }
}

export const checkOutCart = (
  agent: Agent,
  url: string,
  random: Random,
  { cookie, order }: FilledCart,
): Promise<ClientResponse> =>
  sendRequest(agent, `${url}/api/orders`, random, { cookie, body: order, key: crypto.randomUUID() })

const openDatabase = ({ dynamodb }: ShopProcess) =>
  createDatabase(readSettings({ DYNAMODB_ENDPOINT: dynamodb, ...CREDENTIALS }))

/** Sets the stock directly in the tables, as another program may. */
export const setStartStock = async (shop: ShopProcess): Promise<void> => {
  const db = openDatabase(shop)
  for await (const page of db.scan(DEFAULT_TABLE_NAMES.books))
    for (const { category, book_id } of page)
      if (TITLES.includes(String(book_id)))
        await db.write({
          action: 'Update',
          table: DEFAULT_TABLE_NAMES.books,
          key: { category, book_id },
          set: 'SET stock_quantity = :wanted',
          values: { ':wanted': START_STOCK },
        })
  await db.close()
}

/** Starts a shop whose few titles are never sold out. */
export const startStockedShop = async (): Promise<ShopProcess> => {
  const shop = await startShopProcess(temporaryFolder(), PROXY_SETTINGS)
  await setStartStock(shop)
  return shop
}

const readAll = async (pages: AsyncIterable<readonly Item[]>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const page of pages) all.push(...page)
  return all
}

/** Finds inconsistencies between orders, stock, mails, idempotency records, pointers and carts. */
export const findInconsistencies = async (
  shop: ShopProcess,
  acknowledged: readonly string[],
): Promise<{ readonly wrong: string[]; readonly orders: number }> => {
  const db = openDatabase(shop)
  const [orders, control, carts, books] = await Promise.all(
    (['orders', 'control', 'carts', 'books'] as const).map(table =>
      readAll(db.scan(DEFAULT_TABLE_NAMES[table])),
    ),
  )
  // The mail worker keeps running: a mail that moved behind the scan's position is found by the second scan.
  const controlAgain = await readAll(db.scan(DEFAULT_TABLE_NAMES.control))
  await db.close()
  if (!orders || !control || !carts || !books) throw new Error('a table could not be read')
  const wrong: string[] = []
  const ids = new Set(orders.map(({ order_id }) => String(order_id)))
  for (const id of acknowledged) if (!ids.has(id)) wrong.push(`${id} was acknowledged but is missing`)
  const among = (isSo: (pk: string) => boolean, name: 'order_id' | 'sk', rows = control) =>
    new Set(rows.filter(({ pk }) => isSo(String(pk))).map(row => row[name]))
  // A mail is either pending or recorded as sent.
  const parts = {
    mail: among(pk => isInOutbox(pk) || pk.startsWith('mail#'), 'order_id', [...control, ...controlAgain]),
    'idempotency record': among(pk => pk.startsWith('idem#'), 'order_id'),
    pointer: among(pk => pk.startsWith('email-orders#'), 'sk'),
  }
  const holders = new Set(carts.map(({ user_id }) => user_id))
  const sold = new Map<unknown, number>()
  for (const { order_id, user_id, items } of orders) {
    for (const [name, has] of Object.entries(parts))
      if (!has.has(order_id)) wrong.push(`${order_id} has no ${name}`)
    if (holders.has(user_id)) wrong.push(`the cart of ${order_id} is still there`)
    for (const { book_id, quantity } of items as Json[])
      sold.set(book_id, (sold.get(book_id) ?? 0) + quantity)
  }
  for (const [name, has] of Object.entries(parts))
    if (has.size !== orders.length) wrong.push(`${has.size} of ${name} for ${orders.length} orders`)
  for (const { book_id, stock_quantity } of books)
    if (TITLES.includes(String(book_id)) && stock_quantity !== START_STOCK - (sold.get(book_id) ?? 0))
      wrong.push(`${book_id}: ${stock_quantity} left, ${sold.get(book_id)} sold of ${START_STOCK}`)
  return { wrong, orders: orders.length }
}

/** Process id of the shop's engine, if it is running. */
export const findEnginePid = ({ pid }: ShopProcess): number | undefined => {
  const [first] = spawnSync('pgrep', ['-P', String(pid), '-f', 'dynoxide'], {
    encoding: 'utf8',
  }).stdout.split('\n')
  return first ? Number(first) : undefined
}

export const randomPause = (random: Random, from: number, to: number): Promise<void> =>
  sleep(from + random() * (to - from))

/** Waits until the shop is healthy; false if it is not within `seconds`. */
export const waitUntilHealthy = async ({ url }: ShopProcess, seconds: number): Promise<boolean> => {
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(50)) {
    const ok = await fetch(`${url}/api/health`).then(
      async answer => {
        await answer.arrayBuffer()
        return answer.ok
      },
      () => false,
    )
    if (ok) return true
  }
  return false
}
