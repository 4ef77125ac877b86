/** Calls of the API that each page makes: on AWS each is a request of the gateway and an execution of another function. */
import { expect, test, vi } from 'vitest'
import { createShop } from '#src/composition/shop.ts'
import { createLocalBuild } from '#src/pages/local-build.ts'
import { createPageServer } from '#src/pages/serve.ts'
import { createAccountShop } from '../../test/accounts.ts'
import { ADDRESS, type Shopper } from '../../test/kit.ts'
import { API_CALLS, type CountedPage } from '../../tools/cost/api-calls.ts'
import { books } from './books.ts'

const called: string[] = []
let atOnce = 0
let mostAtOnce = 0

const shop = await createAccountShop({
  books,
  transport: async deps => {
    const app = createShop(deps)
    const build = createLocalBuild(() => {})
    const { fetch } = createPageServer({
      fetch: async (request, caller) => {
        called.push(`${request.method} ${new URL(request.url).pathname}`)
        mostAtOnce = Math.max(mostAtOnce, ++atOnce)
        // As over a network: all calls that a page makes at once are under way together.
        await new Promise(done => setImmediate(done))
        return app.fetch(request, caller).finally(() => atOnce--)
      },
      elsewhere: app.fetch,
      publicUrl: deps.publicUrl,
      origins: app.origins,
      loadShedder: app.loadShedder,
      currency: deps.currency.code,
      shop: deps.shop,
      // No page is cached: each is counted.
      createFreshnessCheck: () => () => false,
      load: build.load,
      log: deps.log,
    })
    return fetch
  },
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

const countCalls = async (
  work: () => Promise<{ readonly status: number }>,
  status = 200,
): Promise<number> => {
  called.splice(0)
  const answer = await work()
  expect([answer.status, called], called.join(', ')).toEqual([status, called])
  return called.length
}

test('every page makes as many calls of the API as the cost model counts', async () => {
  const counted = new Map<CountedPage, number>()
  const count = async (page: CountedPage, work: () => ReturnType<Shopper['get']>, status?: number) => {
    counted.set(page, await countCalls(work, status))
  }
  const guest = shop.visitor()
  await count('front page', () => guest.get('/'))
  await count('category page', () => guest.get('/category/poetry'))
  await count('search page', () => guest.get('/search?q=clean'))
  await count('book page', () => guest.get('/books/tech-001/clean-code'))
  await count('visitor’s name and cart count, without a cart', () =>
    guest.get('/visitor', { cookie: 'cloudshelf_device=x; theme=dark' }),
  )
  await count('book put into the cart', () => guest.post('/cart', 'intent=add&book_id=tech-001', FORM), 303)
  await count('visitor’s name and cart count, with a cart', () =>
    guest.get('/visitor.data?_routes=routes%2Fvisitor'),
  )
  await count('cart page', () => guest.get('/cart'))
  await count('checkout page', () => guest.get('/checkout'))
  const { body: cart } = await guest.get('/api/cart')
  const { country = 'US', ...address } = { ...ADDRESS, state: 'NY' } as Record<string, string>
  const order = form({
    ...address,
    country,
    email: 'reader@example.com',
    cart_version: cart.version,
    total: String(cart.total),
    key: crypto.randomUUID(),
  })
  let location = ''
  await count(
    'order placed',
    async () => {
      const answer = await guest.post('/checkout', order, FORM)
      location = answer.headers.get('location') ?? ''
      return answer
    },
    303,
  )
  await count('confirmation page', () => guest.get(location))
  await count('list of orders', () => guest.get('/orders'))
  await count('order page', () => guest.get(location.replace('/confirmed', '')))
  const jane = shop.visitor()
  await shop.signUp(jane, 'jane@example.com')
  for (const token of await shop.tokens('verify-email')) await shop.verify(jane, token)
  await count('visitor’s name and cart count, signed in', () =>
    jane.get('/visitor.data?_routes=routes%2Fvisitor'),
  )
  expect(Object.fromEntries(counted)).toEqual(API_CALLS)
})

test('no page makes more than three calls at once: a new AWS account allows ten executions', async () => {
  mostAtOnce = 0
  for (const path of ['/', '/category/poetry', '/search', '/books/tech-001/clean-code', '/checkout', '/cart'])
    await shop.visitor().get(path)
  expect(mostAtOnce).toBeLessThanOrEqual(3)
})

test('the front page without one of its shelves shows the others, and is not cached for long', async () => {
  const index = await shop.deps.liveIndex.waitForIndex()
  if (!index) throw new TypeError('the index must be loaded')
  const { browse } = index.search
  const whole = await shop.visitor().get('/')
  expect(whole.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=20')
  const failing = vi
    .spyOn(index.search, 'browse')
    .mockImplementation(query =>
      query.sort === 'newest' ? Promise.reject(new Error('a defect')) : browse(query),
    )
  // The response before it is still cached.
  await shop.staff.call('PATCH', '/api/books/tech-001', { price: 41 })
  const { status, headers, body } = await shop.visitor().get('/')
  failing.mockRestore()
  shop.reportedErrors.splice(0)
  expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=0, s-maxage=5'])
  expect(whole.body).toContain('id="newest"')
  expect(body).not.toContain('id="newest"')
  expect(body).toContain('id="category-poetry"')
})
