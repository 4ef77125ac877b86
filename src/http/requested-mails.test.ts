/** The limit on mails by recipient: every way in which a stranger has the shop send a mail, and what is never dropped. */
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD } from '../../test/accounts.ts'
import { countStatuses, times } from '../../test/buyers.ts'
import { type Answer, aBook, orderFor, type Shopper, type TestShop } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { newSecret } from '../core/ids.ts'
import { isInOutbox } from '../core/outbox.ts'
import { createRequestedMails, MAILS_PER_RECIPIENT } from './requested-mails.ts'

const TO = 'jane@example.com'
const BURST = MAILS_PER_RECIPIENT.burst.max
const open = () => createAccountShop({ books: [aBook({ stock_quantity: 1_000 })] })
type Shop = Awaited<ReturnType<typeof open>>

const stranger = {
  clientNetwork: () => '',
  account: undefined,
  body: undefined,
  deviceOf: async () => undefined,
}

/** Mails that wait, without those that tell the owner of an account what was done in it: they are never dropped. */
const announced = async (shop: TestShop): Promise<number> =>
  (await readItems(shop, 'control')).filter(({ pk, event }) => isInOutbox(pk) && event !== 'account_changed')
    .length

/** Sends as many mails as the recipient gets. */
const useUp = async ({ deps }: TestShop): Promise<void> => {
  const mails = createRequestedMails(deps.limiter, stranger)
  while (await mails.admit(TO));
}

const order = async (who: Shopper, key = 'k'): Promise<Answer> => {
  const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001' })
  return who.post('/api/orders', orderFor(cart, { email: TO }), { 'idempotency-key': key })
}

/** Each endpoint by which a caller who has confirmed nothing has a mail sent: what must be there before, and the call. */
const CAUSES: Readonly<Record<string, (shop: Shop) => Promise<() => Promise<Answer>>>> = {
  placeOrder: async shop => {
    const who = shop.visitor()
    return () => order(who)
  },
  cancelOrder: async shop => {
    const who = shop.visitor()
    const { order_id } = (await order(who)).body
    return () => who.post(`/api/orders/${order_id}/cancel`)
  },
  cancelByLink: async shop => {
    const token = newSecret()
    const { order_id } = (await order(shop.visitor())).body
    const placed = await shop.deps.orders.getById(order_id)
    if (placed) await shop.deps.links.save(token, placed, new Date())
    return () => shop.visitor().post('/api/orders/lookup/cancel', { token })
  },
  lookUpOrder: async shop => {
    const { order_id } = (await order(shop.visitor())).body
    return () => shop.visitor().post('/api/orders/lookup', { order_id, email: TO })
  },
  signUp: async shop => () => shop.signUp(shop.visitor(), TO),
  resendVerification: async shop => {
    await shop.account({ email: TO, verified: false })
    return () => shop.visitor().post('/api/auth/verify-email/resend', { email: TO })
  },
  forgotPassword: async shop => {
    await shop.account({ email: TO })
    return () => shop.visitor().post('/api/auth/password/forgot', { email: TO })
  },
  changeEmail: async shop => {
    const who = await shop.member('somebody@example.com')
    return () => who.post('/api/auth/email/change', { email: TO, password: PASSWORD })
  },
}

/** Endpoints that change something for callers who may have confirmed nothing, and send them no mail by request. */
const NO_MAIL: readonly string[] = [
  ...['addCartItem', 'setCartItem', 'removeCartItem', 'emptyCart'],
  ...['openOrderLink', 'viewOrder', 'listInvoicesByLink', 'getInvoiceByLink', 'previewReset'],
  // What it may confirm was counted when it was held.
  'cancelCheckout',
  ...['verifyEmail', 'signIn', 'signOut', 'signInWithCode', 'signInWithRecoveryCode', 'signInWithPasskey'],
  ...['passkeySignInOptions', 'beginCognito', 'finishCognito'],
  // Once for each link, to an address that has confirmed itself: its owner must know.
  'resetPassword',
]

test('every endpoint that a caller without an account may send to is known to send mails, or not to', () => {
  const open = ENDPOINTS.filter(
    ({ access, method }) => (access === 'anyone' || access === 'shopper') && method !== 'GET',
  )
  const known = new Set([...Object.keys(CAUSES), ...NO_MAIL])
  expect(open.map(({ id }) => id).filter(id => !known.has(id))).toEqual([])
  for (const id of known)
    expect(
      ENDPOINTS.map(one => one.id),
      id,
    ).toContain(id)
})

test.each(Object.entries(CAUSES))(
  '%s causes a mail, and none to a recipient who had too many',
  async (id, prepare) => {
    const [free, shop] = [await open(), await open()]
    const call = await prepare(free)
    const before = await announced(free)
    const usual = await call()
    expect(await announced(free)).toBe(before + 1)
    const late = await prepare(shop)
    await useUp(shop)
    const [mails, tables] = [await announced(shop), await dumpTables(shop)]
    const answer = await late()
    expect(await announced(shop)).toBe(mails)
    if (id === 'placeOrder') {
      expect(answer).toMatchObject({ status: 429, body: { code: 'mail_limit' } })
      expect(answer.headers.get('retry-after')).toBe(String(answer.body.retry_after))
      // The cart that was filled for it apart, nothing was written.
      const withoutCarts = (dump: string) => dump.replaceAll(/^carts .*\n?/gm, '').trim()
      expect(withoutCarts(await dumpTables(shop))).toBe(withoutCarts(tables))
    } else if (id.startsWith('cancel')) expect(answer.body.status).toBe('cancelled')
    else expect([answer.status, answer.body]).toEqual([usual.status, usual.body])
  },
)

test('a mail about an order that staff or an account cause is sent, whatever the recipient had', async () => {
  const shop = await open()
  const { order_id } = (await order(shop.visitor())).body
  const account = await shop.account()
  await useUp(shop)
  const before = await announced(shop)
  const own = (await order(account)).body.order_id
  expect((await account.post(`/api/orders/${own}/cancel`)).status).toBe(200)
  for (const status of ['processing', 'shipped'])
    expect((await shop.staff.post(`/api/orders/${order_id}/status`, { status })).status).toBe(200)
  expect(await announced(shop)).toBe(before + 3)
})

test('a browser that has signed in with the address before is counted on its own', async () => {
  const shop = await open()
  const owner = await shop.member(TO)
  await useUp(shop)
  const before = await announced(shop)
  await owner.post('/api/auth/password/forgot', { email: TO })
  expect(await announced(shop)).toBe(before + 1)
})

test('of 30 orders to one address at once, from as many networks, as many are placed as mails may be sent', async () => {
  const shop = await open()
  const answers = await Promise.all(times(30, () => order(shop.visitor())))
  expect(countStatuses(answers)).toEqual({ 201: BURST, '429 mail_limit': 30 - BURST })
  expect(await announced(shop)).toBe(BURST)
})

test('a naive limit, which reads what was sent and then sends, sends more', async () => {
  const shop = await open()
  const account = await shop.account()
  const { order_id } = (await order(account)).body
  const placed = await shop.deps.orders.getById(order_id)
  if (!placed) throw new Error('no order')
  await Promise.all(
    times(30, async i => {
      if ((await announced(shop)) >= BURST) return
      await shop.deps.db.transact([shop.deps.orders.announce(placed, 'order_link', new Date(), `${i}`)])
    }),
  )
  expect(await announced(shop)).toBeGreaterThan(BURST)
})
