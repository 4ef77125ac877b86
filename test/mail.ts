/** Test kit for mail: orders with outbox items, mail capture, a manual clock, workers that can be killed. */

import type { Dynamo } from '#src/core/dynamo/dynamo.ts'
import { newOrderId } from '#src/core/ids.ts'
import { minorUnits } from '#src/core/money.ts'
import type { RequestedMails } from '#src/http/requested-mails.ts'
import { createComposer } from '#src/notifications/compose.ts'
import type { Mail } from '#src/notifications/schema.ts'
import { createOutboxTable } from '#src/notifications/table.ts'
import type { Transport } from '#src/notifications/transport.ts'
import type { WorkerDeps } from '#src/notifications/worker.ts'
import type { Order } from '#src/orders/schema.ts'
import { USD } from './currencies.ts'
import { aBook, createTestShop, type TestShop } from './kit.ts'

export const START = new Date('2026-03-01T10:00:00.000Z')

/** Clock that advances only when told to. */
export const createClock = () => {
  let time = START.getTime()
  return {
    now: () => new Date(time),
    advance: (ms: number): void => {
      time += ms
    },
  }
}

export const anOrder = (changes: Partial<Order> = {}): Order => ({
  user_id: 'guest-1',
  order_id: newOrderId(START),
  order_date: '2026-03-01',
  items: [
    {
      book_id: 'tech-001',
      category: 'Technology',
      title: 'Clean Code',
      price: minorUnits(4299),
      quantity: 1,
    },
  ],
  amounts: {
    subtotal: minorUnits(4299),
    tax: minorUnits(344),
    shipping: minorUnits(599),
    total: minorUnits(5242),
  },
  currency: USD,
  status: 'confirmed',
  shipping_address: {
    street: '123 Main St',
    city: 'Anytown',
    state: 'ST',
    postal_code: '12345',
    country: 'US',
  },
  email: 'customer@example.com',
  version: 1,
  created_at: START.toISOString(),
  updated_at: START.toISOString(),
  ...changes,
})

/** Creates a shop whose mails are sent only by the test. */
export const createMailShop = async () => {
  const time = createClock()
  const shop = await createTestShop({ books: [aBook()], now: time.now })
  /** Stores an order and its confirmation in the outbox, as checkout does. */
  const place = async (changes: Partial<Order> = {}): Promise<Order> => {
    const order = anOrder(changes)
    const { db, orders } = shop.deps
    await db.transact([
      orders.put(order),
      orders.putNumberPointer(order),
      orders.announce(order, 'order_confirmed', time.now()),
    ])
    return order
  }
  return { ...shop, time, place }
}

/** Mails of requests without a limit, for tests of what is written with them. */
export const unlimitedMails = ({ deps }: TestShop): Pick<RequestedMails, 'send'> => ({
  send: (_to, mail, _decoy, others = []) => deps.db.transact([...others, mail]),
})

/** Mail transport that captures mails; `answer` may throw or hang instead. */
export const createMailCapture = (answer: (mail: Mail) => Promise<void> = async () => {}) => {
  const mails: Mail[] = []
  const transport: Transport = {
    send: async mail => {
      await answer(mail)
      mails.push(mail)
    },
  }
  return { mails, transport }
}

/**
 * A worker that dies at its `lifetime`-th step; each call to the database or the mail server has a step before and after it. What it
 * has done remains, the rest never happens. `death` resolves when it is dead.
 */
export const createKillableWorker = (shop: TestShop, transport: Transport, lifetime: number) => {
  let left = lifetime
  let die = (): void => {}
  const death = new Promise<void>(done => {
    die = done
  })
  const live = (): Promise<void> => {
    if (left > 0) left--
    if (left > 0) return Promise.resolve()
    die()
    return new Promise(() => {})
  }
  const guarded =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await live()
      const result = await work(...args)
      await live()
      return result
    }
  const { db, orders, paymentTable, links, viewLinks, users, accountLinks, now, log, settings } = shop.deps
  const mortalDb: Dynamo = { ...db, transact: guarded(db.transact) }
  const outbox = createOutboxTable(mortalDb, shop.names)
  const worker: WorkerDeps = {
    // The queries of all partitions are one step.
    outbox: { ...outbox, listDue: guarded(outbox.listDue) },
    compose: createComposer({
      orders,
      paymentTable,
      bankDetails: [],
      links,
      viewLinks,
      users,
      accountLinks,
      invoiceFor: async () => undefined,
      now,
      shop: { ...settings.shop, publicUrl: settings.publicUrl },
    }),
    transport: { send: guarded(transport.send) },
    isQuiet: async () => false,
    now,
    log,
  }
  return { worker, death }
}
