import { beforeAll, expect, test } from 'vitest'
import { currency } from '../../../test/currencies.ts'
import { CARDS, startTestStripe, type TestStripe, testCheckout } from '../../../test/stripe.ts'

const EVIL = '<script>alert(1)</script>'

let stripe: TestStripe
beforeAll(async () => {
  stripe = await startTestStripe()
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stripe.url}${path}`, { headers, redirect: 'manual' })
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stripe.url}/dev/pay${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
    redirect: 'manual',
  })
const textOf = async (response: Response | Promise<Response>) => (await response).text()

test('the payment page shows what is paid for, escaped, and runs and loads nothing', async () => {
  const { ref } = await stripe.provider.open(testCheckout({ description: `Dune ${EVIL}` }))
  const response = await get(`/dev/pay/${ref}`)
  const page = await response.text()
  expect(page).toContain('$42.99')
  expect(page).toContain('Dune &lt;script&gt;')
  expect(page).toContain('reader@example.com')
  expect(page).not.toContain('<script')
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("form-action 'self'")
  expect(policy).not.toContain('script-src')
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test.each([
  ['', '12/49', '123', 'Enter your card number.'],
  ['4242 4242', '12/49', '123', 'Your card number is incomplete.'],
  ['4242 4242 4242 424x', '12/49', '123', 'must have digits only'],
  ['4242 4242 4242 4241', '12/49', '123', 'Your card number is invalid.'],
  ['4111 1111 1111 1111', '12/49', '123', 'Only test cards work here'],
  [CARDS.pays, '', '123', 'Enter the expiration date as MM / YY.'],
  [CARDS.pays, '13/49', '123', 'The expiration month must be from 01 to 12.'],
  [CARDS.pays, '11/21', '123', 'Your card has expired.'],
  [CARDS.pays, '12/49', '12', 'The security code must have 3 or 4 digits.'],
])(
  'a card that is typed wrong (%s, %s, %s) is explained and takes nothing',
  async (number, expiry, cvc, text) => {
    const { ref } = await stripe.provider.open(testCheckout())
    const response = await post(`/${ref}`, { method: 'card', number, expiry, cvc })
    const page = await response.text()
    expect(response.status).toBe(422)
    expect(page).toContain(text)
    expect(page).toContain('aria-invalid="true"')
    expect(page).toContain(`value="${number}"`)
    expect((await stripe.provider.look(ref)).status).toBe('open')
  },
)

test.each(['12/49', '12 / 49', '1249', '12/2049'])('the expiration date can be typed as %s', async expiry => {
  const { ref } = await stripe.provider.open(testCheckout())
  expect(
    (await post(`/${ref}`, { method: 'card', number: '4242424242424242', expiry, cvc: '123' })).status,
  ).toBe(303)
})

test('amounts are shown in the decimals of their currency', async () => {
  for (const [code, amount, text] of [
    ['JPY', 1857, '¥1,857'],
    ['KWD', 5120, 'KWD\u00a05.120'],
    ['ISK', 2500, 'ISK\u00a02,500'],
  ] as const) {
    const { ref } = await stripe.provider.open(testCheckout({ currency: currency(code), amount }))
    expect(await textOf(get(`/dev/pay/${ref}`))).toContain(text)
  }
})

test('the list settles and fails debits, refunds, and moves disputes', async () => {
  const refs: string[] = []
  for (let i = 0; i < 3; i++) refs.push((await stripe.provider.open(testCheckout())).ref)
  const [debit = '', failing = '', card = ''] = refs
  await stripe.debit(debit)
  await stripe.debit(failing)
  await stripe.pay(card)
  expect(await textOf(get('/dev/pay'))).toContain('processing')
  expect((await post(`/${debit}/settle`, { result: 'settle' })).headers.get('location')).toBe('/dev/pay')
  await post(`/${failing}/settle`, { result: 'fail' })
  await post(`/${card}/refund`, { amount: '12.50' })
  await post(`/${card}/dispute`, {})
  const seen = await stripe.provider.look(card)
  expect(seen.refunds).toMatchObject([{ amount: 1250, refundId: undefined }])
  expect((await stripe.provider.look(debit)).status).toBe('paid')
  expect((await stripe.provider.look(failing)).status).toBe('closed')
  await post(`/disputes/${seen.disputes[0]?.id}`, { status: 'lost' })
  await post(`/refunds/${seen.refunds[0]?.id}`, { result: 'fail' })
  await post(`/${card}/refund`, { amount: '' })
  const after = await stripe.provider.look(card)
  expect(after.disputes).toMatchObject([{ state: 'lost' }])
  expect(after.refunds.map(({ amount, state }) => [amount, state])).toEqual([
    [4299, 'succeeded'],
    [1250, 'failed'],
  ])
  const list = await textOf(get('/dev/pay'))
  for (const text of ['Refund of $42.99, succeeded', 'Refund of $12.50, failed', 'Dispute over $42.99, lost'])
    expect(list).toContain(text)
})

test('what cannot be done says why', async () => {
  const { ref } = await stripe.provider.open(testCheckout())
  for (const [path, fields, text] of [
    [`/${ref}/settle`, { result: 'settle' }, 'Only a debit that is processing'],
    [`/${ref}/settle`, { result: 'vanish' }, 'Choose one of the buttons.'],
    [`/${ref}/refund`, { amount: '1.00' }, 'does not have a successful charge'],
    [`/${ref}/refund`, { amount: '1.2.3' }, 'must be a price, such as 12.50'],
    [`/${ref}/dispute`, {}, 'without a dispute'],
    ['/trouble', { events: 'sometimes' }, 'Choose one of the buttons.'],
  ] as const) {
    const response = await post(path, fields)
    expect([response.status, await response.text()], path).toEqual([422, expect.stringContaining(text)])
  }
  expect((await get(`/dev/pay/cs_test_${'0'.repeat(32)}`)).status).toBe(404)
  expect((await get('/dev/pay/nothing')).status).toBe(404)
})

test('the trouble switch is kept, and shown', async () => {
  await post('/trouble', { events: 'shuffled', wrong_amount: 'yes' })
  const list = await textOf(get('/dev/pay'))
  expect(list).toContain('value="shuffled" checked')
  expect(list).toContain('value="yes" checked')
  await post('/trouble', { events: 'once' })
  expect(await textOf(get('/dev/pay'))).toContain('value="once" checked')
})

test('no other site can pay or refund, and nobody but this computer sees the pages', async () => {
  const { ref } = await stripe.provider.open(testCheckout())
  const card = { method: 'card', number: CARDS.pays, expiry: '12/49', cvc: '123' }
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
    expect((await post(`/${ref}`, card, headers)).status).toBe(403)
  expect((await post(`/${ref}`, card, { 'x-forwarded-for': '203.0.113.1' })).status).toBe(404)
  expect((await get('/dev/pay', { 'x-real-ip': '203.0.113.1' })).status).toBe(404)
  expect((await stripe.provider.look(ref)).status).toBe('open')
  expect((await post(`/${ref}`, { ...card, number: 'x'.repeat(20_000) })).status).toBe(413)
})
