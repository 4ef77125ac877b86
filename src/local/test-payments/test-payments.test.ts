import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop, temporaryFolder } from '../../../test/kit.ts'
import { startTestStripe } from '../../../test/stripe.ts'
import { readItems } from '../../../test/table-contents.ts'
import { readSettings } from '../../composition/settings.ts'
import { areTestPaymentsEnabled } from './test-payments.ts'

const KEY = {
  STRIPE_SECRET_KEY: `sk_test_${'a'.repeat(24)}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${'a'.repeat(32)}`,
}

test.each<[string, Record<string, string>, boolean]>([
  ['on this machine', {}, true],
  ['with a database of their own here', { DYNAMODB_ENDPOINT: 'http://localhost:8000' }, true],
  ['where stripe is one of the methods', { PAYMENT_METHODS: 'invoice,stripe' }, true],
  ['with a test key', KEY, false],
  ['with a live key', { ...KEY, STRIPE_SECRET_KEY: `sk_live_${'a'.repeat(24)}` }, false],
  ['where stripe is none of the methods', { PAYMENT_METHODS: 'invoice' }, false],
  ['behind a public URL', { PUBLIC_URL: 'https://shop.example' }, false],
  ['on every network interface', { HOST: '0.0.0.0' }, false],
  ['with a database on AWS', { DYNAMODB_ENDPOINT: 'https://dynamodb.eu-west-1.amazonaws.com' }, false],
])('test payments %s: %s', (_where, env, enabled) => {
  const settings = readSettings({ CLOUDSHELF_DATA_DIR: temporaryFolder(), ...env })
  expect(areTestPaymentsEnabled(settings)).toBe(enabled)
})

/** A shop that gets the events of a stand-in, with the statuses of its answers. */
const startPaidShop = async () => {
  let shop: TestShop | undefined
  const answers: number[] = []
  const stripe = await startTestStripe({
    send: async (body, headers) => {
      const request = new Request('http://localhost:3000/api/payments/events/stripe', {
        method: 'POST',
        body,
        headers,
      })
      const status = (await shop?.fetch(request))?.status ?? 503
      answers.push(status)
      return status
    },
  })
  shop = await createTestShop({ books: [aBook()], providers: [stripe.provider] })
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: aBook().book_id, quantity: 1 })
  const { status, body } = await checkOut(who, undefined, { payment_method: 'stripe' })
  expect(status).toBe(202)
  const ref: string = body.payment_url.split('/').at(-1)
  return { shop, stripe, answers, who, ref, orderId: body.order_id }
}

test('a card pays an order through the code of production: page, signed events, order', async () => {
  const { shop, stripe, answers, who, ref, orderId } = await startPaidShop()
  expect((await stripe.pay(ref)).status).toBe(303)
  await expect.poll(() => answers.length).toBe(3)
  expect(new Set(answers)).toEqual(new Set([204]))
  expect(await readItems(shop, 'orders')).toHaveLength(1)
  const order = (await who.get(`/api/orders/${orderId}`)).body
  expect(order.payment).toMatchObject({ method: 'stripe', status: 'paid', paid: order.total })
  const seen = await stripe.provider.look(ref)
  expect(seen).toMatchObject({ orderId, captured: seen.amount })
})

test('an event whose order cannot be asked for is answered with 503, and comes again', async () => {
  const { shop, stripe, answers, ref } = await startPaidShop()
  await stripe.pay(ref)
  await expect.poll(() => answers.length).toBe(3)
  answers.length = 0
  stripe.failNext(/payment_intents/, 'refuse', 'refuse', 'refuse')
  stripe.control.refund(ref, 100)
  await expect.poll(() => answers.toSorted(), { timeout: 10_000 }).toEqual([204, 204, 503])
  expect(shop.reportedErrors).toEqual([])
})
