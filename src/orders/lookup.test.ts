import { expect, test } from 'vitest'
import { createMailCapture, createMailShop } from '../../test/mail.ts'
import { asFunction } from '../../test/table-rights.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { orderNumber } from './number.ts'

const EMAIL = 'customer@example.com'
const MINUTE = 60_000
const LOOKUP = '/api/orders/lookup'
const OPEN = '/api/orders/lookup/open'

const linkShop = async () => {
  const shop = await createMailShop()
  const order = await shop.place({ email: EMAIL })
  const visitor = shop.visitor()
  const ask = (order_id: string = order.order_id, email: string = EMAIL) =>
    visitor.post(LOOKUP, { order_id, email })
  /** Sends what is due; the tokens of the links in it. */
  const deliver = async (): Promise<string[]> => {
    const { mails, transport } = createMailCapture()
    await asFunction('Sweeper', sendDueMail)({ ...shop.deps, transport })
    return mails.flatMap(({ html }) => /\/orders\/open\?token=([\w-]{43})"/.exec(html)?.[1] ?? [])
  }
  const open = (token: string) => visitor.post(OPEN, { token })
  return { ...shop, order, visitor, ask, deliver, open }
}

test('a guest who knows an order’s number and email address gets a link by mail, which opens the order once', async () => {
  const { ask, deliver, open, order } = await linkShop()
  const asked = await ask(order.order_id, ' Customer@EXAMPLE.com ')
  expect(asked.status).toBe(202)
  expect(JSON.stringify(asked.body)).not.toContain('Clean Code')
  const [token = ''] = await deliver()
  const opened = await open(token)
  expect(opened.status).toBe(200)
  expect(opened.body).toMatchObject({ order_id: order.order_id, total: 52.42, email: EMAIL })
  expect(opened.headers.get('cache-control')).toBe('no-store')
  expect(await open(token)).toMatchObject({ status: 404, body: { code: 'link_invalid' } })
})

test('response and calls to the store are the same for known and unknown orders and email addresses', async () => {
  const { ask, order, deps } = await linkShop()
  const calls: string[] = []
  for (const name of ['get', 'query', 'transact', 'write', 'batchGet'] as const) {
    const original = deps.db[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(deps.db, {
      [name]: (...args: unknown[]) => {
        calls.push(name)
        return original(...args)
      },
    })
  }
  for (const [known, unknown] of [
    [order.order_id, 'order-2026-03-01-0123456789abcdefghjkmn'],
    [orderNumber(order.order_id), '7K3M2-QX8VD'],
  ] as const) {
    const seen = []
    for (const [id, email] of [
      [known, EMAIL],
      [known, 'other@example.com'],
      [unknown, EMAIL],
    ] as const) {
      calls.length = 0
      const { status, headers: sent, body } = await ask(id, email)
      const headers = [...sent].filter(([name]) => name !== 'x-request-id')
      seen.push(JSON.stringify({ status, body, headers, calls }))
    }
    expect(seen[0]).toContain('transact')
    expect(new Set(seen).size).toBe(1)
  }
})

test('a number is read as people type it, and opens the same order as its id', async () => {
  const { ask, deliver, open, order } = await linkShop()
  const number = orderNumber(order.order_id)
  for (const typed of [number, ` ${number.toLowerCase().replace('-', ' ')} `])
    expect((await ask(typed)).status).toBe(202)
  const tokens = await deliver()
  expect(tokens).toHaveLength(2)
  expect((await open(tokens[0] ?? '')).body.order_id).toBe(order.order_id)
})

test('only the email address of the order gets a mail', async () => {
  const { ask, deliver, order } = await linkShop()
  await ask(order.order_id, 'other@example.com')
  await ask('order-2026-03-01-0123456789abcdefghjkmn')
  expect(await deliver()).toEqual([])
})

test('a malformed order number or email address is refused', async () => {
  const { ask, visitor, order } = await linkShop()
  expect((await ask(order.order_id, '')).status).toBe(400)
  for (const id of ['', ' ', 'no order at all', 'order-2026-03-01-', `${order.order_id}#`])
    expect((await ask(id)).body.code).toBe('invalid_request')
  expect((await ask(` ${order.order_id} `)).status).toBe(202)
  const body = { order_id: order.order_id, email: null }
  expect((await visitor.post(LOOKUP, body)).body.code).toBe('invalid_request')
  expect((await visitor.post(LOOKUP, { ...body, email: EMAIL, user_id: 'guest-1' })).status).toBe(400)
})

test('a link can be requested three times an hour, and requests for unknown orders are refused alike', async () => {
  const { ask, deliver, order, time } = await linkShop()
  const tries = async (id?: string) => {
    const answers = []
    for (let i = 0; i < 6; i++) answers.push(await ask(id))
    return answers.map(({ status, headers, body }) => [status, headers.get('retry-after'), body])
  }
  const known = await tries()
  expect(known.map(([status]) => status)).toEqual([202, 202, 202, 429, 429, 429])
  expect(await tries('order-2026-03-01-0123456789abcdefghjkmn')).toEqual(known)
  expect(await deliver()).toHaveLength(3)
  // The number and the id of an order are counted together.
  expect((await ask(orderNumber(order.order_id))).status).toBe(429)
  time.advance(60 * MINUTE)
  await ask()
  expect(await deliver()).toHaveLength(1)
})

test('a token opens its order once, when ten requests redeem it at once', async () => {
  const { ask, deliver, open } = await linkShop()
  await ask()
  const [token = ''] = await deliver()
  const answers = await Promise.all(Array.from({ length: 10 }, () => open(token)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(404)])
})

test('a token opens nothing after 30 minutes, although its row still exists', async () => {
  const { ask, deliver, open, time } = await linkShop()
  await ask()
  const [token = ''] = await deliver()
  time.advance(30 * MINUTE)
  expect((await open(token)).body.code).toBe('link_invalid')
})

test('tokens are not stored, and neither stored hashes nor made-up tokens open an order', async () => {
  const { ask, deliver, open, deps, names } = await linkShop()
  await ask()
  await ask('order-2026-03-01-0123456789abcdefghjkmn')
  const [token = ''] = await deliver()
  const rows = []
  for await (const page of deps.db.scan(names.control)) rows.push(...page)
  const dump = JSON.stringify(rows)
  expect(dump).toContain('order-link#')
  expect(dump).not.toContain(token)
  for (const word of dump.match(/[\w-]{43,64}/g) ?? [])
    expect((await open(word.slice(0, 43))).status).not.toBe(200)
  for (const wrong of ['A'.repeat(43), token.toLowerCase()])
    expect((await open(wrong)).body.code).toBe('link_invalid')
  for (const wrong of ['', 'x', `${token}x`, `${token}\n`])
    expect((await open(wrong)).body.code).toBe('invalid_request')
  expect((await open(token)).status).toBe(200)
})
