/** Payments through the bundles that are uploaded: functions behind a gateway, and a stand-in for Stripe that sends them its events. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { expect, test } from 'vitest'
import { onCleanup } from '../../test/cleanup.ts'
import {
  CDN_SETTINGS,
  PROXY_SECRET,
  PUBLIC_URL,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRETS,
  startFunctions,
} from '../../test/deployments.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { startFunction } from '../../test/lambda-function.ts'
import { startTestStripe, type TestStripe } from '../../test/stripe.ts'
import { readStock } from '../../test/table-contents.ts'
import type { Deps } from '../composition/shop.ts'
import type { FunctionId } from './functions.ts'

const EVENTS = '/api/payments/events/stripe'
const METHODS = { ...CDN_SETTINGS, PAYMENT_METHODS: 'stripe,invoice' }

/** The stand-in at another port, where it accepts the key of a real account. Returns the environment of functions that call it. */
const exposeStripe = async ({ providerOptions }: TestStripe): Promise<Record<string, string>> => {
  const { secretKey, server: locate, webhookSecrets } = providerOptions
  const to = locate?.() ?? new URL('http://127.0.0.1')
  const server = createServer(
    getRequestListener(async request => {
      const headers = new Headers(request.headers)
      expect(headers.get('authorization')).toBe(`Bearer ${STRIPE_KEY}`)
      headers.set('authorization', `Bearer ${secretKey}`)
      headers.delete('host')
      const { pathname, search } = new URL(request.url)
      const { method } = request
      const body = method === 'GET' ? null : await request.text()
      return fetch(new URL(pathname + search, to), { method, headers, body })
    }),
  )
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onCleanup(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    STRIPE_ENDPOINT: `http://127.0.0.1:${port}${to.pathname}`,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    // As after a rotation: Stripe still signs with the secret before.
    STRIPE_WEBHOOK_SECRET: STRIPE_WEBHOOK_SECRETS[0] ?? '',
    STRIPE_WEBHOOK_SECRET_PREVIOUS: webhookSecrets[0] ?? '',
  }
}

type Sent = { readonly body: string; readonly headers: Readonly<Record<string, string>> }

const refOf = (url: string): string => url.split('/').at(-1) ?? ''

test('a checkout is held by one function, paid, and made an order by an event that another one gets', {
  timeout: 120_000,
}, async () => {
  let answered: (sent: Sent & { readonly status: number }) => void = () => {}
  const completed = new Promise<Sent & { readonly status: number }>(done => {
    answered = done
  })
  let fetchShop: TestShop['fetch'] | undefined
  const stripe = await startTestStripe({
    send: async (body, headers) => {
      const request = new Request(`${PUBLIC_URL}${EVENTS}`, { method: 'POST', headers, body })
      const status = (await fetchShop?.(request))?.status ?? 500
      if (body.includes('checkout.session.completed')) answered({ body, headers, status })
      return status
    },
  })
  const environment = await exposeStripe(stripe)
  let functions: Awaited<ReturnType<typeof startFunctions>> | undefined
  const ids: readonly FunctionId[] = ['ShoppingCart', 'OrderProcess', 'PaymentEvents']
  const transport = async (deps: Deps) => {
    functions = await startFunctions(deps, ids, environment)
    return functions.fetch
  }
  const shop = await createTestShop({ books: [aBook()], env: METHODS, transport, withStaff: false })
  fetchShop = shop.fetch
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  const held = await checkOut(who, undefined, { email: 'reader@example.com', payment_method: 'stripe' })
  expect(held.status, JSON.stringify(held.body)).toBe(202)
  expect(await readStock(shop, 'tech-001')).toBe(23)
  expect((await who.get(`/api/checkouts/${held.body.checkout_id}`)).body.state).toBe('held')
  await stripe.pay(refOf(held.body.payment_url))
  const { body, headers, status } = await completed
  expect(status).toBe(204)
  const order = await who.get(`/api/orders/${held.body.order_id}`)
  expect(order).toMatchObject({ status: 200, body: { payment: { method: 'stripe', status: 'paid' } } })
  expect((await who.get('/api/cart')).body.items).toEqual([])

  // The same event as the gateway may send it, as base64, and with one byte changed.
  const invoke = async (text: string, changes: object) => {
    const request = { method: 'POST', url: EVENTS, headers: { ...headers, 'x-trusted-proxy': PROXY_SECRET } }
    const event = createGatewayEvent(request, Buffer.from(text), 'POST /api/payments/events/{provider}')
    const answer = await functions?.of('PaymentEvents').invoke({ ...event, ...changes })
    return answer as { readonly statusCode: number; readonly body: string; readonly cookies?: string[] }
  }
  const asBase64 = (text: string) => ({
    body: Buffer.from(text).toString('base64'),
    isBase64Encoded: true,
  })
  expect(await invoke(body, asBase64(body))).toMatchObject({ statusCode: 204 })
  for (const changes of [{}, asBase64(`${body} `)]) {
    const refused = await invoke(`${body} `, changes)
    expect([refused.statusCode, JSON.parse(refused.body).code]).toEqual([400, 'event_refused'])
    expect(refused.cookies ?? []).toEqual([])
  }
  expect((await shop.visitor().get(EVENTS)).status).toBe(405)
  for (const id of ids) expect(functions?.of(id).log(), id).not.toContain('"level":"ERROR"')
})

test('the sweeper confirms what was paid without any event, and gives the copies of others back', {
  timeout: 120_000,
}, async () => {
  // The payment pages have closed by the time of the sweeper.
  const now = () => new Date(Date.now() - 40 * 60_000)
  const stripe = await startTestStripe({ now })
  const { provider } = stripe
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: 10 })],
    env: METHODS,
    providers: [provider],
    now,
    withStaff: false,
  })
  const hold = async (email: string) => {
    const who = shop.visitor()
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    const { body } = await checkOut(who, undefined, { email, payment_method: 'stripe' })
    return { who, body }
  }
  const [paying, leaving] = [await hold('reader@example.com'), await hold('other@example.com')]
  await stripe.pay(refOf(paying.body.payment_url))
  expect(await readStock(shop, 'tech-001')).toBe(8)
  const { environment } = await startFunctions(shop.deps, [])
  const sweeper = await startFunction('Sweeper', { ...environment, ...(await exposeStripe(stripe)) })
  await sweeper.invoke({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} })
  expect(await readStock(shop, 'tech-001')).toBe(9)
  expect((await paying.who.get(`/api/orders/${paying.body.order_id}`)).body.payment?.status).toBe('paid')
  expect((await leaving.who.get(`/api/orders/${leaving.body.order_id}`)).status).toBe(404)
  expect(sweeper.log()).not.toContain('"level":"ERROR"')
})
