/** Shopper of Storecraft: the cart is in the browser; a checkout is created with all its lines, then completed. */
import * as z from 'zod'
import { expectSuccess } from './http.ts'
import { type Basket, type Call, RefusedError, type ShopFacts, type Shopping } from './peer.ts'

export const searchPath = (text: string): string => `/api/products?vql=${encodeURIComponent(text)}&limit=24`

const Created = z.object({ id: z.string() })
const Completed = z.object({ status: z.object({ checkout: z.object({ name2: z.string() }) }) })
const Found = z.array(z.object({ handle: z.string() }))

export const createStorecraftShopping = (_: ShopFacts): Shopping => {
  const fill = async (call: Call, titles: readonly string[], guest: number): Promise<Basket> => {
    const answer = await call('POST', '/api/checkout/create?gateway=dummy', {
      body: {
        contact: { email: `guest-${guest}@example.com`, firstname: 'Ada', lastname: 'Reader' },
        address: { street1: 'Main St 1', city: 'Oslo', country: 'NO', zip_code: '0150' },
        line_items: titles.map(id => ({ id, qty: 1 })),
        shipping_method: { handle: 'standard' },
      },
    })
    const created = Created.safeParse(expectSuccess('create', answer))
    if (!created.success) throw new RefusedError('create', answer)
    return { id: created.data.id }
  }

  const approach = async (_call: Call, basket: Basket): Promise<Basket> => basket

  const pay = async (call: Call, { id }: Basket): Promise<void> => {
    const answer = await call('POST', `/api/checkout/${id}/complete`, { body: {} })
    const { status } = Completed.parse(expectSuccess('complete', answer))
    if (status.checkout.name2 !== 'complete') throw new RefusedError('complete', answer)
  }

  const firstFound = async (call: Call, text: string): Promise<number | undefined> => {
    const answer = await call('GET', searchPath(text))
    // Queries that its query language cannot parse are refused: nothing is found.
    if (answer.status >= 400) return undefined
    const first = Found.parse(answer.body)[0]
    // Handles end with the position in the list.
    return first && Number(first.handle.split('-').at(-1))
  }
  return { fillCart: fill, prepareOrder: approach, pay, findFirst: firstFound }
}
