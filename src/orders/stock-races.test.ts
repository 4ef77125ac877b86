/** What holds when orders are cancelled, copies counted and prices changed while others buy. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { place, soldOf, statusesOf, times, withCarts } from '../../test/buyers.ts'
import { itemsIn, stockOf } from '../../test/contents.ts'
import { type Answer, aBook, checkOut, testShop } from '../../test/kit.ts'

test('an order that is cancelled 10 times at once gives its copies back once', async () => {
  const shop = await testShop({ books: [aBook()] })
  for (let round = 0; round < 10; round++) {
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 3 })
    const { body } = await checkOut(shopper)
    expect(await stockOf(shop, 'tech-001')).toBe(22)
    const answers = await Promise.all(times(10, () => shopper.post(`/api/orders/${body.order_id}/cancel`)))
    expect(answers.map(one => one.body.status)).toEqual(times(10, () => 'cancelled'))
    expect(await stockOf(shop, 'tech-001')).toBe(25)
  }
})

test('an order that is cancelled and shipped at once ends in one of the two, and its copies with it', async () => {
  const shop = await testShop({ books: [aBook({ stock_quantity: 100 })] })
  const rounds = 20
  for (let round = 0; round < rounds; round++) {
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
    const { order_id } = (await checkOut(shopper)).body
    const move = (status: string) => shop.staff.post(`/api/orders/${order_id}/status`, { status })
    expect((await move('processing')).status).toBe(200)
    const [shipped, ...cancels] = await Promise.all([
      move('shipped'),
      ...times(3, () => shopper.post(`/api/orders/${order_id}/cancel`)),
    ])
    const { status } = (await shopper.get(`/api/orders/${order_id}`)).body
    expect(shipped.status).toBe(status === 'shipped' ? 200 : 409)
    for (const cancel of cancels) expect(cancel.status).toBe(status === 'cancelled' ? 200 : 409)
  }
  const sold = await soldOf(shop, 'tech-001')
  expect(await stockOf(shop, 'tech-001')).toBe(100 - sold)
  const outbox = (await itemsIn(shop, 'control')).filter(row => row.pk === 'outbox')
  const ends = outbox.filter(row => row.event !== 'order_confirmed')
  expect(ends.length).toBe(rounds)
})

test('no copy is lost or made while staff count, buyers buy and orders are cancelled', async () => {
  const shop = await testShop({ books: [aBook({ stock_quantity: 40 })] })
  const buyers = await withCarts(shop, 50, 'tech-001')
  const deltas = times(20, i => (i % 2 === 0 ? 3 : -2))
  const patch = (body: object) => shop.staff.call('PATCH', '/api/books/tech-001', body)
  const [orders, patches] = await Promise.all([
    Promise.all(
      buyers.map(async (buyer, i) => {
        const placed = await place(buyer)
        if (placed.status === 201 && i % 5 === 0)
          await buyer.shopper.post(`/api/orders/${placed.body.order_id}/cancel`)
        return placed
      }),
    ),
    Promise.all(deltas.map(stock_delta => patch({ stock_delta }))),
    Promise.all(times(10, i => patch({ description: `edition ${i}` }))),
  ])
  const applied = patches.reduce((all, { status }, i) => all + (status === 200 ? (deltas[i] ?? 0) : 0), 0)
  for (const { status, body } of patches) expect([200, 409, 422], body.code).toContain(status)
  for (const { status, body } of orders) expect([201, 409], body.code).toContain(status)
  expect(await stockOf(shop, 'tech-001')).toBe(40 + applied - (await soldOf(shop, 'tech-001')))
  expect(shop.reported).toEqual([])
})

test('a stock that was counted is refused when a copy was sold since', async () => {
  const shop = await testShop({ books: [aBook()] })
  const etag = (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(shopper)
  const count = (match: string) =>
    shop.staff.call('PATCH', '/api/books/tech-001', { stock_quantity: 25 }, { 'if-match': match })
  expect((await count(etag)).body.code).toBe('precondition_failed')
  expect((await count('*')).body.code).toBe('precondition_required')
  expect(await stockOf(shop, 'tech-001')).toBe(24)
})

test('while prices change, every order costs what its shopper saw', async () => {
  const prices = [10, 11.11, 12.34, 42.99]
  const shop = await testShop({ books: [aBook({ stock_quantity: 1_000 })] })
  let done = false
  const changing = (async () => {
    for (let i = 0; !done; i++) {
      await shop.staff.call('PATCH', '/api/books/tech-001', { price: prices[i % prices.length] })
      await sleep(20)
    }
  })()
  const placed: { answer: Answer; expected: unknown }[] = []
  for (let i = 0; i < 25; i++) {
    const buyers = await withCarts(shop, 8, 'tech-001', n => 1 + (n % 3))
    const answers = await Promise.all(buyers.map(buyer => place(buyer)))
    placed.push(...answers.map((answer, n) => ({ answer, expected: buyers[n]?.order.expected_total })))
  }
  done = true
  await changing
  const counts = statusesOf(placed.map(({ answer }) => answer))
  expect(
    Object.keys(counts).filter(name => !['201', '409 price_changed', '503 store_busy'].includes(name)),
  ).toEqual([])
  expect(counts['201']).toBeGreaterThan(0)
  expect(counts['409 price_changed']).toBeGreaterThan(0)
  for (const { answer, expected } of placed)
    if (answer.status === 201) {
      const [line] = answer.body.items
      expect(answer.body.total).toBe(expected)
      expect(prices).toContain(line.price)
      expect(answer.body.subtotal).toBe((Math.round(line.price * 100) * line.quantity) / 100)
    }
  const orders = await itemsIn(shop, 'orders')
  expect(orders.length).toBe(counts['201'])
}, 60_000)

test('of edits with the same If-Match at once, one wins', async () => {
  const shop = await testShop({ books: [aBook()] })
  for (let round = 0; round < 10; round++) {
    const etag = (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''
    const answers = await Promise.all(
      times(8, i =>
        shop.staff.call('PATCH', '/api/books/tech-001', { title: `${round}-${i}` }, { 'if-match': etag }),
      ),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won.length).toBe(1)
    for (const { status, body } of answers)
      if (status !== 200) expect(['book_changed', 'precondition_failed']).toContain(body.code)
    const { body } = await shop.staff.get('/api/books/tech-001')
    expect(body.title).toBe(won[0]?.body.title)
  }
})
