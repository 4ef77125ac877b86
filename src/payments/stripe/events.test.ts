import Stripe from 'stripe'
import { beforeAll, expect, test } from 'vitest'
import { CARDS, startTestStripe, type TestStripe, testCheckout } from '../../../test/stripe.ts'
import { EventRefused, type HostedProvider, ProviderUnavailable } from '../provider.ts'
import { createStripeProvider } from './provider.ts'

const CURRENT = 'whsec_current_secret_of_the_tests'
const PREVIOUS = 'whsec_previous_secret_of_the_tests'

type Sent = { readonly body: string; readonly headers: Headers; readonly type: string }

let stripe: TestStripe
let provider: HostedProvider
const sent: Sent[] = []
const foreign: string[] = []
const now = () => new Date()

beforeAll(async () => {
  stripe = await startTestStripe({
    send: async (body, headers) => {
      sent.push({ body, headers: new Headers(headers), type: JSON.parse(body).type })
      return 200
    },
  })
  provider = createStripeProvider({
    ...stripe.providerOptions,
    webhookSecrets: [CURRENT, PREVIOUS],
    now,
    onForeignEvent: id => foreign.push(id),
  })
})

const EVENT = {
  id: 'evt_1',
  object: 'event',
  type: 'checkout.session.completed',
  livemode: false,
  data: {
    object: { id: 'cs_test_1', object: 'checkout.session', client_reference_id: 'order-1', metadata: {} },
  },
}

const sign = (payload: string, { secret = CURRENT, age = 0 } = {}) =>
  new Headers({
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({
      payload,
      secret,
      timestamp: Math.floor(Date.now() / 1000) - age,
    }),
  })

const read = (event: unknown, options: Parameters<typeof sign>[1] = {}) => {
  const payload = typeof event === 'string' ? event : JSON.stringify(event)
  return provider.readEvent(new TextEncoder().encode(payload), sign(payload, options))
}

test('an event names its order and its payment page', async () => {
  expect(await read(EVENT)).toEqual({
    id: 'evt_1',
    type: 'checkout.session.completed',
    payment: { orderId: 'order-1', ref: 'cs_test_1' },
  })
})

test('the previous secret is accepted beside the present one, and no other', async () => {
  expect(await read(EVENT, { secret: PREVIOUS })).toMatchObject({ payment: { orderId: 'order-1' } })
  await expect(read(EVENT, { secret: 'whsec_of_somebody_else' })).rejects.toThrow(EventRefused)
})

test.each([
  ['older than 5 minutes', 301, 'The signature must not be older than 5 minutes.'],
  ['more than 5 minutes ahead', -310, 'The time of the signature must not be ahead.'],
])('an event that is %s is refused', async (_what, age, message) => {
  await expect(read(EVENT, { age })).rejects.toThrow(message)
})

test.each([299, -290])('an event of %i seconds ago is accepted', async age => {
  expect(await read(EVENT, { age })).toMatchObject({ id: 'evt_1' })
})

test('forged events are refused, without their content in the message', async () => {
  const payload = JSON.stringify(EVENT)
  const bytes = new TextEncoder().encode(payload)
  const signature = sign(payload).get('stripe-signature') ?? ''
  const changed = new TextEncoder().encode(payload.replace('order-1', 'order-2'))
  const time = Math.floor(Date.now() / 1000)
  const headers = [
    undefined,
    '',
    'nonsense',
    't=,v1=',
    `t=${time}`,
    `t=${time},v1=${'0'.repeat(64)}`,
    `t=${time},v0=${signature.split('v1=')[1]}`,
    signature.replace(/t=\d+/, `t=${time - 1}`),
    signature.replace(/t=\d+/, 't=NaN'),
  ]
  for (const header of headers) {
    const refused = provider.readEvent(
      bytes,
      new Headers(header === undefined ? {} : { 'stripe-signature': header }),
    )
    await expect(refused, header).rejects.toThrow(EventRefused)
    await expect(refused, header).rejects.not.toThrow(/order-1|v1=/)
  }
  await expect(provider.readEvent(changed, sign(payload))).rejects.toThrow('must be made with the secret')
})

