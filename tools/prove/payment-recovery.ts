/** Guarantee 44: a shop that was restored from before paid checkouts finds them by asking the provider. */

import { findRecoveries } from '#src/payments/recover.ts'
import { sweepPayments } from '#src/payments/sweep.ts'
import { primaryKey, TABLE_IDS } from '#src/tables/definitions.ts'
import { times } from '../../test/buyers.ts'
import { createFakeProvider, type FakeProvider } from '../../test/fake-provider.ts'
import { aBook, createTestShop, newCustomer, orderFor, type Shopper, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import type { Guarantee } from './guarantee.ts'
import { auditMoney, type MoneyAudit, readPages } from './money-audit.ts'

const STOCK = 100
/** Checkouts that the backup knows as held, and those that began after it. */
const HELD = 3
const LOST = 7
const DAY = 86_400_000

type Buyer = { readonly who: Shopper; readonly orderId: string }

const hold = async (shop: TestShop): Promise<Buyer> => {
  const who = shop.visitor()
  const { body } = await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const order = orderFor(body, { ...newCustomer(), payment_method: 'stripe' })
  const answer = await who.post('/api/orders', order, { 'idempotency-key': 'k' })
  return { who, orderId: answer.body.order_id }
}

const pay = async (provider: FakeProvider, { who, orderId }: Buyer): Promise<void> => {
  provider.pay(provider.session(orderId).ref)
  await who.get(`/api/checkouts/${orderId}`)
}

type Backup = ReadonlyMap<(typeof TABLE_IDS)[number], readonly Record<string, unknown>[]>

const backUp = async (shop: TestShop): Promise<Backup> =>
  new Map(await Promise.all(TABLE_IDS.map(async id => [id, await readItems(shop, id)] as const)))

const restore = async (backup: Backup, provider: FakeProvider, now: () => Date): Promise<TestShop> => {
  const shop = await createTestShop({ providers: [provider], now })
  const { db } = shop.deps
  for (const id of TABLE_IDS) {
    for (const item of await readItems(shop, id))
      await db.write({ action: 'Delete', table: shop.names[id], key: primaryKey(id, item) })
    for (const item of backup.get(id) ?? []) await db.write({ action: 'Put', table: shop.names[id], item })
  }
  return shop
}

/** The captured money that the restored shop knows of. */
const countKnown = async (shop: TestShop, ids: readonly string[]): Promise<number> =>
  (await shop.deps.paymentTable.getMany(ids)).size

type Recovered = MoneyAudit & {
  /** Found by the shop's own tables, and then by asking the provider. */
  readonly byTables: number
  readonly found: number
  /** Calls that move money, or open pages, during the recovery. */
  readonly calls: number
  readonly refunded: boolean
}

const audit = async (shop: TestShop, provider: FakeProvider): Promise<MoneyAudit> => {
  const [orders, control, books] = [
    await readItems(shop, 'orders'),
    await readItems(shop, 'control'),
    await readItems(shop, 'books'),
  ]
  return auditMoney({ orders, control, books }, await readPages(provider), new Map([['tech-001', STOCK]]))
}

const loseAndRecover = async (): Promise<Recovered> => {
  const clock = { now: Date.now() }
  const now = () => new Date(clock.now)
  const provider = createFakeProvider(now)
  const shop = await createTestShop({
    books: [aBook({ stock_quantity: STOCK })],
    providers: [provider],
    now,
  })
  const refunded = await hold(shop)
  await pay(provider, refunded)
  const held = await Promise.all(times(HELD, () => hold(shop)))
  const backup = await backUp(shop)
  const lost = await Promise.all(times(LOST, () => hold(shop)))
  for (const buyer of [...held, ...lost]) await pay(provider, buyer)
  const amount = { amount: 5, reason: 'on purpose' }
  await shop.staff.post(`/api/orders/${refunded.orderId}/refunds`, amount, { 'idempotency-key': 'k' })

  const back = await restore(backup, provider, now)
  const ids = [...held, ...lost].map(({ orderId }) => orderId)
  const moved = () => ['open', 'refund'].reduce((sum, name) => sum + (provider.calls.get(name) ?? 0), 0)
  const before = moved()
  clock.now += DAY / 24
  await sweepPayments(back.deps)
  const byTables = await countKnown(back, ids)
  // Twice, and by two people at once.
  for (let run = 0; run < 2; run++)
    await Promise.all(
      ['a', 'b'].map(async actor => {
        for await (const one of findRecoveries(back.deps, new Date(clock.now - DAY), actor))
          await one.repair()
      }),
    )
  const found = await countKnown(back, ids)
  const calls = moved() - before
  const known = await back.deps.paymentTable.get(refunded.orderId)
  const audited = await audit(back, provider)
  // Staff give back what has no order, each twice.
  const staff = await back.account({ role: 'staff' })
  for (const { orderId } of [...lost, ...lost])
    await staff.post(`/api/payments/${orderId}/review`, { action: 'refund' })
  const given = lost.map(({ orderId }) => provider.session(orderId))
  const isRight = given.every(
    ({ refunds, captured }) => refunds.length === 1 && refunds[0]?.amount === captured,
  )
  return { ...audited, byTables, found, calls, refunded: isRight && known?.refunded === 500 }
}

const restoredFindsMoney: Guarantee = {
  number: 44,
  title: 'A restored shop finds what was paid since the backup',
  criterion: `a shop restored from before ${HELD + LOST} paid checkouts learns of each by asking the provider: an order where the backup has the checkout, a review otherwise; 0 double captures or refunds`,
  prove: async ({ quick }) => {
    const rounds = quick ? 1 : 10
    const results: Recovered[] = []
    for (let round = 0; round < rounds; round++) results.push(await loseAndRecover())
    const isRight = ({ wrong, found, orders, reviews, calls, refunded }: Recovered): boolean =>
      wrong.length === 0 &&
      found === HELD + LOST &&
      orders === HELD + 1 &&
      reviews === LOST &&
      calls === 0 &&
      refunded
    const right = results.filter(isRight).length
    const [first] = results
    const wrong = results.flatMap(one => one.wrong)
    return {
      method: `${rounds} backups before ${HELD + LOST} paid checkouts, ${HELD} of which it knows as held, and a refund of an earlier order; restored, reconciled twice by two people at once, then every review refunded twice`,
      result: `${right} of ${rounds}: ${first?.found} of ${HELD + LOST} found, ${first?.orders} orders, ${first?.reviews} under review, ${first?.calls} charges or refunds by the recovery${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: right === rounds,
      control: {
        result: `${first?.byTables} of ${HELD + LOST} found where only the restored tables are read`,
        failed: (first?.byTables ?? 0) < HELD + LOST,
      },
    }
  },
}

export const paymentRecoveryGuarantees = [restoredFindsMoney]
