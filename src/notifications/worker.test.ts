import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { TestShop } from '../../test/kit.ts'
import { createKillableWorker, createMailCapture, createMailShop } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { asFunction } from '../../test/table-rights.ts'
import { newOrderId } from '../core/ids.ts'
import { isInOutbox, outboxKey } from '../core/outbox.ts'
import { currentRequest } from '../core/request.ts'
import { LEASE_MS, MAX_TRIES } from './delivery.ts'
import type { Mail } from './schema.ts'
import { collectEntries } from './table.ts'
import * as worker from './worker.ts'

const { BATCH_SIZE } = worker
const sendDueMail = asFunction('Sweeper', worker.sendDueMail)

const HOUR = 3_600_000
const dead = (shop: TestShop) => collectEntries(shop.deps.outbox.deadLetters())
const pending = (shop: TestShop) => collectEntries(shop.deps.outbox.pending())
const countById = (mails: readonly Mail[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { id } of mails) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

/** Puts a row with this content into the outbox. */
const putRow = (shop: TestShop, due: Date, id: string, content: Record<string, unknown>) =>
  shop.deps.db.write({
    action: 'Put',
    table: shop.names.control,
    item: { ...outboxKey(due, id, content.event), ...content },
  })

test('an order’s mail is sent once, and its row is replaced by a record that expires', async () => {
  const shop = await createMailShop()
  const order = await shop.place()
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  await sendDueMail({ ...shop.deps, transport })
  expect(mails.map(({ id, to }) => [id, to])).toEqual([
    [`${order.order_id}#order_confirmed`, 'customer@example.com'],
  ])
  expect(await pending(shop)).toEqual([])
  const note = await shop.deps.db.get(shop.names.control, {
    pk: `mail#${order.order_id}#order_confirmed`,
    sk: 'sent',
  })
  expect(note).toMatchObject({
    state: 'SENT',
    tries: 1,
    expires_at: shop.time.now().getTime() / 1000 + 2_592_000,
  })
})

test('the id of the request that caused a mail is in its row, in the worker’s log and in the record of the sent mail', async () => {
  const shop = await createMailShop()
  const order = await shop.place()
  const { deps, staff, names } = shop
  const answer = await staff.post(`/api/orders/${order.order_id}/cancel`)
  const id = answer.headers.get('x-request-id')
  const said: (readonly [string, string | undefined])[] = []
  const log = {
    ...deps.log,
    event: (_: string, text: string) => void said.push([text, currentRequest()?.id]),
  }
  const { transport } = createMailCapture()
  await sendDueMail({ ...deps, transport, log })
  const event = `${order.order_id}#order_cancelled`
  expect(said).toContainEqual([`sent ${event}`, id])
  // A mail that was not caused by a request has an id of its own.
  expect(said.find(([text]) => text.endsWith('order_confirmed'))?.[1]).not.toBe(id)
  expect(await deps.db.get(names.control, { pk: `mail#${event}`, sk: 'sent' })).toMatchObject({
    request_id: id,
  })
})

test('a worker with a pause factor waits that many times as long as a mail took before the next', async () => {
  const shop = await createMailShop()
  for (let i = 0; i < 3; i++) await shop.place()
  const begun: number[] = []
  const ended: number[] = []
  const transport = {
    send: async () => {
      begun.push(performance.now())
      await sleep(20)
      ended.push(performance.now())
    },
  }
  await sendDueMail({ ...shop.deps, transport, pauseFactor: 3 })
  expect(begun).toHaveLength(3)
  expect(begun.slice(1).every((at, i) => at - (ended[i] ?? at) >= 55)).toBe(true)
})

test('checkout, shipping and cancellation each send a mail', async () => {
  const shop = await createMailShop()
  const [shipped, cancelled] = [await shop.place(), await shop.place()]
  const { deps, staff } = shop
  for (const status of ['processing', 'shipped'])
    expect((await staff.post(`/api/orders/${shipped.order_id}/status`, { status })).status).toBe(200)
  expect((await staff.post(`/api/orders/${cancelled.order_id}/cancel`)).status).toBe(200)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...deps, transport })
  expect(mails.map(({ id }) => id).sort()).toEqual(
    [
      `${shipped.order_id}#order_confirmed`,
      `${shipped.order_id}#order_shipped`,
      `${cancelled.order_id}#order_cancelled`,
      `${cancelled.order_id}#order_confirmed`,
    ].sort(),
  )
})