test('a signed body that is not an event is refused', async () => {
  const bodies = ['', 'not JSON', 'null', '[]', '"text"', '{}', JSON.stringify({ ...EVENT, livemode: 'no' })]
  for (const body of [...bodies, JSON.stringify({ ...EVENT, id: 'x'.repeat(300) })])
    await expect(read(body), body).rejects.toThrow(EventRefused)
})

test('events of the other mode and of other accounts concern no payment, and are counted', async () => {
  foreign.length = 0
  expect((await read({ ...EVENT, livemode: true })).payment).toBeUndefined()
  expect((await read({ ...EVENT, id: 'evt_2', account: 'acct_1' })).payment).toBeUndefined()
  expect(foreign).toEqual(['evt_1', 'evt_2'])
  const live = createStripeProvider({ secretKey: 'rk_live_none', webhookSecrets: [CURRENT], now })
  const payload = JSON.stringify(EVENT)
  expect((await live.readEvent(new TextEncoder().encode(payload), sign(payload))).payment).toBeUndefined()
})

test('events of unknown types, and of payments that are not of the shop, concern no payment', async () => {
  expect((await read({ ...EVENT, type: 'customer.created' })).payment).toBeUndefined()
  const object = { id: 'cs_test_2', object: 'checkout.session', client_reference_id: null, metadata: {} }
  expect((await read({ ...EVENT, data: { object } })).payment).toBeUndefined()
  const refund = { id: 're_1', object: 'refund', payment_intent: `pi_${'0'.repeat(32)}`, metadata: null }
  expect((await read({ ...EVENT, type: 'refund.created', data: { object: refund } })).payment).toBeUndefined()
  const strange = { ...refund, payment_intent: 'pi_1/../../balance' }
  expect(
    (await read({ ...EVENT, type: 'refund.created', data: { object: strange } })).payment,
  ).toBeUndefined()
})

test('an event whose order is not known now is not answered', async () => {
  stripe.failNext(/payment_intents/, 'refuse', 'refuse', 'refuse')
  const refund = { id: 're_1', object: 'refund', payment_intent: 'pi_1', metadata: {} }
  const event = { ...EVENT, type: 'refund.created', data: { object: refund } }
  await expect(read(event)).rejects.toThrow(ProviderUnavailable)
})

test('every event of a payment, its refunds and its dispute leads to the order', async () => {
  const checkout = testCheckout()
  const { ref } = await stripe.provider.open(checkout)
  sent.length = 0
  await stripe.pay(ref, CARDS.declined)
  await stripe.pay(ref, CARDS.authenticates)
  await stripe.authenticate(ref, 'complete')
  const { id } = stripe.control.refund(ref, 100)
  stripe.control.settleRefund(id, false)
  const dispute = stripe.control.dispute(ref)
  stripe.control.moveDispute(dispute.id, 'under_review')
  stripe.control.moveDispute(dispute.id, 'won')
  const TYPES = [
    'charge.dispute.closed',
    'charge.dispute.created',
    'charge.dispute.funds_reinstated',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.refunded',
    'checkout.session.completed',
    'payment_intent.payment_failed',
    'payment_intent.succeeded',
    'refund.created',
    'refund.failed',
  ]
  const ignored = ['charge.failed', 'charge.succeeded', 'payment_intent.requires_action']
  await expect.poll(() => sent.length).toBe(TYPES.length + ignored.length)
  const seen = await Promise.all(
    sent.map(({ body, headers }) =>
      createStripeProvider({ ...stripe.providerOptions, now }).readEvent(
        new TextEncoder().encode(body),
        headers,
      ),
    ),
  )
  expect(
    seen
      .filter(({ payment }) => payment?.orderId === checkout.orderId)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(TYPES)
  expect(
    seen
      .filter(({ payment }) => payment === undefined)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(ignored)
  expect(seen.find(({ type }) => type === 'checkout.session.completed')?.payment?.ref).toBe(ref)
})
