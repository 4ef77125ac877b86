import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Shopper } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'

const orders = async (who: Shopper) => (await who.get('/api/orders')).body.items.length

test('an order belongs to the account, and other callers do not see it', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const reader = await shop.account()
  await reader.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(reader)).status).toBe(201)
  expect(await orders(reader)).toBe(1)
  expect(await orders(await shop.account())).toBe(0)
  expect(await orders(shop.visitor())).toBe(0)
})

const NAME = 'cloudshelf_session'
const bent: [string, (value: string) => string][] = [
  ['without its signature', value => value.split('.')[0] ?? ''],
  [
    'with another signature',
    value => `${value.split('.')[0]}.${encodeURIComponent(Buffer.alloc(32).toString('base64'))}`,
  ],
  ['with one letter changed', value => `${value.startsWith('a') ? 'b' : 'a'}${value.slice(1)}`],
  ['empty', () => ''],
  ['that is no percent-encoding', () => '%E0%A4%A'],
  ['under another name', value => `x; other=${value}`],
]

test.each(bent)('a session cookie %s is not accepted', async (_, bend) => {
  const shop = await createTestShop({ books: [aBook()] })
  const reader = await shop.account()
  const value = reader.cookie()?.slice(NAME.length + 1) ?? ''
  const cart = (cookie: string) => shop.visitor().get('/api/cart', { cookie })
  await reader.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await cart(`${NAME}=${value}`)).body.item_count).toBe(1)
  expect((await cart(`${NAME}=${bend(value)}`)).body.item_count).toBe(0)
})

const hmac = (text: string, secret: string, hash = 'sha256') =>
  createHmac(hash, secret).update(text).digest('base64')

/** Thirty cookies of somebody who has seen all tables and a session of their own, but not the secret that signs. */
const forgeries = (token: string, signature: string, hash: string, own: string): readonly string[] => {
  const guesses = ['', 'secret', 'better-auth-secret-123456789', token, hash, 'a secret of the tests']
  const [ownToken = '', ownSignature = ''] = own.split(/\.(?=[^.]*$)/)
  return [
    ...guesses.map(secret => `${token}.${hmac(token, secret)}`),
    ...guesses.map(secret => `${hash}.${hmac(hash, secret)}`),
    ...['sha1', 'sha384', 'sha512', 'md5'].map(name => `${token}.${hmac(token, 'secret', name)}`),
    `${hash}.${signature}`,
    `hashed:${hash}.${signature}`,
    `${token}.${ownSignature}`,
    `${ownToken}.${signature}`,
    `${ownToken}.${token}.${signature}`,
    `${token}.`,
    `.${signature}`,
    `${token}.${signature.slice(0, -4)}`,
    `${token}.${signature}${signature}`,
    `${token.toUpperCase()}.${signature}`,
    `${token} .${signature}`,
    `${token}.${Buffer.alloc(32).toString('base64')}`,
    `eyJhbGciOiJub25lIn0.${Buffer.from(`{"token":"${token}"}`).toString('base64url')}.`,
    `session#${hash}.${signature}`,
  ]
}

test('none of thirty forged session tokens is accepted, and a copy of the tables does not contain a token', async () => {
  const shop = await createTestShop()
  const [reader, thief] = [await shop.account(), await shop.account()]
  const cookieOf = (who: Shopper) => decodeURIComponent(who.cookie()?.slice(NAME.length + 1) ?? '')
  const [token = '', signature = ''] = cookieOf(reader).split(/\.(?=[^.]*$)/)
  const whoIs = async (value: string) =>
    (await shop.visitor().get('/api/auth/session', { cookie: `${NAME}=${encodeURIComponent(value)}` })).body
  expect(await whoIs(`${token}.${signature}`)).toMatchObject({ signed_in: true, email: reader.email })
  expect(await dumpTables(shop)).not.toContain(token)
  const rows = await readItems(shop, 'control')
  const row = rows.find(({ sk, userId }) => sk === 'session' && userId === reader.userId)
  const forged = forgeries(token, signature, row.pk.slice('session#'.length), cookieOf(thief))
  expect(new Set(forged).size).toBe(30)
  for (const value of forged) expect(await whoIs(value), value).toEqual({ signed_in: false })
})

test('a session ends after two weeks without use, or after 60 days', async () => {
  let now = new Date('2026-01-01T00:00:00Z')
  const later = (days: number) => {
    now = new Date(now.getTime() + days * 86_400_000)
  }
  const shop = await createTestShop({ books: [aBook()], now: () => now })
  const [used, unused] = [await shop.account({ days: 365 }), await shop.account({ days: 365 })]
  const isIn = async (who: Shopper) => {
    const { status } = await who.post('/api/cart/items', { book_id: 'tech-001' })
    return status === 200 && !who.cookie()?.includes('guest')
  }
  for (let day = 0; day < 56; day += 13) {
    expect(await isIn(used), `day ${day}`).toBe(true)
    later(13)
  }
  expect(await isIn(unused)).toBe(false)
  expect(await isIn(used)).toBe(false)
})

test('a staff session ends after 30 minutes without use', async () => {
  let now = new Date('2026-01-01T00:00:00Z')
  const shop = await createTestShop({ now: () => now })
  const staff = await shop.account({ role: 'staff' })
  const mayAsk = async () => (await staff.get('/api/orders?date=2026-01-01')).status === 200
  expect(await mayAsk()).toBe(true)
  now = new Date(now.getTime() + 29 * 60_000)
  expect(await mayAsk()).toBe(true)
  now = new Date(now.getTime() + 31 * 60_000)
  expect(await mayAsk()).toBe(false)
})

test('staff rights require a role, read at each request, and a second factor', async () => {
  const shop = await createTestShop()
  const day = '/api/orders?date=2026-01-01'
  expect((await (await shop.account({ role: 'admin' })).get(day)).status).toBe(200)
  expect((await (await shop.account({ role: 'staff', secondFactor: false })).get(day)).status).toBe(403)
  expect((await (await shop.account({ secondFactor: true })).get(day)).status).toBe(403)
  const staff = await shop.account({ role: 'staff' })
  await shop.deps.db.write({
    action: 'Update',
    table: shop.names.control,
    key: { pk: `user#${staff.userId}`, sk: 'auth' },
    set: 'REMOVE #role',
    names: { '#role': 'role' },
  })
  expect((await staff.get(day)).status).toBe(403)
})
