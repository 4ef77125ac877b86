/** Shopper of CloudShelf: the first cart addition creates cart and cookie; checkout is one request. */
import * as z from 'zod'
import { networkHeaders, searchPath } from '../requests.ts'
import { expectSuccess } from './http.ts'
import type { Basket, Call, ShopFacts, Shopping } from './peer.ts'

const Cart = z.object({ version: z.string(), total: z.number() })
const Found = z.object({ items: z.array(z.object({ book_id: z.string() })) })

/** Name and value of the cookie. */
const readCookie = (header: string | string[] | undefined): string | undefined =>
  [header ?? []].flat()[0]?.split(';')[0]

export const createCloudshelfShopping = (_: ShopFacts): Shopping => {
  const createHeaders = (cookie: string | undefined, guest: number) => ({
    'sec-fetch-site': 'same-origin',
    ...networkHeaders(guest),
    ...(cookie ? { cookie } : {}),
  })

  const fill = async (call: Call, titles: readonly string[], guest: number): Promise<Basket> => {
    let cookie: string | undefined
    let body: unknown
    for (const book_id of titles) {
      const answer = await call('POST', '/api/cart/items', {
        headers: createHeaders(cookie, guest),
        body: { book_id, quantity: 1 },
      })
      body = expectSuccess('add', answer)
      cookie ??= readCookie(answer.headers['set-cookie'])
    }
    const { version, total } = Cart.parse(body)
    return { cookie: cookie ?? '', version, total: String(total) }
  }

  const approach = async (_call: Call, basket: Basket): Promise<Basket> => basket

  const pay = async (call: Call, { cookie, version, total }: Basket, guest: number): Promise<void> => {
    const answer = await call('POST', '/api/orders', {
      headers: { ...createHeaders(cookie, guest), 'idempotency-key': crypto.randomUUID() },
      body: {
        cart_version: version,
        expected_total: Number(total),
        email: `guest-${guest}@example.com`,
        shipping_address: {
          name: 'John Doe',
          street: '123 Main St',
          city: 'Anytown',
          state: 'ST',
          postal_code: '12345',
        },
      },
    })
    expectSuccess('order', answer)
  }

  const firstFound = async (call: Call, text: string): Promise<number | undefined> => {
    const { items } = Found.parse(expectSuccess('search', await call('GET', searchPath(text))))
    const first = items[0]
    // Book ids count from 1.
    return first && Number(first.book_id) - 1
  }
  return { fillCart: fill, prepareOrder: approach, pay, findFirst: firstFound }
}
