/** The provider that docs/payments.md shows. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createListProvider } from '../../test/example-provider.ts'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'

test('docs/payments.md shows the provider as it is tested here', () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readFileSync('docs/payments.md', 'utf8')) ?? []
  expect(shown).toBe(readFileSync('test/example-provider.ts', 'utf8'))
})

test('it takes a payment, and tells of it by an event', async () => {
  const pages: Parameters<typeof createListProvider>[0] = new Map()
  const shop = await createTestShop({ books: [aBook()], providers: [createListProvider(pages, 'key')] })
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001' })
  const { body } = await checkOut(who, undefined, { payment_method: 'stripe' })
  const [[ref, page] = []] = pages
  expect(body.payment_url).toBe(`https://list.example/${ref}`)
  if (page) page.status = 'paid'
  const event = JSON.stringify({ id: 'event-1', ref, orderId: body.order_id })
  const signature = createHmac('sha256', 'key').update(event).digest('hex')
  const send = (text: string) =>
    shop.visitor().post('/api/payments/events/stripe', text, {
      'content-type': 'application/json',
      'list-signature': signature,
    })
  expect((await send(`${event} `)).body.code).toBe('event_refused')
  expect(await readItems(shop, 'orders')).toEqual([])
  expect((await send(event)).status).toBe(204)
  expect((await who.get(`/api/orders/${body.order_id}`)).body.payment.status).toBe('paid')
  expect(await readStock(shop, 'tech-001')).toBe(24)
})
