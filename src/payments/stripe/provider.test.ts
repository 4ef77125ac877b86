import { beforeAll, expect, test } from 'vitest'
import { currency, USD } from '../../../test/currencies.ts'
import { CARDS, startTestStripe, type TestStripe, testCheckout } from '../../../test/stripe.ts'
import { minorUnits } from '../../core/money.ts'
import { ProviderRefused, ProviderUnavailable } from '../provider.ts'
import { createStripeProvider } from './provider.ts'

const MINUTE = 60_000
let stripe: TestStripe
/** Moves the clock of the provider and of the stand-in. */
let ahead = 0
const now = () => new Date(Date.now() + ahead)

beforeAll(async () => {
  stripe = await startTestStripe({ now })
})

const open = async (changes: Parameters<typeof testCheckout>[0] = {}) => {
  const checkout = testCheckout(changes)
  return { checkout, ...(await stripe.provider.open(checkout)) }
}

test('a payment page takes the money once, and knows its order, amount and currency', async () => {
  const { checkout, ref, url, closesAt } = await open()
  expect(url).toBe(`${stripe.url}/dev/pay/${ref}`)
  const minutes = (Date.parse(closesAt) - now().getTime()) / MINUTE
  expect(minutes).toBeGreaterThanOrEqual(30.9)
  expect(minutes).toBeLessThanOrEqual(32)
  const { look } = stripe.provider
  const asked = { orderId: checkout.orderId, amount: 4299, currency: USD, refunds: [], disputes: [] }
  expect(await look(ref)).toEqual({ ...asked, status: 'open', captured: 0 })
  const paid = await stripe.pay(ref)
  expect([paid.status, paid.headers.get('location')]).toEqual([303, checkout.returnUrl])
  expect(await look(ref)).toEqual({ ...asked, status: 'paid', captured: 4299 })
  const again = await stripe.pay(ref)
  expect(await again.text()).toContain('You cannot pay twice here.')
  expect((await look(ref)).captured).toBe(4299)
})

test('the same attempt opens one page, another attempt another one', async () => {
  const { checkout, ref } = await open()
  expect((await stripe.provider.open(checkout)).ref).toBe(ref)
  expect((await stripe.provider.open({ ...checkout, attempt: 2 })).ref).not.toBe(ref)
})

test('the same attempt finds its page minutes later, although the time at which it would close is another one', async () => {
  const { checkout, ref } = await open()
  await stripe.provider.open({ ...checkout, attempt: 2 })
  ahead = 10 * MINUTE
  try {
    expect((await stripe.provider.open(checkout)).ref).toBe(ref)
  } finally {
    ahead = 0
  }
})

test('a lost answer opens no second page', async () => {
  const checkout = testCheckout()
  stripe.failNext(/sessions$/, 'drop')
  const { ref } = await stripe.provider.open(checkout)
  const pages = stripe.control.list().filter(one => one.session.client_reference_id === checkout.orderId)
  expect(pages.map(({ session }) => session.id)).toEqual([ref])
  expect(await stripe.provider.find(checkout.orderId)).toBe(ref)
})

test('the page that was opened last is found by the order id, also a day later', async () => {
  const { checkout } = await open()
  const { ref } = await stripe.provider.open({ ...checkout, attempt: 2 })
  expect(await stripe.provider.find(checkout.orderId)).toBe(ref)
  expect(await stripe.provider.find(testCheckout().orderId)).toBeUndefined()
  ahead = 30 * 60 * MINUTE
  try {
    expect(await stripe.provider.find(checkout.orderId)).toBe(ref)
  } finally {
    ahead = 0
  }
})

const listSince = async (since: Date) => {
  const listed: { readonly ref: string; readonly orderId: string | undefined }[] = []
  for await (const one of stripe.provider.listSince(since)) listed.push(one)
  return listed
}

test('pages since a time are listed with their orders, over more than one page of the list', async () => {
  const since = now()
  const opened: string[] = []
  for (let i = 0; i < 105; i++) opened.push((await open()).checkout.orderId)
  const listed = await listSince(since)
  expect(opened.every(id => listed.some(({ orderId }) => orderId === id))).toBe(true)
  expect(new Set(listed.map(({ ref }) => ref)).size).toBe(listed.length)
  expect(await listSince(new Date(now().getTime() + MINUTE))).toEqual([])
})