test('an order without an email address, as other clients write them, announces nothing', async () => {
  const shop = await createMailShop()
  const { email: _, ...order } = await shop.place()
  await shop.deps.db.write({
    action: 'Update',
    table: shop.names.orders,
    key: { user_id: order.user_id, order_id: order.order_id },
    set: 'REMOVE email',
  })
  await sendDueMail({ ...shop.deps, transport: createMailCapture().transport })
  expect((await dead(shop)).map(one => one.last_error)).toEqual([
    'the recipient must have a valid email address',
  ])
  expect((await shop.staff.post(`/api/orders/${order.order_id}/cancel`)).body.status).toBe('cancelled')
  expect(await pending(shop)).toEqual([])
  shop.reportedErrors.length = 0
})

test('the health endpoint says how long mails have been waiting', async () => {
  const shop = await createMailShop()
  const waiting = async () => (await shop.visitor().get('/api/health')).body.mail.waiting_seconds
  expect(await waiting()).toBe(0)
  await shop.place()
  shop.time.advance(90_000)
  expect(await waiting()).toBe(90)
  await sendDueMail({ ...shop.deps, transport: createMailCapture().transport })
  // One reading is for all who ask within a second.
  shop.time.advance(1_000)
  expect(await waiting()).toBe(0)
})

test('of ten workers that lease one row at once one succeeds', async () => {
  const shop = await createMailShop()
  await shop.place()
  const [row] = await shop.deps.outbox.listDue(shop.time.now(), 1)
  if (!row) throw new Error('no row is due')
  const end = new Date(shop.time.now().getTime() + LEASE_MS)
  const claims = await Promise.all(Array.from({ length: 10 }, () => shop.deps.outbox.lease(row, end)))
  expect(claims.filter(Boolean)).toHaveLength(1)
  expect(await shop.deps.outbox.listDue(shop.time.now(), 1)).toEqual([])
})

test('ten concurrent workers send each of a hundred mails once', async () => {
  const shop = await createMailShop()
  const orders = await Promise.all(Array.from({ length: 100 }, () => shop.place()))
  const { mails, transport } = createMailCapture()
  await Promise.all(Array.from({ length: 10 }, () => sendDueMail({ ...shop.deps, transport })))
  expect(mails).toHaveLength(100)
  expect(countById(mails).size).toBe(orders.length)
  expect(await pending(shop)).toEqual([])
})

test('a mail is recorded as sent in the transaction that leases the next, and alone where another worker was faster', async () => {
  const shop = await createMailShop()
  for (let i = 0; i < 5; i++) await shop.place()
  const { transact } = shop.deps.db
  let commits = 0
  const countingTransact: typeof transact = writes => {
    commits++
    return transact(writes)
  }
  Object.assign(shop.deps.db, { transact: countingTransact })
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect([mails.length, commits]).toEqual([5, 6])
  for (let i = 0; i < 2; i++) await shop.place()
  // While the first is sent, another worker leases the second.
  const quick = createMailCapture()
  const slow = createMailCapture(() => sendDueMail({ ...shop.deps, transport: quick.transport }))
  await sendDueMail({ ...shop.deps, transport: slow.transport })
  expect([slow.mails.length, quick.mails.length]).toEqual([1, 1])
  expect(await pending(shop)).toEqual([])
})

test('a worker that is stopped sends the mail in hand and no other (graceful shutdown)', async () => {
  const shop = await createMailShop()
  for (let i = 0; i < 4; i++) await shop.place()
  const tries = async () => (await pending(shop)).map(one => one.tries)
  const whileSending = new AbortController()
  const first = createMailCapture(async () => whileSending.abort())
  await sendDueMail({ ...shop.deps, transport: first.transport }, whileSending.signal)
  expect(first.mails).toHaveLength(1)
  expect(await tries()).toEqual([0, 0, 0])
  const betweenMails = new AbortController()
  const second = createMailCapture()
  const log = { ...shop.deps.log, event: () => betweenMails.abort() }
  await sendDueMail({ ...shop.deps, log, transport: second.transport }, betweenMails.signal)
  expect(second.mails).toHaveLength(2)
  expect(await tries()).toEqual([0])
})

