/** Ownership: at every path with the id of an owned item, an item of another account is not found. */
import { expect, test } from 'vitest'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { ADDRESS, aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'

/** Ids of items that nobody owns. */
const OPEN = new Set(['book_id', 'category'])
const idIn = (path: string): string | undefined => /\{(\w+)\}/.exec(path)?.[1]
/** Without those for staff, and those that a mailed token opens for anyone: view-links.test.ts tries these. */
const owned = ENDPOINTS.filter(({ path, access }) => {
  const id = idIn(path)
  return id !== undefined && !OPEN.has(id) && (access === 'account' || access === 'shopper')
})

/** An account with one item of each kind that can be owned, and their ids by parameter name. */
const anOwner = async (shop: TestShop) => {
  const owner = await shop.account({ secondFactor: true })
  await owner.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(owner)).body
  const [invoice] = (await owner.get(`/api/orders/${order_id}/invoices`)).body.items
  await owner.post('/api/cart/items', { book_id: 'tech-001' })
  const { checkout_id } = (await checkOut(owner, undefined, { payment_method: 'stripe' })).body
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
  const { address_id } = (await owner.post('/api/users/me/addresses', ADDRESS)).body
  const ids: Readonly<Record<string, string>> = {
    order_id,
    number: invoice.number,
    checkout_id,
    session_id: session.session_id,
    passkey_id,
    address_id,
  }
  return { owner, ids }
}

/** Bodies of endpoints that take no empty one. */
const BODIES: Readonly<Record<string, object>> = { changeAddress: ADDRESS }

test.each(owned)(
  '$id: an item of another account is not found, that of the caller is',
  async ({ id: endpointId, method, path, body }) => {
    const shop = await createTestShop({
      books: [aBook()],
      providers: [createFakeProvider()],
      env: { INVOICE_AT: 'order' },
    })
    const { owner, ids } = await anOwner(shop)
    const id = ids[idIn(path) ?? '']
    expect(id, `add the owned item of ${path} to this test`).toBeDefined()
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
    const guest = shop.visitor()
    await guest.post('/api/cart/items', { book_id: 'tech-001' })
    const others = [
      await shop.account(),
      await shop.account({ secondFactor: true }),
      await shop.account({ role: 'admin', secondFactor: false }),
      await shop.account({ from: guest }),
    ]
    const before = await dumpTables(shop)
    const sent = body === undefined ? undefined : (BODIES[endpointId] ?? {})
    for (const other of others) {
      const answer = await other.call(method, url, sent)
      expect(answer.status).toBe(404)
      expect(JSON.stringify(answer.body)).not.toContain(owner.email)
    }
    expect([401, 404]).toContain((await guest.call(method, url, sent)).status)
    expect([401, 404]).toContain((await shop.visitor().call(method, url, sent)).status)
    expect(await dumpTables(shop)).toBe(before)
    expect((await owner.call(method, url, sent)).status).toBeLessThan(300)
  },
)