test.each([
  ['declined', 'Your card was declined'],
  ['insufficientFunds', 'insufficient funds'],
] as const)('a card that is %s takes nothing, and another card pays on the same page', async (card, text) => {
  const { ref } = await open()
  const answer = await stripe.pay(ref, CARDS[card])
  expect([answer.status, (await answer.text()).includes(text)]).toEqual([422, true])
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'open', captured: 0 })
  await stripe.pay(ref)
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'paid', captured: 4299 })
})

test('3-D Secure pays when it is completed, and takes nothing when it fails', async () => {
  const { ref, checkout } = await open()
  const asked = await stripe.pay(ref, CARDS.authenticates)
  expect([asked.status, asked.headers.get('location')]).toEqual([303, `/dev/pay/${ref}/authenticate`])
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'open', captured: 0 })
  expect((await stripe.authenticate(ref, 'fail')).status).toBe(422)
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'open', captured: 0 })
  await stripe.pay(ref, CARDS.authenticates)
  const done = await stripe.authenticate(ref, 'complete')
  expect([done.status, done.headers.get('location')]).toEqual([303, checkout.returnUrl])
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'paid', captured: 4299 })
})

test('a debit is processing until it is settled, and closed where it fails', async () => {
  const [arrives, fails] = [await open(), await open()]
  await stripe.debit(arrives.ref)
  await stripe.debit(fails.ref)
  expect(await stripe.provider.look(arrives.ref)).toMatchObject({ status: 'processing', captured: 0 })
  expect(await stripe.provider.close(arrives.ref)).toMatchObject({ status: 'processing' })
  stripe.control.settle(arrives.ref, true)
  stripe.control.settle(fails.ref, false)
  expect(await stripe.provider.look(arrives.ref)).toMatchObject({ status: 'paid', captured: 4299 })
  expect(await stripe.provider.look(fails.ref)).toMatchObject({ status: 'closed', captured: 0 })
})

test('a closed page takes no money; a page that was paid first is paid', async () => {
  const [unpaid, paid, asking] = [await open(), await open(), await open()]
  expect(await stripe.provider.close(unpaid.ref)).toMatchObject({ status: 'closed', captured: 0 })
  expect(await stripe.provider.close(unpaid.ref)).toMatchObject({ status: 'closed', captured: 0 })
  expect(await (await stripe.pay(unpaid.ref)).text()).toContain('This payment page has expired')
  expect(await stripe.provider.look(unpaid.ref)).toMatchObject({ status: 'closed', captured: 0 })
  await stripe.pay(paid.ref)
  expect(await stripe.provider.close(paid.ref)).toMatchObject({ status: 'paid', captured: 4299 })
  await stripe.pay(asking.ref, CARDS.authenticates)
  expect(await stripe.provider.close(asking.ref)).toMatchObject({ status: 'closed', captured: 0 })
  expect(await (await stripe.authenticate(asking.ref, 'complete')).text()).toContain('has expired')
})

test('a page closes by itself when its time is over', async () => {
  const { ref } = await open()
  ahead = 33 * MINUTE
  try {
    expect(await stripe.provider.look(ref)).toMatchObject({ status: 'closed' })
  } finally {
    ahead = 0
  }
})

test('refunds give back in part and in full, and the same id once', async () => {
  const { ref } = await open()
  await stripe.pay(ref)
  const { refund, look } = stripe.provider
  const first = await refund(ref, minorUnits(1000), 'refund-1')
  expect(first).toMatchObject({ refundId: 'refund-1', amount: 1000, state: 'succeeded' })
  expect(await refund(ref, minorUnits(1000), 'refund-1')).toEqual(first)
  await expect(refund(ref, minorUnits(3300), 'refund-2')).rejects.toThrow(ProviderRefused)
  await refund(ref, minorUnits(3299), 'refund-3')
  await expect(refund(ref, minorUnits(1), 'refund-4')).rejects.toThrow(/charge_already_refunded/)
  const seen = await look(ref)
  expect(seen.captured).toBe(4299)
  expect(seen.refunds.map(({ refundId, amount }) => [refundId, amount])).toEqual([
    ['refund-3', 3299],
    ['refund-1', 1000],
  ])
})

