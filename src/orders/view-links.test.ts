/** View links of the mails about a guest's order: what they show, how long, and what ends them. */
import { expect, test } from 'vitest'
import { createMailCapture, createMailShop } from '../../test/mail.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { erasePerson } from '../privacy/erase.ts'
import { orderNumber } from './number.ts'
import type { Order } from './schema.ts'

const DAY = 86_400_000
const EMAIL = 'customer@example.com'

const linkShop = async () => {
  const shop = await createMailShop()
  /** Sends the mails that are due; the tokens of the view links in them. */
  const deliver = async (): Promise<string[]> => {
    const { mails, transport } = createMailCapture()
    await sendDueMail({ ...shop.deps, transport })
    return mails.flatMap(({ text }) => /\/view\?token=([\w-]{43})\s/.exec(text)?.[1] ?? [])
  }
  /** An order of a guest, with the token of its confirmation. */
  const placeAndMail = async (changes: Partial<Order> = {}) => {
    const order = await shop.place({ email: EMAIL, ...changes })
    const [token = ''] = await deliver()
    return { order, token }
  }
  const stranger = shop.visitor()
  const view = ({ order_id }: Pick<Order, 'order_id'>, token: string) =>
    stranger.post(`/api/orders/${order_id}/view`, { token })
  const move = async (order: Order, ...steps: string[]): Promise<void> => {
    // A session of now: the clock may be far ahead of the shop's first one.
    const staff = await shop.account({ role: 'staff' })
    for (const status of steps)
      expect((await staff.post(`/api/orders/${order.order_id}/status`, { status })).status).toBe(200)
  }
  return { ...shop, deliver, placeAndMail, view, move, stranger }
}

test('every mail about a guest’s order has a link that shows it, many times, and changes nothing', async () => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  await shop.move(order, 'processing', 'shipped')
  const [shipped = ''] = await shop.deliver()
  expect(shipped).not.toBe(token)
  const before = await dumpTables(shop)
  for (const one of [token, token, shipped, token]) {
    const answer = await shop.view(order, one)
    expect(answer).toMatchObject({ status: 200, body: { order_id: order.order_id, email: EMAIL } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.has('set-cookie')).toBe(false)
  }
  const number = { order_id: orderNumber(order.order_id).toLowerCase() }
  expect((await shop.view(number, token)).status).toBe(200)
  expect(await dumpTables(shop)).toBe(before)
})

test('a link gives no session, no other order and no right to cancel', async () => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  const other = await shop.placeAndMail({ user_id: 'guest-2' })
  const own = await shop.placeAndMail()
  for (const elsewhere of [other.order, own.order])
    expect(await shop.view(elsewhere, token)).toMatchObject({ status: 404, body: { code: 'link_invalid' } })
  expect((await shop.view({ order_id: 'order-2026-03-01-none' }, token)).body.code).toBe('link_invalid')
  for (const path of ['/api/orders/lookup/open', '/api/orders/lookup/cancel'])
    expect((await shop.stranger.post(path, { token })).body.code).toBe('link_invalid')
  expect((await shop.stranger.get(`/api/orders/${order.order_id}`)).status).toBe(404)
  expect((await shop.stranger.post(`/api/orders/${order.order_id}/cancel`)).status).toBe(404)
  expect(shop.stranger.cookie()).toBeUndefined()
})

test.each([
  ['delivered', ['processing', 'shipped', 'delivered']],
  ['cancelled', ['cancelled']],
])('a link shows an order until 60 days after it was %s', async (_, steps) => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  shop.time.advance(100 * DAY)
  await shop.move(order, ...steps)
  shop.time.advance(60 * DAY - 1_000)
  expect((await shop.view(order, token)).status).toBe(200)
  shop.time.advance(1_000)
  expect((await shop.view(order, token)).body.code).toBe('link_invalid')
})

test('a link ends when the order’s email is changed or removed', async () => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  const key = { user_id: order.user_id, order_id: order.order_id }
  const change = (set: string, values: Record<string, string>) =>
    shop.deps.db.write({ action: 'Update', table: shop.names.orders, key, set, values })
  await change('SET email = :email', { ':email': 'Customer@Example.com' })
  expect((await shop.view(order, token)).status).toBe(200)
  await change('SET email = :email', { ':email': 'other@example.com' })
  expect((await shop.view(order, token)).body.code).toBe('link_invalid')
  await change('SET email = :email', { ':email': EMAIL })
  await shop.deps.db.transact(shop.deps.orders.restrict(order))
  expect((await shop.view(order, token)).body.code).toBe('link_invalid')
})