test('the mail of a crashed worker is taken over when its lease ends, and not before', async () => {
  const shop = await createMailShop()
  await shop.place()
  const { mails, transport } = createMailCapture()
  // Its steps are query and lease; it crashes when it is about to send.
  const { worker, death } = createKillableWorker(shop, transport, 5)
  await Promise.race([sendDueMail(worker), death])
  await sendDueMail({ ...shop.deps, transport })
  expect(mails).toHaveLength(0)
  shop.time.advance(LEASE_MS - 1)
  await sendDueMail({ ...shop.deps, transport })
  expect(mails).toHaveLength(0)
  shop.time.advance(1)
  await sendDueMail({ ...shop.deps, transport })
  expect(mails).toHaveLength(1)
})

test('a worker whose lease has ended does not interfere with the one that took over', async () => {
  const shop = await createMailShop()
  await shop.place()
  const { outbox } = shop.deps
  const lease = () => new Date(shop.time.now().getTime() + LEASE_MS)
  const [row] = await outbox.listDue(shop.time.now(), 1)
  const slow = row && (await outbox.lease(row, lease()))
  shop.time.advance(LEASE_MS)
  const [again] = await outbox.listDue(shop.time.now(), 1)
  const quick = again && (await outbox.lease(again, lease()))
  if (!slow || !quick) throw new Error('the row could not be taken twice')
  expect(await outbox.markSent(slow, shop.time.now())).toBe(false)
  expect(await outbox.reschedule(slow, shop.time.now(), 'late')).toBe(false)
  expect(await pending(shop)).toHaveLength(1)
  expect(await outbox.markSent(quick, shop.time.now())).toBe(true)
})

test('while the mail server is down a mail is tried eight times with backoff, then it is a dead letter until requeued', async () => {
  const shop = await createMailShop()
  const order = await shop.place()
  const id = `${order.order_id}#order_confirmed`
  let calls = 0
  const down = createMailCapture(async () => {
    calls++
    throw new Error('550 no such user <customer@example.com> here')
  })
  const start = shop.time.now().getTime()
  const at: number[] = []
  for (let [row] = await pending(shop); row; [row] = await pending(shop)) {
    shop.time.advance(Math.max(0, Date.parse(row.due_at) - shop.time.now().getTime() - 1))
    if (at.length > 0) await sendDueMail({ ...shop.deps, transport: down.transport })
    expect(calls).toBe(at.length)
    shop.time.advance(1)
    await sendDueMail({ ...shop.deps, transport: down.transport })
    expect(calls).toBe(at.length + 1)
    at.push((shop.time.now().getTime() - start) / 1000)
  }
  expect(at).toHaveLength(MAX_TRIES)
  const pauses = at.slice(1).map((time, i) => time - (at[i] ?? 0))
  for (const [i, pause] of pauses.entries()) {
    expect(pause).toBeGreaterThanOrEqual(10 * 4 ** i)
    expect(pause).toBeLessThanOrEqual(10 * 4 ** i * 1.2)
  }
  expect(await dead(shop)).toMatchObject([
    { id, tries: 8, state: 'DEAD', last_error: '550 no such user <<address>> here' },
  ])
  expect(shop.reportedErrors.splice(0).map(String)).toEqual([
    expect.stringContaining(`mail ${id} will not be sent`),
  ])

  expect(await shop.deps.outbox.requeue('nothing', shop.time.now())).toBe(false)
  expect(await shop.deps.outbox.requeue(id, shop.time.now())).toBe(true)
  expect(await dead(shop)).toEqual([])
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect(mails.map(mail => mail.id)).toEqual([id])
})

test('mail that is set up late sends nothing that is overdue: such mails are dropped without a try, until they are retried', async () => {
  const shop = await createMailShop()
  const { deps, time } = shop
  const old = await shop.place()
  // A row of a release that wrote nothing but these fields, and one of an event whose mail lives as long as its link.
  const fields = { user_id: old.user_id, order_id: old.order_id, state: 'PENDING', tries: 0 }
  const at = (minutes: number) => new Date(time.now().getTime() + minutes * 60_000)
  const put = (id: string, event: string, created: Date) =>
    putRow(shop, created, id, { ...fields, event, created_at: created.toISOString() })
  await put('link', 'order_link', at(3 * 24 * 60 - 30))
  await put('late-link', 'order_link', at(3 * 24 * 60 - 29))
  time.advance(72 * HOUR)
  const inTime = await shop.place()
  await put('shipped', 'order_shipped', at(-2 * 24 * 60))
  const { mails, transport } = createMailCapture()
  const events: string[] = []
  const log = { ...deps.log, event: (_: string, text: string) => void events.push(text) }
  time.advance(1)
  // Ten workers at once: each is dropped by one of them.
  await Promise.all(Array.from({ length: 10 }, () => sendDueMail({ ...deps, transport, log })))
  expect(mails.map(({ id }) => id).sort()).toEqual(
    [`${inTime.order_id}#order_confirmed`, 'late-link', 'shipped'].sort(),
  )
  expect((await dead(shop)).map(({ id, state, tries }) => [id, state, tries])).toEqual([
    ['link', 'OVERDUE', 0],
    [`${old.order_id}#order_confirmed`, 'OVERDUE', 0],
  ])
  expect(events.filter(text => text.includes('was dropped')).sort()).toEqual([
    'link was dropped, overdue: it could not be sent before 2026-03-04T10:00:00.000Z',
    `${old.order_id}#order_confirmed was dropped, overdue: it could not be sent before 2026-03-04T10:00:00.000Z`,
  ])
  expect(await pending(shop)).toEqual([])
  // Retried by hand, it has a whole lifetime again.
  expect(await deps.outbox.requeue('link', time.now())).toBe(true)
  time.advance(29 * 60_000)
  await sendDueMail({ ...deps, transport })
  expect(mails.at(-1)?.id).toBe('link')
})

