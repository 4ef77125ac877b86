/** Things that belong to somebody: at every address that names one, another’s is not found, and sessions that are over open none. */
import { expect, test } from 'vitest'
import { contentsOf } from '../../test/contents.ts'
import { type Account, aBook, checkOut, type TestShop, testShop } from '../../test/kit.ts'
import { endpoints } from '../endpoints.ts'

/** What names a book names nobody's own. */
const OPEN = new Set(['book_id', 'category'])
const idIn = (path: string): string | undefined => /\{(\w+)\}/.exec(path)?.[1]
const owned = endpoints.filter(({ path, who }) => {
  const id = idIn(path)
  return id !== undefined && !OPEN.has(id) && who !== 'staff'
})

/** An account with one of each thing that can be somebody's, by the name of its id. */
const anOwner = async (shop: TestShop) => {
  const owner = await shop.account({ secondFactor: true })
  await owner.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(owner)).body
  const [session] = (await owner.get('/api/auth/sessions')).body.items
  const passkey_id = 'a-passkey'
  await shop.deps.records.create('passkey', {
    id: passkey_id,
    userId: owner.userId,
    credentialID: 'a-credential',
    publicKey: 'key',
    counter: 0,
    deviceType: 'singleDevice',
    backedUp: false,
    createdAt: new Date().toISOString(),
  })
  const street = { street: 'a', city: 'b', postal_code: 'c' }
  const { address_id } = (await owner.post('/api/users/me/addresses', street)).body
  const ids: Readonly<Record<string, string>> = {
    order_id,
    session_id: session.session_id,
    passkey_id,
    address_id,
  }
  return { owner, ids }
}

test.each(owned)('$id: another’s is not found, and its owner’s is', async ({ method, path, body }) => {
  const shop = await testShop({ books: [aBook()] })
  const { owner, ids } = await anOwner(shop)
  const id = ids[idIn(path) ?? '']
  expect(id, `say in this test who owns what ${path} names`).toBeDefined()
  const address = path.replace(/\{\w+\}/, id ?? '')
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const others = [
    await shop.account(),
    await shop.account({ secondFactor: true }),
    await shop.account({ role: 'admin', secondFactor: false }),
    await shop.account({ from: guest }),
  ]
  const before = await contentsOf(shop)
  const sent = body === undefined ? undefined : {}
  for (const other of others) {
    const answer = await other.call(method, address, sent)
    expect(answer.status).toBe(404)
    expect(JSON.stringify(answer.body)).not.toContain(owner.email)
  }
  expect([401, 404]).toContain((await guest.call(method, address, sent)).status)
  expect([401, 404]).toContain((await shop.visitor().call(method, address, sent)).status)
  expect(await contentsOf(shop)).toBe(before)
  expect((await owner.call(method, address, sent)).status).toBeLessThan(300)
})

const cookieOf = (account: Account): [string, string] => {
  const [name = '', value = ''] = (account.cookie() ?? '').split('=')
  return [name, value]
}

/** Cookies that speak for nobody, by what is wrong with them. */
const deadCookies = async (shop: TestShop): Promise<Record<string, string | undefined>> => {
  const [name, value] = cookieOf(await shop.account({ role: 'admin' }))
  const token = decodeURIComponent(value).split('.')[0] ?? ''
  const ended = await shop.account({ role: 'admin' })
  const endedCookie = ended.cookie()
  expect((await ended.post('/api/auth/sign-out')).status).toBe(204)
  const removed = await shop.account({ role: 'admin' })
  const [session] = (await removed.get('/api/auth/sessions')).body.items
  await removed.call('DELETE', `/api/auth/sessions/${session.session_id}`)
  return {
    'signed out': endedCookie,
    'ended elsewhere': removed.cookie(),
    expired: (await shop.account({ role: 'admin', days: -1 })).cookie(),
    'another signature': `${name}=${encodeURIComponent(`${token}.${btoa('x'.repeat(32))}`)}`,
    'no signature': `${name}=${token}`,
    'another token': `${name}=${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`,
    'the name of https': `__Host-${name}=${value}`,
    'no value': `${name}=`,
    'no percent-encoding': `${name}=%E0%A4%A`,
  }
}

test('a session that is over, or was never ours, is nobody’s at every endpoint', async () => {
  const shop = await testShop({ books: [aBook()] })
  const cookies = await deadCookies(shop)
  const before = await contentsOf(shop)
  const closed = endpoints.filter(({ who }) => who === 'account' || who === 'staff')
  expect(closed.length).toBeGreaterThan(10)
  for (const [what, cookie = ''] of Object.entries(cookies))
    for (const { id, method, path } of closed) {
      const headers = { cookie, 'sec-fetch-site': 'same-origin' }
      const address = path.replaceAll(/\{\w+\}/g, 'tech-001')
      const { status, body } = await shop.visitor().call(method, address, undefined, headers)
      expect([status, body.code], `${what} ${id}`).toEqual([401, 'not_signed_in'])
    }
  expect(await contentsOf(shop)).toBe(before)
  expect(shop.reported).toEqual([])
})
