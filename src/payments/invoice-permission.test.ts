import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type Shopper } from '../../test/kit.ts'

const open = (INVOICE_FOR: string) =>
  createTestShop({
    books: [aBook()],
    env: { INVOICE_FOR, PAYMENT_METHODS: 'invoice,transfer', BANK_DETAILS: 'IBAN DE02' },
  })
const buy = async (who: Shopper, method = 'invoice') => {
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const { status, body } = await checkOut(who, undefined, {
    email: 'reader@example.com',
    payment_method: method,
  })
  return status === 201 ? 'placed' : body.code
}
const offered = async (who: Shopper) =>
  (await who.get('/api/checkout-options')).body.deliveries[0].methods[0].unavailable

test('INVOICE_FOR=confirmed: only accounts with a confirmed email pay by invoice, others are told why', async () => {
  const shop = await open('confirmed')
  const guest = shop.visitor()
  expect(await buy(guest)).toBe('invoice_not_allowed')
  expect(await offered(guest)).toBe('Sign in to pay by invoice.')
  expect(await buy(guest, 'transfer')).toBe('placed')
  const unverified = await shop.account({ verified: false })
  expect(await buy(unverified)).toBe('invoice_not_allowed')
  const account = await shop.account()
  expect(await offered(account)).toBeUndefined()
  expect(await buy(account)).toBe('placed')
})

test('INVOICE_FOR=allowed: staff allow an account by its id or email, and end that', async () => {
  const shop = await open('allowed')
  const account = await shop.account({ email: 'regular@example.com' })
  const set = (name: string, allowed: boolean) =>
    shop.staff.call('PUT', `/api/accounts/${encodeURIComponent(name)}/invoice-permission`, { allowed })
  expect(await buy(account)).toBe('invoice_not_allowed')
  expect((await set('Regular@example.com', true)).body).toEqual({ user_id: account.userId, allowed: true })
  expect(await offered(account)).toBeUndefined()
  expect(await buy(account)).toBe('placed')
  expect(await buy(await shop.account())).toBe('invoice_not_allowed')
  expect((await set(account.userId, false)).status).toBe(200)
  expect(await buy(account)).toBe('invoice_not_allowed')
  expect((await set('nobody@example.com', true)).body.code).toBe('account_not_found')
  expect((await set('user-none', true)).body.code).toBe('account_not_found')
  expect(
    (await account.call('PUT', `/api/accounts/${account.userId}/invoice-permission`, { allowed: true })).body
      .code,
  ).toBe('forbidden')
})
