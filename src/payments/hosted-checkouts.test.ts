import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop, orderFor, type Shopper } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { asFunction } from '../../test/table-rights.ts'
import { sweepPayments } from './sweep.ts'

const MINUTE = 60_000

const open = async ({ stock = 10 }: { readonly stock?: number } = {}) => {
  const clock = { now: new Date('2026-11-30T10:00:00Z').getTime() }
  const now = () => new Date(clock.now)
  const provider = createFakeProvider(now)
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: stock }), aBook({ book_id: 'tech-002', stock_quantity: stock })],
    providers: [provider],
    now,
  })
  const buy = async (who: Shopper, quantity = 1, key?: string, email = 'reader@example.com') => {
    await who.post('/api/cart/items', { book_id: 'tech-001', quantity })
    return checkOut(who, key, { email, payment_method: 'stripe' })
  }
  const buyByInvoice = async (who: Shopper) => {
    await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
    expect((await checkOut(who)).status).toBe(201)
  }
  const send = async (ref: string, id?: string) => {
    const { body, headers } = provider.event(ref, id)
    return shop.visitor().post('/api/payments/events/stripe', body, headers)
  }
  const sweep = (afterMinutes: number) => {
    clock.now += afterMinutes * MINUTE
    return asFunction('Sweeper', sweepPayments)(shop.deps)
  }
  return { shop, provider, buy, buyByInvoice, send, sweep, clock }
}

test('a card buyer holds copies, pays, and has an order on return, without any event', async () => {
  const { shop, provider, buy } = await open()
  const who = shop.visitor()
  const { status, body, headers } = await buy(who, 2)
  expect(status).toBe(202)
  expect(body).toMatchObject({
    payment_url: 'https://pay.example/session-1',
    hold_until: '2026-11-30T10:31:00.000Z',
  })
  expect(headers.get('location')).toBe(`/api/checkouts/${body.checkout_id}`)
  expect(await readStock(shop, 'tech-001')).toBe(8)
  expect(await readItems(shop, 'orders')).toEqual([])
  expect((await who.get(`/api/checkouts/${body.checkout_id}`)).body.state).toBe('held')
  provider.pay(provider.session().ref)
  expect((await who.get(`/api/checkouts/${body.checkout_id}`)).body.state).toBe('confirmed')
  const order = (await who.get(`/api/orders/${body.order_id}`)).body
  expect(order.payment).toEqual({
    method: 'stripe',
    status: 'paid',
    amount: order.total,
    paid: order.total,
    refunded: 0,
    disputed: false,
  })
  expect((await who.get('/api/cart')).body.items).toEqual([])
  expect(await readStock(shop, 'tech-001')).toBe(8)
})

test('webhook never comes: the sweeper confirms', async () => {
  const { shop, provider, buy, sweep } = await open()
  await buy(shop.visitor())
  provider.pay(provider.session().ref)
  await sweep(32)
  expect(await readItems(shop, 'orders')).toHaveLength(1)
})

test('events twice, out of order, after months: one order, one mail', async () => {
  const { shop, provider, buy, send, clock } = await open()
  await buy(shop.visitor())
  const { ref } = provider.session()
  expect((await send(ref, 'e0')).status).toBe(204)
  expect(await readItems(shop, 'orders')).toEqual([])
  provider.pay(ref)
  await Promise.all(times(5, i => send(ref, `e${i}`)))
  await send(ref, 'e9')
  clock.now += 90 * 1440 * MINUTE
  await send(ref, 'e10')
  expect(await readItems(shop, 'orders')).toHaveLength(1)
  const control = await readItems(shop, 'control')
  expect(control.filter(({ event }) => event === 'order_confirmed')).toHaveLength(1)
  expect(control.filter(({ sk }) => String(sk).startsWith('entry#'))).toHaveLength(1)
})

test('tab closed before paying: at the end of the session the copies are back, and the cart is still there', async () => {
  const { shop, provider, buy, sweep } = await open()
  const who = shop.visitor()
  const { body } = await buy(who, 3)
  await sweep(20)
  expect(await readStock(shop, 'tech-001')).toBe(7)
  await sweep(12)
  expect(await readStock(shop, 'tech-001')).toBe(10)
  expect(provider.session().status).toBe('closed')
  expect((await who.get('/api/cart')).body.item_count).toBe(3)
  expect((await who.get(`/api/checkouts/${body.checkout_id}`)).body.state).toBe('released')
  const control = await readItems(shop, 'control')
  expect(control.filter(({ pk }) => String(pk).startsWith('order-number#'))).toEqual([])
})

test('the shopper pays while the sweeper closes the payment page: one of both, and stock exact', async () => {
  const { shop, provider, buy, sweep } = await open()
  const who = shop.visitor()
  await buy(who)
  provider.pay(provider.session().ref)
  await Promise.all([sweep(31), sweep(0), who.get(`/api/checkouts/${provider.session().checkout.orderId}`)])
  expect(await readItems(shop, 'orders')).toHaveLength(1)
  expect(await readStock(shop, 'tech-001')).toBe(9)
})