test('staff end the links of an order, which the audit records without a token; later mails have new ones', async () => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  const path = `/api/orders/${order.order_id}/view/end`
  for (const who of [shop.stranger, await shop.account()])
    expect([401, 403]).toContain((await who.post(path)).status)
  expect((await shop.view(order, token)).status).toBe(200)
  expect((await shop.staff.post(path)).body).toEqual({ ended: 1 })
  expect((await shop.view(order, token)).body.code).toBe('link_invalid')
  expect((await shop.staff.post(path)).body).toEqual({ ended: 0 })
  const control = await readItems(shop, 'control')
  expect(control.filter(({ what }) => what === 'order.links.end')).toHaveLength(2)
  await shop.move(order, 'cancelled')
  const [fresh = ''] = await shop.deliver()
  expect((await shop.view(order, fresh)).body.status).toBe('cancelled')
})

test('an erasure deletes the links of the person’s orders, and the export lists them without a token', async () => {
  const shop = await linkShop()
  const account = await shop.account({ email: EMAIL })
  const { order, token } = await shop.placeAndMail()
  await shop.deps.db.transact([shop.deps.orders.putEmailPointer(order, EMAIL)])
  const { body } = await account.post('/api/users/me/export', {})
  expect(body.order_links).toEqual([{ order_id: order.order_id, created_at: expect.any(String) }])
  await erasePerson(shop.deps, account.userId)
  expect(await dumpTables(shop)).not.toContain('order-view#')
  expect((await shop.view(order, token)).body.code).toBe('link_invalid')
  // Its number is on the invoice, which is kept.
  const found = await shop.staff.get(`/api/orders/${orderNumber(order.order_id)}`)
  expect(found.body.order_id).toBe(order.order_id)
  expect(found.body.email).toBeUndefined()
})

test('tokens are stored as hashes of their own purpose, and no stored text shows an order', async () => {
  const shop = await linkShop()
  const { order, token } = await shop.placeAndMail()
  const dump = await dumpTables(shop)
  expect(dump).toContain('order-view#')
  expect(dump).not.toContain(token)
  for (const word of new Set(dump.match(/[\w-]{43,64}/g) ?? []))
    expect((await shop.view(order, word.slice(0, 43))).status).not.toBe(200)
  for (const wrong of ['', 'x', `${token}x`, `${token}\n`])
    expect((await shop.view(order, wrong)).body.code).toBe('invalid_request')
})

test('a mail that is tried again has another token, and both show the order', async () => {
  const shop = await linkShop()
  const order = await shop.place({ email: EMAIL })
  const tokens: string[] = []
  const send = async (isAccepted: boolean) => {
    const { transport } = createMailCapture(async ({ text }) => {
      tokens.push(/\/view\?token=([\w-]{43})\s/.exec(text)?.[1] ?? '')
      if (!isAccepted) throw new Error('the server did not answer')
    })
    await sendDueMail({ ...shop.deps, transport })
  }
  await send(false)
  shop.time.advance(60_000)
  await send(true)
  expect(new Set(tokens).size).toBe(2)
  for (const token of tokens) expect((await shop.view(order, token)).status).toBe(200)
})

test('a mail about an account’s order leads to its page behind sign-in, without a token', async () => {
  const shop = await linkShop()
  const { mails, transport } = createMailCapture()
  const order = await shop.place({ user_id: 'user-1' })
  await sendDueMail({ ...shop.deps, transport })
  const next = encodeURIComponent(`/orders/${order.order_id}`)
  expect(mails[0]?.text).toContain(`http://localhost:3000/sign-in?next=${next}\n`)
  expect(await dumpTables(shop)).not.toContain('order-view#')
})

test('a one-time link cancels its order once, and not after it has shipped', async () => {
  const shop = await linkShop()
  const { order } = await shop.placeAndMail()
  const { order: late } = await shop.placeAndMail()
  await shop.move(late, 'processing', 'shipped')
  const cancel = async (one: Order) => {
    const token = 'A'.repeat(42) + (one === order ? 'A' : one === late ? 'B' : 'C')
    await shop.deps.links.save(token, one, shop.time.now())
    const post = () => shop.stranger.post('/api/orders/lookup/cancel', { token })
    return [await post(), await post()]
  }
  expect(await cancel(order)).toMatchObject([
    { status: 200, body: { order_id: order.order_id, status: 'cancelled' } },
    { status: 404, body: { code: 'link_invalid' } },
  ])
  const { order: ofAccount } = await shop.placeAndMail({ user_id: 'user-1' })
  expect((await cancel(ofAccount))[0]).toMatchObject({ status: 404, body: { code: 'link_invalid' } })
  expect((await shop.deps.orders.get('user-1', ofAccount.order_id))?.status).toBe('confirmed')
  expect((await cancel(late))[0]).toMatchObject({ status: 409, body: { code: 'status_conflict' } })
})
