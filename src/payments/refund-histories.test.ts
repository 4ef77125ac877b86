/** Model test: random histories of refunds and disputes, with a provider that fails, over a table in memory. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USD } from '../../test/currencies.ts'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { createMemoryTable } from '../../test/memory-table.ts'
import { calculateAmounts } from '../cart/pricing.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { minorUnits, parseRate } from '../core/money.ts'
import type { Order } from '../orders/schema.ts'
import { DEFAULT_TABLE_NAMES } from '../tables/definitions.ts'
import { resumeRefund } from './ask-provider.ts'
import { cancelPayment } from './cancellation.ts'
import { unpaidPayment } from './new-payment.ts'
import type { SeenDispute } from './provider.ts'
import { type RefundDeps, type RefundWish, requestRefund } from './refund.ts'
import { spread } from './refund-amounts.ts'
import { syncPayment } from './sync.ts'
import { createPaymentTable } from './table.ts'

const TAX = parseRate('0.077')
if (!TAX) throw new TypeError('the rate must be one')
const ID = 'order-2026-11-30-a'
const UNUSED = (): never => {
  throw new TypeError('not used here')
}

type Line = { readonly price: number; readonly quantity: number }

const orderOf = (lines: readonly Line[]): Order => {
  const items = lines.map(({ price, quantity }, i) => ({
    book_id: `b${i}`,
    title: `B${i}`,
    price: minorUnits(price),
    quantity,
  }))
  return {
    user_id: 'user-1',
    order_id: ID,
    order_date: '2026-11-30',
    items,
    amounts: calculateAmounts(items, { tax: TAX, shipping: minorUnits(599) }),
    currency: USD,
    status: 'confirmed',
    created_at: '2026-11-30T10:00:00.000Z',
    updated_at: '2026-11-30T10:00:00.000Z',
  } as Order
}

/** An order that is paid by card, with everything that can happen to its money. */
const openHistory = async (order: Order) => {
  const { db } = createMemoryTable()
  const names = DEFAULT_TABLE_NAMES
  const clock = { now: Date.parse('2026-11-30T10:00:00Z') }
  const now = () => new Date(clock.now)
  const provider = createFakeProvider(now)
  const paymentTable = createPaymentTable({
    db,
    names,
    currency: USD,
    unreadable: { read: (schema, item) => schema.parse(item), report: UNUSED },
  })
  const { total } = order.amounts
  const page = await provider.open({
    orderId: ID,
    orderNumber: '',
    attempt: 1,
    amount: total,
    currency: USD,
    email: '',
    description: '',
    returnUrl: '',
    cancelUrl: '',
  })
  provider.pay(page.ref)
  const paid = { ...unpaidPayment(order, 'stripe', 'ship'), ref: page.ref, captured: total }
  const entry = { kind: 'captured', amount: total, by: 'stripe', actor: 'system', at: '' } as const
  await db.transact([
    ...paymentTable.put(undefined, paid),
    paymentTable.addEntry({ order_id: ID, entry_id: 'captured', ...entry }),
  ])
  const note = (): Write => ({
    action: 'Put',
    table: names.control,
    item: { pk: 'note', sk: crypto.randomUUID() },
  })
  const deps = {
    db,
    paymentTable,
    hosted: new Map([['stripe', provider]]),
    orders: { get: async () => order, audit: () => [note()], announce: note },
    books: {},
    booksChanged: () => {},
    now,
    log: { count: () => {} },
    report: () => {},
  } as unknown as RefundDeps
  const sync = async (seen?: Awaited<ReturnType<typeof provider.look>>) =>
    syncPayment(deps, ID, seen ?? (await provider.look(page.ref)))
  let key = 0
  return {
    deps,
    provider,
    clock,
    session: provider.session(),
    sync,
    look: () => provider.look(page.ref),
    records: async () => {
      const records = await paymentTable.records(ID)
      if (!records) throw new TypeError('the payment is gone')
      return records
    },
    refund: (wish: RefundWish) =>
      requestRefund(deps, ID, {
        refundId: `r${key++}`,
        requestHash: '',
        actor: 'staff',
        wish,
        restock: [],
        reason: undefined,
      }).catch(error => {
        if (!(error instanceof ShopError)) throw error
      }),
    cancel: async () => {
      const { writes, finish } = await cancelPayment(deps, order, 'staff')
      await db.transact(writes).then(finish, () => {})
    },
    sweep: async () => {
      clock.now += 86_400_000
      for (const { refund_id } of await paymentTable.listDueRefunds(now(), 100))
        await resumeRefund(deps, ID, refund_id).catch(() => {})
    },
  }
}
type History = Awaited<ReturnType<typeof openHistory>>

const total = (amounts: readonly { readonly amount: number }[]): number =>
  amounts.reduce((all, { amount }) => all + amount, 0)

const assertSound = async ({ records }: History): Promise<void> => {
  const { payment, entries, refunds, disputes } = await records()
  const inState = (state: string) => total(refunds.filter(one => one.state === state))
  const ofKind = (kind: string) => total(entries.filter(one => one.kind === kind))
  expect(payment.refunded).toBeLessThanOrEqual(payment.captured)
  expect(payment).toMatchObject({
    captured: ofKind('captured'),
    refunded: inState('succeeded'),
    reserved: inState('pending'),
    disputed: total(disputes.filter(({ state }) => state !== 'won')),
  })
  expect(ofKind('refunded') + payment.refunded).toBe(0)
}