test('a refund whose answer was lost is made once, also when Stripe has forgotten its key after a day', async () => {
  const { ref } = await open()
  await stripe.pay(ref)
  // The list of refunds is answered, the refund itself never.
  stripe.failNext(/refunds$/, 'none', 'drop', 'drop', 'drop')
  const refund = () => stripe.provider.refund(ref, minorUnits(500), 'refund-lost')
  await expect(refund()).rejects.toThrow(ProviderUnavailable)
  ahead = 25 * 60 * MINUTE
  try {
    await refund()
    await refund()
  } finally {
    ahead = 0
  }
  expect((await stripe.provider.look(ref)).refunds.map(({ amount }) => amount)).toEqual([500])
})

test('three refunds of the dashboard are all listed, without an id of the shop', async () => {
  const { ref } = await open()
  await stripe.pay(ref)
  for (const amount of [100, 200, 300]) stripe.control.refund(ref, amount)
  const { refunds } = await stripe.provider.look(ref)
  expect(refunds.map(({ refundId, amount, state }) => [refundId, amount, state])).toEqual([
    [undefined, 300, 'succeeded'],
    [undefined, 200, 'succeeded'],
    [undefined, 100, 'succeeded'],
  ])
})

test('a refund that fails later is failed, and its money can be given back again', async () => {
  const { ref } = await open()
  await stripe.pay(ref)
  const { id } = await stripe.provider.refund(ref, minorUnits(4299), 'refund-f')
  stripe.control.settleRefund(id, false)
  expect((await stripe.provider.look(ref)).refunds).toMatchObject([{ id, state: 'failed' }])
  expect(await stripe.provider.refund(ref, minorUnits(4299), 'refund-g')).toMatchObject({
    state: 'succeeded',
  })
})

test('a refund of a debit is pending until it arrives', async () => {
  const { ref } = await open()
  await stripe.debit(ref)
  await expect(stripe.provider.refund(ref, minorUnits(100), 'refund-d')).rejects.toThrow(ProviderRefused)
  stripe.control.settle(ref, true)
  const { id, state } = await stripe.provider.refund(ref, minorUnits(100), 'refund-d')
  expect(state).toBe('pending')
  stripe.control.settleRefund(id, true)
  expect((await stripe.provider.look(ref)).refunds).toMatchObject([{ id, state: 'succeeded' }])
})

test('a page that was never paid gives nothing back', async () => {
  const { ref } = await open()
  await expect(stripe.provider.refund(ref, minorUnits(1), 'refund-n')).rejects.toThrow(/nothing was paid/)
})

test('a dispute is seen with its amount and each of its states', async () => {
  const { ref } = await open()
  await stripe.pay(ref, CARDS.disputed)
  const [dispute] = (await stripe.provider.look(ref)).disputes
  expect(dispute).toMatchObject({ amount: 4299, state: 'needs_response' })
  const states = [
    ['under_review', 'under_review'],
    ['warning_closed', 'won'],
    ['lost', 'lost'],
    ['won', 'won'],
  ] as const
  for (const [at, state] of states) {
    stripe.control.moveDispute(dispute?.id ?? '', at)
    expect((await stripe.provider.look(ref)).disputes).toMatchObject([{ id: dispute?.id, state }])
  }
  const partly = await open()
  await stripe.pay(partly.ref)
  stripe.control.dispute(partly.ref, 1500)
  expect((await stripe.provider.look(partly.ref)).disputes).toMatchObject([{ amount: 1500 }])
})

test('what was taken is seen also where it differs from what was asked for', async () => {
  const { ref } = await open()
  stripe.control.setTrouble({ events: 'once', wrongAmount: true })
  try {
    await stripe.pay(ref)
  } finally {
    stripe.control.setTrouble({ events: 'once', wrongAmount: false })
  }
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'paid', amount: 4299, captured: 4399 })
})

