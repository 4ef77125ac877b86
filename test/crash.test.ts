/** `kill -9` of the shop and of its engine while shoppers buy: no acknowledged order is lost, and none is half written. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Item } from '../src/core/dynamo/write.ts'
import { openStore, readSettings } from '../src/deps.ts'
import { specifiedNames } from '../src/tables.ts'
import { ADDRESS, temporaryFolder } from './kit.ts'
import { freePort, type ShopProcess, startShopProcess } from './shop-process.ts'

const KILLS = 20
const BUYERS = 4
/** Few titles, so that buyers meet at the same books. */
const TITLES = ['fic-001', 'tech-001', 'bus-001']
const START_STOCK: Readonly<Record<string, number>> = {
  'fic-001': 50_000,
  'tech-001': 50_000,
  'bus-001': 50_000,
}

/** Each cart is another customer's, from another place. */
const PROXY = 'the secret of the proxy of these tests'
const fromAnywhere = () => ({
  'x-trusted-proxy': PROXY,
  'x-forwarded-for': `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join('.')}`,
})

type Acknowledged = { readonly order_id: string }

const jsonOf = <T = Record<string, unknown>>(answer: Response): Promise<T> => answer.json() as Promise<T>

/** Buys until told to stop, whatever fails on the way; keeps what the shop has said yes to. */
const buyer = async (url: string, state: { stop: boolean }, acknowledged: Acknowledged[]): Promise<void> => {
  while (!state.stop) {
    const signal = AbortSignal.timeout(8_000)
    const headers = {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      ...fromAnywhere(),
    }
    try {
      const book_id = TITLES[Math.floor(Math.random() * TITLES.length)]
      const body = JSON.stringify({ book_id, quantity: 1 + Math.floor(Math.random() * 3) })
      const added = await fetch(`${url}/api/cart/items`, { method: 'POST', headers, body, signal })
      const cookie = added.headers.get('set-cookie')?.split(';')[0]
      if (!added.ok || !cookie) continue
      const cart = await jsonOf(added)
      const order = await fetch(`${url}/api/orders`, {
        method: 'POST',
        headers: { ...headers, cookie, 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({
          cart_version: cart.version,
          expected_total: cart.total,
          email: 'customer@example.com',
          shipping_address: ADDRESS,
        }),
        signal,
      })
      if (order.status === 201) acknowledged.push(await jsonOf<Acknowledged>(order))
    } catch {
      // The shop is down at the moment: that is what this test is about.
      await new Promise(done => setTimeout(done, 20))
    }
  }
}

const everything = async (pages: AsyncIterable<readonly Item[]>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const page of pages) all.push(...page)
  return all
}

/** What the tables say, looked at from outside the shop: orders agree with stock, mails, idempotency records and carts. */
const assertWhole = async (shop: ShopProcess, acknowledged: readonly Acknowledged[]): Promise<void> => {
  const credentials = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' }
  const db = openStore(readSettings({ DYNAMODB_ENDPOINT: shop.dynamodb, ...credentials }))
  const orders = await everything(db.scan(specifiedNames.orders))
  const control = await everything(db.scan(specifiedNames.control))
  const carts = await everything(db.scan(specifiedNames.carts))
  const books = await everything(db.scan(specifiedNames.books))
  await db.close()

  const ids = new Set(orders.map(order => order.order_id))
  expect(acknowledged.filter(order => !ids.has(order.order_id))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(KILLS)
  console.log(`${acknowledged.length} orders acknowledged, ${orders.length} in the table, ${KILLS} kills`)

  // To be sent, or noted as sent.
  const mails = new Set(
    control.filter(row => row.pk === 'outbox' || String(row.pk).startsWith('mail#')).map(row => row.order_id),
  )
  const records = new Set(control.filter(row => String(row.pk).startsWith('idem#')).map(row => row.order_id))
  const pointers = new Set(
    control.filter(row => String(row.pk).startsWith('email-orders#')).map(row => row.sk),
  )
  const holders = new Set(carts.map(cart => cart.user_id))
  for (const { order_id, user_id } of orders) {
    expect([mails.has(order_id), records.has(order_id), pointers.has(order_id)], String(order_id)).toEqual([
      true,
      true,
      true,
    ])
    expect(holders.has(user_id), `the cart of ${order_id} is spent`).toBe(false)
  }
  for (const size of [mails.size, records.size, pointers.size]) expect(size).toBe(orders.length)

  const sold: Record<string, number> = {}
  for (const order of orders)
    for (const line of order.items as { book_id: string; quantity: number }[])
      sold[line.book_id] = (sold[line.book_id] ?? 0) + line.quantity
  for (const [book_id, stock] of Object.entries(START_STOCK))
    expect(books.find(book => book.book_id === book_id)?.stock_quantity, book_id).toBe(
      stock - (sold[book_id] ?? 0),
    )
}

/** Sets the stock in the tables themselves, as another program may: checkout trusts nothing else. */
const fillShelf = async ({ dynamodb }: ShopProcess): Promise<void> => {
  const db = openStore(readSettings({ DYNAMODB_ENDPOINT: dynamodb }), () => dynamodb)
  for await (const page of db.scan(specifiedNames.books))
    for (const { category, book_id } of page) {
      const wanted = START_STOCK[String(book_id)]
      if (wanted === undefined) continue
      const values = { ':wanted': wanted }
      const key = { category, book_id }
      await db.write({
        action: 'Update',
        table: specifiedNames.books,
        key,
        set: 'SET stock_quantity = :wanted',
        values,
      })
    }
  await db.close()
}

const pause = (from: number, to: number) =>
  new Promise(done => setTimeout(done, from + Math.random() * (to - from)))

test(`the engine is killed ${KILLS} times under buyers`, { timeout: 120_000 }, async () => {
  const dataDir = temporaryFolder()
  const shop = await startShopProcess(dataDir, { TRUSTED_PROXY_SECRET: PROXY })
  await fillShelf(shop)
  const acknowledged: Acknowledged[] = []
  const state = { stop: false }
  const buyers = Array.from({ length: BUYERS }, () => buyer(shop.url, state, acknowledged))
  let kills = 0
  while (kills < KILLS) {
    await pause(150, 500)
    const [engine] = spawnSync('pgrep', ['-P', String(shop.pid), '-f', 'dynoxide'], {
      encoding: 'utf8',
    }).stdout.split('\n')
    if (!engine) continue
    process.kill(Number(engine), 'SIGKILL')
    kills++
  }
  state.stop = true
  await Promise.all(buyers)
  for (let i = 0; i < 200 && !(await fetch(`${shop.url}/api/health`)).ok; i++) await pause(50, 50)
  await assertWhole(shop, acknowledged)
})

test(`the shop is killed ${KILLS} times under buyers`, { timeout: 240_000 }, async () => {
  const dataDir = temporaryFolder()
  const settings = {
    PORT: String(await freePort()),
    DYNAMODB_PORT: String(await freePort()),
    TRUSTED_PROXY_SECRET: PROXY,
  }
  let shop = await startShopProcess(dataDir, settings)
  await fillShelf(shop)
  const acknowledged: Acknowledged[] = []
  const state = { stop: false }
  const buyers = Array.from({ length: BUYERS }, () => buyer(shop.url, state, acknowledged))
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(150, 500)
    await shop.end('SIGKILL')
    shop = await startShopProcess(dataDir, settings)
  }
  state.stop = true
  await Promise.all(buyers)
  await assertWhole(shop, acknowledged)
})