test('a mail may be sent at its latest time', async () => {
  const shop = await createMailShop()
  await shop.place()
  shop.time.advance(72 * HOUR)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect(mails).toHaveLength(1)
})

test('malformed rows become dead letters at once and do not hold up others', async () => {
  const shop = await createMailShop()
  const now = shop.time.now()
  const gone = { event: 'order_confirmed', user_id: 'guest-1', order_id: 'order-2026-03-01-gone' }
  await putRow(shop, now, 'a', {})
  await putRow(shop, now, 'b', { ...gone, event: 'order_exploded' })
  await putRow(shop, now, 'c', gone)
  await putRow(shop, now, 'd', { ...gone, tries: 'many', user_id: 7 })
  const injected = await shop.place({ email: 'victim@example.com\r\nBcc: everyone@example.com' })
  const good = await Promise.all(Array.from({ length: BATCH_SIZE }, () => shop.place()))
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect([...countById(mails).keys()].sort()).toEqual(
    good.map(one => `${one.order_id}#order_confirmed`).sort(),
  )
  expect((await dead(shop)).map(({ id }) => id).sort()).toEqual(
    ['a', 'b', 'c', 'd', `${injected.order_id}#order_confirmed`].sort(),
  )
  expect(await pending(shop)).toEqual([])
  expect(shop.reportedErrors.splice(0)).toHaveLength(5)
})

test('mails that the server always refuses do not hold up others, and become dead letters', async () => {
  const shop = await createMailShop()
  const refused = await Promise.all(
    Array.from({ length: 5 }, () => shop.place({ email: 'refused@example.com' })),
  )
  const sent: string[] = []
  const { transport } = createMailCapture(async mail => {
    sent.push(mail.to)
    if (mail.to === 'refused@example.com') throw new Error('451 not today')
  })
  await Promise.all(Array.from({ length: BATCH_SIZE * 2 }, () => shop.place()))
  await sendDueMail({ ...shop.deps, transport })
  // All good mails are sent after one pass; the refused ones were tried once each, in the first batches.
  expect(sent.filter(to => to !== 'refused@example.com')).toHaveLength(BATCH_SIZE * 2)
  expect(sent.filter(to => to === 'refused@example.com')).toHaveLength(5)
  for (let i = 0; i < MAX_TRIES; i++) {
    // Longer than each backoff, and all of them within the lifetime of a confirmation.
    shop.time.advance((i < 5 ? 4 : 14) * HOUR)
    await sendDueMail({ ...shop.deps, transport })
  }
  expect((await dead(shop)).map(({ id }) => id).sort()).toEqual(
    refused.map(one => `${one.order_id}#order_confirmed`).sort(),
  )
  expect(shop.reportedErrors.splice(0)).toHaveLength(5)
})

test('a row that crashes each worker becomes a dead letter after eight tries', async () => {
  const shop = await createMailShop()
  await shop.place()
  const { mails, transport } = createMailCapture()
  for (let i = 0; i < MAX_TRIES; i++) {
    const { worker, death } = createKillableWorker(shop, transport, 5)
    await Promise.race([sendDueMail(worker), death])
    shop.time.advance(LEASE_MS)
  }
  await sendDueMail({ ...shop.deps, transport })
  expect(mails).toEqual([])
  expect(await dead(shop)).toMatchObject([{ last_error: 'every attempt was started, but none finished' }])
  shop.reportedErrors.length = 0
})

