/**
 * Events of the stand-in on their way to the shop: signed as Stripe signs them, repeated with growing pauses until the shop takes
 * them, and with the trouble that is switched on. Deliveries are stored, so they go on after a restart.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { API_VERSION, loadStripe } from '../../payments/stripe/client.ts'
import { newRandomPart, type TestEvent, type TestEventType, type TestObject } from './objects.ts'
import { type Delivery, NO_TROUBLE, type TestStore } from './store.ts'

/** Milliseconds between attempts; after the last one an event is lost. */
const RETRY_MS = [500, 2_000, 10_000, 60_000, 600_000]

/** Events that are sent at the same time. */
const MAX_CONCURRENT = 8

/** Sends the raw body of an event; resolves with the status of the answer. */
export type SendEvent = (
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<number>

export type Deliveries = {
  readonly emit: (type: TestEventType, object: TestObject) => void
  /** Starts to deliver what is due, now and later. */
  readonly start: () => void
  readonly stop: () => Promise<void>
}

export type DeliveryRules = {
  readonly store: TestStore
  readonly webhookSecret: string
  /** The shop's clock, which signatures are made by. Pauses are measured by the machine's. */
  readonly now: () => Date
  readonly send: SendEvent
  readonly report: (error: unknown) => void
  /** Milliseconds by which late events are late, and within which shuffled ones come. */
  readonly lateMs: number
}

export const createDeliveries = (rules: DeliveryRules): Deliveries => {
  const { store, now, send, report, lateMs } = rules
  const stopped = new AbortController()
  const running = new Set<Promise<void>>()
  let started = false

  const attempt = async ({ eventId }: Delivery): Promise<boolean> => {
    const event = store.get('event', eventId)
    if (!event) return true
    const payload = JSON.stringify(event)
    const { webhooks } = await loadStripe()
    const signature = webhooks.generateTestHeaderString({
      payload,
      secret: rules.webhookSecret,
      timestamp: now().getTime() / 1000,
    })
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signature,
    }
    const status = await send(payload, headers, stopped.signal)
    return status >= 200 && status < 300
  }

  const waiting: (() => void)[] = []
  let sending = 0

  const attemptInTurn = async (delivery: Delivery): Promise<boolean> => {
    if (sending >= MAX_CONCURRENT) await new Promise<void>(resolve => waiting.push(resolve))
    sending++
    try {
      return await attempt(delivery).catch(() => false)
    } finally {
      sending--
      waiting.shift()?.()
    }
  }

  const deliver = async (id: string): Promise<void> => {
    for (let next = store.get('delivery', id); next; next = store.get('delivery', id)) {
      await pause(Math.max(0, next.dueAt - Date.now()), undefined, { signal: stopped.signal, ref: false })
      const arrived = await attemptInTurn(next)
      if (stopped.signal.aborted) return
      const wait = RETRY_MS[next.failures]
      if (arrived || wait === undefined) store.remove('delivery', id)
      else store.put('delivery', id, { ...next, dueAt: Date.now() + wait, failures: next.failures + 1 })
    }
  }

  const run = (id: string): void => {
    const work: Promise<void> = deliver(id)
      .catch(error => (stopped.signal.aborted ? undefined : report(error)))
      .finally(() => running.delete(work))
    running.add(work)
  }

  const schedule = (eventId: string, inMs: number): void => {
    const id = newRandomPart()
    store.put('delivery', id, { eventId, dueAt: Date.now() + inMs, failures: 0 })
    if (started) run(id)
  }

  return {
    emit: (type, object) => {
      const event: TestEvent = {
        id: `evt_${newRandomPart()}`,
        object: 'event',
        api_version: API_VERSION,
        created: Math.floor(now().getTime() / 1000),
        livemode: false,
        type,
        data: { object },
      }
      store.put('event', event.id, event)
      const { events } = store.get('trouble', 'now') ?? NO_TROUBLE
      if (events === 'never') return
      schedule(event.id, events === 'late' ? lateMs : events === 'shuffled' ? Math.random() * lateMs : 0)
      if (events === 'twice') schedule(event.id, 0)
    },
    start: () => {
      started = true
      for (const id of store.ids('delivery')) run(id)
    },
    stop: async () => {
      stopped.abort()
      await Promise.all(running)
    },
  }
}
