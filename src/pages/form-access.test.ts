/** Large forms: received from staff alone. */
import { expect, test } from 'vitest'
import { aBook, createTestShop, type Shopper } from '../../test/kit.ts'
import { createShop } from '../composition/shop.ts'
import { createPageServer } from './serve.ts'

const PAGE = '/staff/books/tech-001'

/** The pages of a shop; each answers with the size of the form that it got, when `ready` is. */
const startPages = async (ready = Promise.resolve()) => {
  const shop = await createTestShop({ books: [aBook()] })
  const app = createShop(shop.deps)
  const { fetch } = createPageServer({
    fetch: app.fetch,
    elsewhere: app.fetch,
    publicUrl: 'http://localhost:3000',
    origins: app.origins,
    loadShedder: app.loadShedder,
    currency: 'USD',
    shop: shop.deps.shop,
    createFreshnessCheck: () => () => false,
    load: async () => ({
      pageRenderer: () => async request => {
        await ready
        return new Response(String((await request.arrayBuffer()).byteLength))
      },
      asset: async () => undefined,
    }),
    log: shop.deps.log,
  })
  /** Sends a form that counts how often it is read. */
  const post = async (path: string, bytes: number, sender?: Shopper, announces = true) => {
    let reads = 0
    let left = bytes
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          reads++
          const size = Math.min(left, 65_536)
          left -= size
          if (size > 0) controller.enqueue(new Uint8Array(size).fill(97))
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const cookie = sender?.cookie()
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...(announces ? { 'content-length': String(bytes) } : {}),
      ...(cookie === undefined ? {} : { cookie }),
    }
    const url = `http://localhost:3000${path}`
    const request = new Request(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    const response = await fetch(request)
    return { status: response.status, text: await response.text(), reads }
  }
  return { shop, post }
}

test('a form of 5 MB is received from staff, and not a byte of it from anybody else', async () => {
  const { shop, post } = await startPages()
  const size = 5 * 1024 * 1024
  for (const announces of [true, false]) {
    expect(await post(PAGE, size, undefined, announces)).toMatchObject({ status: 401, reads: 0 })
    const customer = await shop.account()
    expect(await post(PAGE, size, customer, announces)).toMatchObject({ status: 403, reads: 0 })
    const single = await shop.account({ role: 'staff', secondFactor: false })
    expect(await post(PAGE, size, single, announces)).toMatchObject({ status: 403, reads: 0 })
    expect(await post(PAGE, size, shop.staff, announces)).toMatchObject({ status: 200, text: String(size) })
  }
  // Every other page takes an ordinary form from everybody, and a larger one from nobody.
  for (const path of ['/cart', '/staff/orders/1', '/sign-in'])
    expect(await post(path, size, shop.staff)).toMatchObject({ status: 413, reads: 0 })
  expect(await post('/cart', 60_000)).toMatchObject({ status: 200, text: '60000' })
  expect(await post(PAGE, 60_000)).toMatchObject({ status: 200, text: '60000' })
  expect(await post(PAGE, 6 * 1024 * 1024, shop.staff)).toMatchObject({ status: 413, reads: 0 })
})

test('large forms of staff share one budget: what is over it is refused with 503', async () => {
  const worked = Promise.withResolvers<void>()
  const { shop, post } = await startPages(worked.promise)
  const size = 5 * 1024 * 1024
  const answers = Array.from({ length: 10 }, () => post(PAGE, size, shop.staff))
  const statuses: number[] = []
  for (const one of answers) void one.then(({ status }) => statuses.push(status))
  // While the six that fit into 32 MB are being worked on.
  await expect.poll(() => statuses, { timeout: 20_000 }).toEqual([503, 503, 503, 503])
  worked.resolve()
  await Promise.all(answers)
  expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 503, 503, 503, 503])
  // The places are given back.
  expect(await post(PAGE, size, shop.staff)).toMatchObject({ status: 200 })
})