const STEPS = [
  'lines',
  'amount',
  'shipping',
  'dashboard',
  'fail',
  'settle',
  'dispute',
  'sync',
  'stale',
] as const
const anyStep = fc.oneof(
  fc.record({ kind: fc.constantFrom(...STEPS), at: fc.nat(9), size: fc.integer({ min: 1, max: 4000 }) }),
  fc.record({
    kind: fc.constantFrom('down', 'up', 'sweep', 'cancel', 'twice'),
    at: fc.nat(9),
    size: fc.nat(4000),
  }),
)
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

const DISPUTES: readonly SeenDispute['state'][] = ['needs_response', 'under_review', 'won', 'lost']

const take = async (history: History, order: Order, { kind, at, size }: Step): Promise<void> => {
  const { session, provider, refund, sync } = history
  const chosen = session.refunds[at % Math.max(1, session.refunds.length)]
  const become = (state: 'failed' | 'succeeded') => {
    if (chosen && (state === 'failed' || chosen.state === 'pending'))
      session.refunds[session.refunds.indexOf(chosen)] = { ...chosen, state }
  }
  switch (kind) {
    case 'lines':
      return refund({
        lines: [{ book_id: `b${at % order.items.length}`, quantity: 1 + (size % 2) }],
        shipping: false,
      })
    case 'shipping':
      return refund({ lines: [], shipping: true })
    case 'amount':
      return refund({ amount: minorUnits(size) })
    case 'twice':
      await Promise.all([refund({ amount: minorUnits(size + 1) }), refund({ amount: minorUnits(size + 1) })])
      return
    case 'dashboard': {
      const given = total(session.refunds.filter(({ state }) => state !== 'failed'))
      if (given + size > session.captured) return
      const state = at % 2 ? 'pending' : 'succeeded'
      session.refunds.push({
        id: `re${at}-${size}-${given}`,
        refundId: undefined,
        amount: minorUnits(size),
        state,
      })
      return
    }
    case 'fail':
      return become('failed')
    case 'settle':
      return become('succeeded')
    case 'dispute':
      session.disputes = [{ id: 'dp', amount: minorUnits(size), state: DISPUTES[at % 4] ?? 'won' }]
      return
    case 'sync':
      return sync()
    case 'stale': {
      const old = await history.look()
      become('succeeded')
      await sync()
      return sync(old)
    }
    case 'down':
      provider.faults.set('refund', at % 2 ? 'before' : 'after')
      return
    case 'up':
      provider.faults.clear()
      return
    case 'sweep':
      return history.sweep()
    case 'cancel':
      return history.cancel()
  }
}

const anyLines = fc.array(
  fc.record({ price: fc.integer({ min: 1, max: 9999 }), quantity: fc.integer({ min: 1, max: 7 }) }),
  { minLength: 1, maxLength: 5 },
)

/** Ends what is under way, and gives back all that is left. */
const giveBackAll = async (history: History): Promise<void> => {
  const { session, provider, sync, sweep, refund } = history
  provider.faults.clear()
  session.disputes = session.disputes.map(one => ({ ...one, state: 'won' }))
  for (let i = 0; i < 3; i++) {
    session.refunds = session.refunds.map(one =>
      one.state === 'pending' ? { ...one, state: 'succeeded' } : one,
    )
    await sweep()
    await sync()
  }
  await refund('all')
  await assertSound(history)
}

test('1,000 random histories: never more refunded than paid, entries add up, and a full refund returns the tax to the cent', async () => {
  await fc.assert(
    fc.asyncProperty(anyLines, fc.array(anyStep, { maxLength: 14 }), async (lines, steps) => {
      const order = orderOf(lines)
      const history = await openHistory(order)
      for (const step of steps) {
        await take(history, order, step)
        await assertSound(history)
      }
      await giveBackAll(history)
      const { payment, refunds, disputes } = await history.records()
      // A dispute that is lost has taken its part.
      if (disputes.some(({ state }) => state === 'lost')) return
      const given = refunds.filter(({ state }) => state === 'succeeded')
      expect(payment.refunded).toBe(payment.captured)
      expect(given.reduce((all, { tax = 0 }) => all + tax, 0)).toBe(order.amounts.tax)
    }),
    { numRuns: 1000 },
  )
})

test('all lines one by one, in any order, and the shipping: the sum is what was paid, and its tax what was charged', async () => {
  await fc.assert(
    fc.asyncProperty(anyLines, fc.infiniteStream(fc.nat(99)), async (lines, picks) => {
      const order = orderOf(lines)
      const history = await openHistory(order)
      const copies = order.items.flatMap(({ book_id, quantity }) =>
        Array.from({ length: quantity }, () => book_id),
      )
      while (copies.length > 0) {
        const [book_id = ''] = copies.splice(Number(picks.next().value) % copies.length, 1)
        await history.refund({ lines: [{ book_id, quantity: 1 }], shipping: false })
      }
      await history.refund({ lines: [], shipping: true })
      const { payment, refunds } = await history.records()
      expect(payment.refunded).toBe(order.amounts.total)
      expect(total(refunds.map(({ tax = 0 }) => ({ amount: tax })))).toBe(order.amounts.tax)
      await assertSound(history)
    }),
    { numRuns: 100 },
  )
})

test('an amount in parts by weight: the parts add up, and none is a minor unit from its share', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.array(fc.nat(100_000), { minLength: 1, maxLength: 9 }),
      (amount, weights) => {
        const parts = spread(minorUnits(amount), weights)
        expect(parts.reduce((all, one) => all + one, 0)).toBe(amount)
        const whole = weights.reduce((all, one) => all + one, 0)
        if (whole > 0)
          for (const [i, part] of parts.entries())
            expect(Math.abs(part - (amount * (weights[i] ?? 0)) / whole)).toBeLessThan(1)
      },
    ),
  )
})
