import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../../test/kit.ts'
import { createDeliveries, type Deliveries, type SendEvent } from './deliveries.ts'
import type { TestDispute } from './objects.ts'
import { createTestStore, type Trouble } from './store.ts'

const OBJECT = { id: 'dp_1', object: 'dispute' } as TestDispute
const running: Deliveries[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(running.splice(0).map(one => one.stop()))
})

const create = (send: SendEvent, { lateMs = 60_000, path = join(temporaryFolder(), 'log') } = {}) => {
  const store = createTestStore(path)
  const reported: unknown[] = []
  const deliveries = createDeliveries({
    store,
    webhookSecret: 'whsec_of_the_test',
    now: () => new Date(),
    send,
    report: error => reported.push(error),
    lateMs,
  })
  running.push(deliveries)
  const setEvents = (events: Trouble['events']) => store.put('trouble', 'now', { events, wrongAmount: false })
  return { store, deliveries, reported, setEvents, path }
}

/** Collects the ids of events, and answers with the statuses in turn, then 200. */
const collector = (...statuses: number[]) => {
  const ids: string[] = []
  const send: SendEvent = async body => {
    ids.push(JSON.parse(body).id)
    return statuses.shift() ?? 200
  }
  return { ids, send }
}

test('an event is sent once, and signed', async () => {
  const headers: Readonly<Record<string, string>>[] = []
  const { deliveries, store } = create(async (_body, sent) => {
    headers.push(sent)
    return 204
  })
  deliveries.start()
  deliveries.emit('charge.dispute.created', OBJECT)
  await expect.poll(() => store.ids('delivery')).toEqual([])
  expect(headers).toHaveLength(1)
  expect(headers[0]?.['stripe-signature']).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/)
})

test('an event is sent again with the same id until the shop takes it', async () => {
  const { ids, send } = collector(503)
  const { deliveries, store } = create(send)
  deliveries.start()
  deliveries.emit('refund.created', OBJECT)
  await expect.poll(() => store.ids('delivery'), { timeout: 5_000 }).toEqual([])
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
})

test('twice sends the same event two times; never sends none, and the event is there all the same', async () => {
  const { ids, send } = collector()
  const { deliveries, store, setEvents } = create(send)
  deliveries.start()
  setEvents('never')
  deliveries.emit('refund.created', OBJECT)
  setEvents('twice')
  deliveries.emit('refund.updated', OBJECT)
  await expect.poll(() => store.ids('delivery')).toEqual([])
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
  expect(store.all('event')).toHaveLength(2)
})

test('late events wait; shuffled ones come in another order', async () => {
  const { ids, send } = collector()
  const { deliveries, store, setEvents } = create(send, { lateMs: 300 })
  deliveries.start()
  setEvents('late')
  deliveries.emit('refund.created', OBJECT)
  setEvents('once')
  deliveries.emit('refund.updated', OBJECT)
  await expect.poll(() => ids.length).toBe(2)
  const types = ids.map(id => store.get('event', id)?.type)
  expect(types).toEqual(['refund.updated', 'refund.created'])
  ids.length = 0
  setEvents('shuffled')
  vi.spyOn(Math, 'random').mockReturnValueOnce(0.9).mockReturnValueOnce(0.1)
  deliveries.emit('refund.created', OBJECT)
  deliveries.emit('refund.updated', OBJECT)
  await expect.poll(() => ids.length).toBe(2)
  expect(ids.map(id => store.get('event', id)?.type)).toEqual(['refund.updated', 'refund.created'])
})

test('what was not delivered before a kill is delivered after it', async () => {
  const first = create(async () => {
    throw new Error('connection refused')
  })
  first.deliveries.emit('refund.created', OBJECT)
  const { ids, send } = collector()
  const second = create(send, { path: first.path })
  second.deliveries.start()
  await expect.poll(() => second.store.ids('delivery')).toEqual([])
  expect(ids).toEqual([first.store.all('event')[0]?.id])
})

test('stopping ends deliveries in progress and those that wait, without a report', async () => {
  const { deliveries, store, setEvents, reported } = create(
    (_body, _headers, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  deliveries.start()
  deliveries.emit('refund.created', OBJECT)
  setEvents('late')
  deliveries.emit('refund.updated', OBJECT)
  await deliveries.stop()
  expect(reported).toEqual([])
  expect(store.ids('delivery')).toHaveLength(2)
})
