/** The limit on new carts of guests: who discards the cookie, or makes one up, does not fill the table. */
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { aBook, createTestShop, type Shopper, type TestShop } from '../../test/kit.ts'
import { createClock } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { newSecret } from '../core/ids.ts'
import { NEW_GUEST_CARTS } from './api.ts'

const { max, batch, seconds } = NEW_GUEST_CARTS
const ITEM = { book_id: 'tech-001' }

const open = async () => {
  const time = createClock()
  const shop = await createTestShop({ books: [aBook()], now: time.now, withStaff: false })
  /** The status of an add by a guest of a client network. */
  const add = async (network: string, headers: Record<string, string> = {}): Promise<number> => {
    const who = shop.visitor({ clientNetwork: () => network })
    return (await who.post('/api/cart/items', ITEM, headers)).status
  }
  return { shop, time, add }
}

/** Statuses of many adds, few of them at once so that none is shed. */
const flood = async (count: number, add: () => Promise<number>): Promise<number[]> => {
  const statuses: number[] = []
  for (let left = count; left > 0; left -= 25)
    statuses.push(...(await Promise.all(times(Math.min(25, left), add))))
  return statuses
}
const madeUp = () => ({ cookie: `cloudshelf_guest=${newSecret()}`, 'sec-fetch-site': 'same-origin' })
const cartsOf = async (shop: TestShop) => (await readItems(shop, 'carts')).length

test.each([
  ['no cookie', () => ({})],
  ['cookies that they made up', madeUp],
])('guests with %s begin at most 300 carts an hour from one network', async (_, headers) => {
  const { shop, time, add } = await open()
  const statuses = await flood(500, () => add('a', headers()))
  const begun = statuses.filter(status => status === 200).length
  expect(begun).toBeGreaterThanOrEqual(max)
  expect(begun).toBeLessThan(max + batch)
  expect(statuses.filter(status => status === 429)).toHaveLength(500 - begun)
  // Nothing is written for those who were refused.
  expect(await cartsOf(shop)).toBe(begun)
  expect(await add('b')).toBe(200)
  time.advance(seconds * 1000)
  expect(await add('a')).toBe(200)
})

test('who has a cart goes on, and so does an account', async () => {
  const { shop, add } = await open()
  const network = { clientNetwork: () => 'a' }
  const guest: Shopper = shop.visitor(network)
  expect((await guest.post('/api/cart/items', ITEM)).status).toBe(200)
  await flood(max + batch, () => add('a'))
  expect(await add('a')).toBe(429)
  expect((await guest.post('/api/cart/items', ITEM)).status).toBe(200)
  const account = await shop.account({ days: 3_650 })
  const headers = { cookie: account.cookie() ?? '', 'sec-fetch-site': 'same-origin' }
  expect((await shop.visitor(network).post('/api/cart/items', ITEM, headers)).status).toBe(200)
})

test('the first carts of a network cost no write beside their own, and a refused book counts for nothing', async () => {
  const { shop, add } = await open()
  for (let i = 0; i < batch - 1; i++) await add('a')
  const missing = { book_id: 'none' }
  for (let i = 0; i < 5; i++)
    await shop.visitor({ clientNetwork: () => 'a' }).post('/api/cart/items', missing)
  const limits = async () => (await readItems(shop, 'control')).filter(({ sk }) => sk === 'limit').length
  expect(await limits()).toBe(0)
  await add('a')
  expect(await limits()).toBe(1)
})