test('each of 500 orders has its mail, although the server fails 30 %, hangs 10 %, and the worker crashes 50 times', async () => {
  const KILLS = 50
  const shop = await createMailShop()
  const orders = await Promise.all(Array.from({ length: 500 }, () => shop.place()))
  const failures = new Map<string, number>()
  let calls = 0
  let failed = 0
  const { mails, transport } = createMailCapture(async ({ id }) => {
    calls++
    const chance = Math.random()
    // Not one mail so often that it would be dead by chance alone.
    if (chance >= 0.4 || (failures.get(id) ?? 0) >= 5) return
    failures.set(id, (failures.get(id) ?? 0) + 1)
    failed++
    if (chance < 0.1) await new Promise(() => {})
    throw new Error('421 try again later')
  })
  let deaths = 0
  while ((await pending(shop)).length > 0) {
    const lifetime = deaths < KILLS ? 1 + Math.floor(Math.random() * 120) : Number.POSITIVE_INFINITY
    const { worker, death } = createKillableWorker(shop, transport, lifetime)
    await Promise.race([sendDueMail({ ...worker, sendTimeoutMs: 15 }), death.then(() => deaths++)])
    shop.time.advance(deaths % 5 === 0 ? HOUR : LEASE_MS)
  }
  const counts = countById(mails)
  const duplicates = mails.length - counts.size
  console.log(`${calls} sendings, ${failed} failed, ${deaths} deaths, ${duplicates} mails twice`)
  expect(deaths).toBe(KILLS)
  expect(failed / calls).toBeGreaterThan(0.3)
  expect([...counts.keys()].sort()).toEqual(orders.map(one => `${one.order_id}#order_confirmed`).sort())
  expect(duplicates).toBeLessThanOrEqual(KILLS)
  expect(await dead(shop)).toEqual([])
}, 60_000)

test('a mail that somebody waits for is sent before the mails of orders that were due earlier', async () => {
  const shop = await createMailShop()
  const orders: string[] = []
  for (let i = 0; i < 2 * BATCH_SIZE; i++)
    orders.push((await shop.place({ order_id: newOrderId(shop.time.now()) })).order_id)
  shop.time.advance(1_000)
  const order_id = orders[0] ?? ''
  const content = { event: 'order_link', user_id: 'guest-1', order_id, state: 'PENDING', tries: 0 }
  const created_at = shop.time.now().toISOString()
  await putRow(shop, shop.time.now(), `${order_id}#order_link#1`, {
    ...content,
    created_at,
    due_at: created_at,
  })
  const [first, second] = await shop.deps.outbox.listDue(shop.time.now(), BATCH_SIZE)
  expect(first?.id).toBe(`${order_id}#order_link#1`)
  expect(second?.item.event).toBe('order_confirmed')
})

test('rows in the partition of earlier releases are sent, counted as waiting, and retried in a shard', async () => {
  const shop = await createMailShop()
  const order = await shop.place()
  const { db } = shop.deps
  const [stored] = (await readItems(shop, 'control')).filter(({ pk }) => isInOutbox(pk))
  const { pk, sk } = stored
  await db.write({ action: 'Delete', table: shop.names.control, key: { pk, sk } })
  await db.write({ action: 'Put', table: shop.names.control, item: { ...stored, pk: 'outbox' } })
  expect(await shop.deps.outbox.waitingSince()).toEqual(new Date(order.created_at))
  const failing = createMailCapture(() => Promise.reject(new Error('down')))
  await sendDueMail({ ...shop.deps, transport: failing.transport })
  const [retried] = (await readItems(shop, 'control')).filter(one => isInOutbox(one.pk))
  expect(retried).toMatchObject({ pk, tries: 1, state: 'PENDING' })
  shop.time.advance(HOUR)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect(mails.map(({ id }) => id)).toEqual([`${order.order_id}#order_confirmed`])
})

test('the mails of an order are in one shard, and those of many orders in all of them', () => {
  const now = new Date()
  const shardOf = (id: string, event: string) => outboxKey(now, `${id}#${event}`, event).pk
  const ids = Array.from({ length: 200 }, () => newOrderId(now))
  for (const id of ids) expect(shardOf(id, 'order_confirmed')).toBe(shardOf(id, 'order_shipped'))
  expect(new Set(ids.map(id => shardOf(id, 'order_confirmed'))).size).toBe(8)
})