test.each([
  ['amount', 'USD', 100],
  ['currency', 'EUR', undefined],
])('%s differs: never an order, the copies are back, and staff see it', async (_, currency, amount) => {
  const { shop, provider, buy, send } = await open()
  await buy(shop.visitor())
  const session = provider.session()
  const { ref } = session
  provider.pay(ref, amount)
  session.currency = { code: currency, decimals: 2 }
  await send(ref)
  expect(await readItems(shop, 'orders')).toEqual([])
  expect(await readStock(shop, 'tech-001')).toBe(10)
  const { payments } = await shop.deps.paymentTable.list('review', 10)
  expect(payments).toMatchObject([{ captured: session.captured, currency, review: 'amount_differs' }])
  await send(ref)
  expect(await readItems(shop, 'orders')).toEqual([])
})

test('money after release becomes an order where copies are left, and goes to review where not', async () => {
  for (const left of [true, false]) {
    const { shop, provider, buy, buyByInvoice, send, sweep } = await open({ stock: 1 })
    await buy(shop.visitor())
    const session = provider.session()
    await sweep(32)
    if (!left) await buyByInvoice(shop.visitor())
    session.status = 'open'
    provider.pay(session.ref)
    await send(session.ref)
    expect(await readItems(shop, 'orders')).toHaveLength(1)
    expect(await readStock(shop, 'tech-001')).toBe(0)
    const { payments } = await shop.deps.paymentTable.list('review', 10)
    expect(payments).toHaveLength(left ? 0 : 1)
  }
})

test('money after release takes the copies of a book that was moved to another category', async () => {
  const provider = createFakeProvider()
  const shop = await createTestShop({ books: [aBook()], providers: [provider] })
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const { body } = await checkOut(who, undefined, { payment_method: 'stripe' })
  await who.post(`/api/checkouts/${body.checkout_id}/cancel`)
  const moved = { category: 'Classics', title: 'Clean Code', author: 'Robert C. Martin', price: 42.99 }
  expect((await shop.staff.call('PUT', '/api/books/tech-001', moved)).status).toBe(200)
  const session = provider.session()
  session.status = 'open'
  provider.pay(session.ref)
  const event = provider.event(session.ref)
  await shop.visitor().post('/api/payments/events/stripe', event.body, event.headers)
  expect((await who.get(`/api/orders/${body.order_id}`)).body.payment.status).toBe('paid')
  expect(await readStock(shop, 'tech-001')).toBe(24)
})

test('last copy, back button, pay again: a shopper’s own hold never blocks their second try', async () => {
  const { shop, provider, buy } = await open({ stock: 1 })
  const who = shop.visitor()
  await buy(who)
  const first = provider.session()
  const again = await checkOut(who, undefined, { email: 'reader@example.com', payment_method: 'stripe' })
  expect(again.status).toBe(202)
  expect(first.status).toBe('closed')
  expect(await readStock(shop, 'tech-001')).toBe(0)
  const other = await shop.visitor().post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  expect(other.body.code).toBe('out_of_stock')
})

test('second method after an abandoned first: the first page is closed before; where it is paid, there is no second', async () => {
  const { shop, provider, buy } = await open()
  const who = shop.visitor()
  await buy(who)
  const invoice = () => checkOut(who, undefined, { email: 'reader@example.com', payment_method: 'invoice' })
  expect((await invoice()).status).toBe(201)
  expect(provider.session().status).toBe('closed')
  expect(await readStock(shop, 'tech-001')).toBe(9)
  expect(
    await shop.deps.checkouts.liveOf(String((await readItems(shop, 'orders'))[0].user_id)),
  ).toBeUndefined()
  await buy(who)
  expect(await readStock(shop, 'tech-001')).toBe(8)
  provider.pay(provider.session().ref)
  expect((await invoice()).body.code).toBe('checkout_paid')
  expect(await readItems(shop, 'orders')).toHaveLength(2)
  expect(await readStock(shop, 'tech-001')).toBe(8)
})

test('a hold of many books is replaced by a cart of many others', async () => {
  const clock = () => new Date()
  const provider = createFakeProvider(clock)
  const books = times(44, i => aBook({ book_id: `b-${i}`, price: 1, stock_quantity: 1 }))
  const env = { UNPAID_LIMIT_NETWORK: '0', UNPAID_LIMIT_EMAIL: '0' }
  const shop = await createTestShop({ books, providers: [provider], now: clock, env })
  const who = shop.visitor()
  const pay = async (ids: readonly number[]) => {
    await who.call('DELETE', '/api/cart')
    for (const i of ids) await who.post('/api/cart/items', { book_id: `b-${i}`, quantity: 1 })
    return checkOut(who, undefined, { payment_method: 'stripe' })
  }
  expect((await pay(times(10, i => i))).status).toBe(202)
  expect((await pay(times(33, i => i + 10))).status).toBe(202)
  expect((await pay(times(12, i => i))).status).toBe(202)
  const left = await Promise.all(times(44, i => readStock(shop, `b-${i}`)))
  expect(left).toEqual(times(44, i => (i < 12 ? 0 : 1)))
})