test.each([
  ['JPY', 1857, 1857],
  ['KWD', 5120, 5120],
  ['HUF', 1_234_567, 1_234_567],
  ['ISK', 2500, 250_000],
  ['MGA', 50_000, 500],
])('%s: %d minor units are charged, seen and given back as such', async (code, amount, atStripe) => {
  const { ref } = await open({ currency: currency(code), amount })
  expect(stripe.control.find(ref, 'session').session).toMatchObject({
    amount_total: atStripe,
    currency: code.toLowerCase(),
  })
  await stripe.pay(ref)
  await stripe.provider.refund(ref, minorUnits(amount), `refund-${code}`)
  expect(await stripe.provider.look(ref)).toMatchObject({
    currency: { code },
    amount,
    captured: amount,
    refunds: [{ amount }],
  })
})

test('a long description is cut between characters', async () => {
  const { ref } = await open({ description: '📚'.repeat(200) })
  expect(stripe.control.find(ref, 'session').description).toBe('📚'.repeat(125))
  const odd = await open({ description: `x${'📚'.repeat(200)}` })
  expect(stripe.control.find(odd.ref, 'session').description).toBe(`x${'📚'.repeat(124)}\ufffd`)
  expect(stripe.control.find((await open({ description: '' })).ref, 'session').description).toMatch(
    /^Order CS-/,
  )
})

test('an amount that Stripe cannot charge is refused before anything is sent', async () => {
  const sent = stripe.requests.length
  await expect(open({ currency: currency('KWD'), amount: 5124 })).rejects.toThrow(ProviderRefused)
  expect(stripe.requests.length).toBe(sent)
  expect(stripe.provider.refusalOf(minorUnits(49), USD)).toBe('Card payments start at $0.50.')
})

test('what Stripe does not know is refused', async () => {
  await expect(stripe.provider.look(`cs_test_${'0'.repeat(32)}`)).rejects.toThrow(ProviderRefused)
  await expect(stripe.provider.close(`cs_test_${'0'.repeat(32)}`)).rejects.toThrow(ProviderRefused)
  for (const ref of ['../../balance', 'pi_1', '', `cs_${'x'.repeat(300)}`])
    await expect(stripe.provider.look(ref), ref).rejects.toThrow(ProviderRefused)
})

test('errors of Stripe are repeated three times, and then it is unavailable', async () => {
  const { ref } = await open()
  const before = stripe.requests.length
  stripe.failNext(/sessions/, 'refuse', 'refuse')
  expect(await stripe.provider.look(ref)).toMatchObject({ status: 'open' })
  expect(stripe.requests.length - before).toBe(3)
  stripe.failNext(/sessions/, 'refuse', 'refuse', 'refuse')
  await expect(stripe.provider.look(ref)).rejects.toThrow(ProviderUnavailable)
})

test('a server that does not answer makes Stripe unavailable after three attempts', async () => {
  const provider = createStripeProvider({ ...stripe.providerOptions, now, attemptMs: 50 })
  stripe.failNext(/sessions$/, 'hang', 'hang', 'hang')
  const before = stripe.requests.length
  await expect(provider.open(testCheckout())).rejects.toThrow(ProviderUnavailable)
  expect(stripe.requests.length - before).toBe(3)
})

test('a wrong key makes Stripe unavailable, and is in no message', async () => {
  const { ref } = await open()
  const provider = createStripeProvider({ ...stripe.providerOptions, secretKey: 'sk_wrong_key', now })
  const failed = provider.look(ref)
  await expect(failed).rejects.toThrow(ProviderUnavailable)
  await expect(failed).rejects.toThrow(/StripeAuthenticationError, 401, req_/)
  await expect(failed).rejects.not.toThrow(/sk_wrong_key/)
})

test('payments, keys and refunds survive a kill of the stand-in', async () => {
  const first = await startTestStripe({ now })
  const checkout = testCheckout()
  const { ref } = await first.provider.open(checkout)
  await first.pay(ref)
  await first.provider.refund(ref, minorUnits(299), 'refund-1')
  const second = await first.restart()
  expect((await second.provider.open(checkout)).ref).toBe(ref)
  await second.provider.refund(ref, minorUnits(299), 'refund-1')
  expect(await second.provider.look(ref)).toMatchObject({ status: 'paid', refunds: [{ amount: 299 }] })
})
