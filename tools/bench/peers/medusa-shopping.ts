/** Shopper of Medusa (store API): a cart with its lines, then address, shipping, payment and completion. */
import * as z from 'zod'
import { expectSuccess } from './http.ts'
import { type Basket, type Call, RefusedError, type ShopFacts, type Shopping } from './peer.ts'

export const priceQuery = (regionId: string): string =>
  `region_id=${regionId}&fields=*variants.calculated_price`

export const searchPath = (text: string, regionId: string): string =>
  `/store/products?q=${encodeURIComponent(text)}&limit=24&${priceQuery(regionId)}`

const Made = z.object({ cart: z.object({ id: z.string() }) })
const Collected = z.object({ payment_collection: z.object({ id: z.string() }) })
const Completed = z.object({ type: z.string() })
const Found = z.object({ products: z.array(z.object({ handle: z.string() })) })

export const createMedusaShopping = ({ key = '', region = '', shipping = '' }: ShopFacts): Shopping => {
  const headers = { 'x-publishable-api-key': key }
  const post = async (call: Call, step: string, path: string, body: object): Promise<unknown> =>
    expectSuccess(step, await call('POST', path, { headers, body }))

  const fill = async (call: Call, titles: readonly string[]): Promise<Basket> => {
    const items = titles.map(variant_id => ({ variant_id, quantity: 1 }))
    const { cart } = Made.parse(await post(call, 'cart', '/store/carts', { region_id: region, items }))
    return { id: cart.id }
  }

  const approach = async (call: Call, { id = '' }: Basket, guest: number): Promise<Basket> => {
    const address = {
      first_name: 'Ann',
      last_name: 'Reader',
      address_1: '1 Book St',
      city: 'Reno',
      country_code: 'us',
      province: 'nv',
      postal_code: '89501',
      phone: '5550100',
    }
    await post(call, 'address', `/store/carts/${id}`, {
      email: `guest-${guest}@example.com`,
      shipping_address: address,
      billing_address: address,
    })
    await post(call, 'shipping', `/store/carts/${id}/shipping-methods`, { option_id: shipping })
    const collection = Collected.parse(
      await post(call, 'payment', '/store/payment-collections', { cart_id: id }),
    ).payment_collection.id
    await post(call, 'session', `/store/payment-collections/${collection}/payment-sessions`, {
      provider_id: 'pp_system_default',
    })
    return { id }
  }

  const pay = async (call: Call, { id = '' }: Basket): Promise<void> => {
    const answer = await call('POST', `/store/carts/${id}/complete`, { headers, body: {} })
    if (Completed.parse(expectSuccess('complete', answer)).type !== 'order')
      throw new RefusedError('complete', answer)
  }

  const firstFound = async (call: Call, text: string): Promise<number | undefined> => {
    const { products } = Found.parse(
      expectSuccess('search', await call('GET', searchPath(text, region), { headers })),
    )
    const first = products[0]
    // Handles end with the number of the book, counted from 1.
    return first && Number(first.handle.split('-').at(-1)) - 1
  }
  return { fillCart: fill, prepareOrder: approach, pay, findFirst: firstFound }
}
