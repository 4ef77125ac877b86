/** CSRF: at every endpoint, an unsafe request with a cookie must come from the shop's own pages. */
import { expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'

const OURS = 'http://localhost:3000'
const FORGED: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: OURS },
  { 'sec-fetch-site': 'none' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
]
/** What a form of another site can send without asking first. */
const FORM_TYPES = [
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  'application/json',
]

/** Everything in the tables, and how many rows of control there are: counts of requests too. */
const everything = async (shop: TestShop) => [
  await dumpTables(shop),
  (await readItems(shop, 'control')).length,
]

// No cookie authenticates a signed call: signed-calls.test.ts tries those.
test.each(ENDPOINTS.filter(({ method, access }) => method !== 'GET' && access !== 'signed'))(
  '$id refuses requests forged by another site (CSRF)',
  async ({ method, path, body }) => {
    const shop = await createTestShop({ books: [aBook()] })
    const admin = await shop.account({ role: 'admin' })
    await admin.post('/api/cart/items', { book_id: 'tech-001' })
    const cookies = [admin.cookie() ?? '', `cloudshelf_guest=${'g'.repeat(43)}`, 'of=another; host=s']
    const before = await everything(shop)
    for (const cookie of cookies)
      for (const headers of FORGED)
        for (const type of body === undefined ? [undefined] : FORM_TYPES) {
          const answer = await shop.fetch(
            new Request(OURS + path.replaceAll(/\{\w+\}/g, 'tech-001'), {
              method,
              headers: { cookie, ...headers, ...(type ? { 'content-type': type } : {}) },
              ...(type ? { body: '{}' } : {}),
            }),
          )
          const what = JSON.stringify([headers, type])
          expect(answer.status, what).toBe(403)
          expect((await answer.json()).code, what).toBe('cross_site_request')
          expect(answer.headers.getSetCookie(), what).toEqual([])
        }
    expect(await everything(shop)).toEqual(before)
    // Of the shop's own pages the same request is looked at.
    const own = await admin.call(method, path.replaceAll(/\{\w+\}/g, 'tech-001'))
    expect(own.body?.code).not.toBe('cross_site_request')
  },
)