test('a checkout that is refused releases the hold whose page was closed for it', async () => {
  const { shop, provider, buy } = await open()
  const who = shop.visitor()
  await buy(who)
  const cart = (await who.get('/api/cart')).body
  const order = orderFor(cart, { expected_total: 1, payment_method: 'stripe' })
  expect((await who.post('/api/orders', order, { 'idempotency-key': 'k' })).body.code).toBe('price_changed')
  expect(provider.session().status).toBe('closed')
  expect(await readStock(shop, 'tech-001')).toBe(10)
})

test('a debit on its way keeps the copies for days, and nobody from buying something else', async () => {
  const { shop, provider, buy, sweep } = await open()
  const who = shop.visitor()
  const { body } = await buy(who)
  const first = provider.session()
  provider.processing(first.ref)
  expect((await who.get(`/api/checkouts/${body.checkout_id}`)).body.state).toBe('processing')
  await sweep(3 * 1440)
  expect(await readStock(shop, 'tech-001')).toBe(9)
  expect((await checkOut(who, undefined, { payment_method: 'stripe' })).status).toBe(202)
  expect(await readStock(shop, 'tech-001')).toBe(8)
  provider.fail(first.ref)
  await sweep(61)
  expect(await readStock(shop, 'tech-001')).toBe(10)
})

test('a provider that does not answer the sweeper keeps nothing else from its turn', async () => {
  const { shop, provider, buy, sweep } = await open()
  await buy(shop.visitor())
  provider.faults.set('close', 'before')
  await sweep(32)
  expect(shop.reportedErrors.splice(0)).toHaveLength(1)
  await sweep(0)
  expect(shop.reportedErrors).toEqual([])
  provider.faults.clear()
  await sweep(2)
  expect(await readStock(shop, 'tech-001')).toBe(10)
})

test('provider down at checkout: nothing is held, the cart is kept, and the same key can be sent again', async () => {
  const { shop, provider, buy } = await open()
  const who = shop.visitor()
  for (const when of ['before', 'after'] as const) {
    provider.faults.set('open', when)
    const { status, body } = await buy(who, 1, 'one-key')
    expect([status, body.code]).toEqual([503, 'payment_unavailable'])
    expect(await readStock(shop, 'tech-001')).toBe(10)
    provider.faults.clear()
    await who.call('DELETE', '/api/cart')
  }
  const { status } = await buy(who, 1, 'other-key')
  expect(status).toBe(202)
})

test('the same key opens the same payment page, also at the same time', async () => {
  const { shop, provider } = await open()
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const answers = await Promise.all(
    times(4, () => checkOut(who, 'a-key', { email: 'reader@example.com', payment_method: 'stripe' })),
  )
  expect(new Set(answers.map(({ body }) => body.payment_url ?? body.code))).toEqual(
    new Set(['https://pay.example/session-1']),
  )
  expect(provider.sessions.size).toBe(1)
  expect(await readStock(shop, 'tech-001')).toBe(9)
})

test('a request that is repeated after its answer was lost gets the same payment page, which stays open', async () => {
  const { shop, provider, buy } = await open()
  const who = shop.visitor()
  const first = await buy(who, 1, 'a-key')
  const order = { email: 'reader@example.com', payment_method: 'stripe' }
  const again = await checkOut(who, 'a-key', order)
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(provider.session().status).toBe('open')
})

test('50 card buyers for 10 copies: 10 payment pages, 40 are told before any card number', async () => {
  const { shop, provider, buy } = await open()
  const answers = await Promise.all(
    times(50, i => buy(shop.visitor(), 1, undefined, `reader${i}@example.com`)),
  )
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(10)
  expect(answers.filter(({ body }) => body.code === 'out_of_stock')).toHaveLength(40)
  expect(provider.sessions.size).toBe(10)
})

test('forged events are refused, those of another provider too, and an unknown recent checkout is sent again', async () => {
  const { shop, provider, buy, send } = await open()
  await buy(shop.visitor())
  const { body, headers } = provider.event(provider.session().ref)
  const post = (path: string, text: string, more: Record<string, string>) =>
    shop.visitor().post(path, text, more)
  expect((await post('/api/payments/events/stripe', `${body} `, headers)).body.code).toBe('event_refused')
  expect((await post('/api/payments/events/other', body, headers)).body.code).toBe('event_refused')
  expect(
    (await post('/api/payments/events/stripe', body, { 'content-type': 'application/json' })).body.code,
  ).toBe('forbidden')
  const unknown = await provider.open({
    ...provider.session().checkout,
    orderId: 'order-2026-11-30-unknown00000000000000',
  })
  expect((await send(unknown.ref)).status).toBe(503)
  const old = await provider.open({
    ...provider.session().checkout,
    orderId: 'order-2026-10-30-unknown00000000000000',
  })
  expect((await send(old.ref)).status).toBe(204)
})
