import { expect, test } from 'vitest'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop, type Shopper, type TestShop } from '../../test/kit.ts'
import { readItems, readStock } from '../../test/table-contents.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { minorUnits } from '../core/money.ts'
import { checkMoney } from './check.ts'
import { readListRows } from './check-lists.ts'
import { checkProviders } from './compare-provider.ts'
import { findRecoveries, findRecovery } from './recover.ts'

const SINCE = new Date('2026-01-01')
const provider = createFakeProvider(() => new Date())

const openShop = (): Promise<TestShop> =>
  createTestShop({ books: [aBook({ stock_quantity: 100 })], providers: [provider] })

const buy = async (who: Shopper, method = 'stripe', email = 'reader@example.com'): Promise<string> => {
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  const { body } = await checkOut(who, undefined, { email, payment_method: method })
  return body.order_id
}

/** Order id of a checkout that was paid and confirmed. */
const buyPaid = async (shop: TestShop): Promise<string> => {
  const who = shop.visitor()
  const orderId = await buy(who)
  provider.pay(provider.session(orderId).ref)
  expect((await who.get(`/api/checkouts/${orderId}`)).body.state).toBe('confirmed')
  return orderId
}

const change = ({ deps, names }: TestShop, orderId: string, name: string, set: string, value: number) =>
  deps.db.write({
    action: 'Update',
    table: names.control,
    key: CONTROL_ROWS.payment.key(orderId, name),
    set: `SET ${set} = :value`,
    values: { ':value': value },
  })
const remove = ({ deps }: TestShop, table: string, key: Record<string, string>) =>
  deps.db.write({ action: 'Delete', table, key })

const differences = async ({ deps }: TestShop) => {
  const { amounts, lists, orders } = await checkMoney(deps)
  return { amounts, lists, orders }
}
const NONE = { amounts: [], lists: [], orders: [] }

test('a shop in order: payments are counted, held copies are listed, and other orders are not recorded', async () => {
  const shop = await openShop()
  await buyPaid(shop)
  await buy(shop.visitor(), 'invoice')
  const held = await buy(shop.visitor(), 'stripe', 'other@example.com')
  const old = await buy(shop.visitor(), 'invoice', 'old@example.com')
  const due = (await readListRows(shop.deps)).get(old) ?? []
  for (const { pk, sk } of due) await remove(shop, shop.names.control, { pk, sk })
  await remove(shop, shop.names.control, CONTROL_ROWS.payment.key(old, 'payment'))
  const check = await checkMoney(shop.deps)
  expect(check).toMatchObject({ ...NONE, payments: 2, notRecorded: 1, overdue: [] })
  expect(check.held).toMatchObject([{ order_id: held, state: 'held', copies: '2 × tech-001' }])
})

test('each damage is named with its order, and what lists say is repaired', async () => {
  const shop = await openShop()
  const { control, orders } = shop.names
  const [paid, sum, noOrder, due] = [
    await buyPaid(shop),
    await buyPaid(shop),
    await buyPaid(shop),
    await buy(shop.visitor(), 'invoice'),
  ]
  const held = await buy(shop.visitor(), 'stripe', 'other@example.com')
  await change(shop, sum, 'payment', 'captured', 999_999)
  const lost = (await readItems(shop, 'orders')).find(one => one.order_id === noOrder)
  await remove(shop, orders, { user_id: lost.user_id, order_id: noOrder })
  await remove(shop, control, CONTROL_ROWS.payment.key(paid, 'payment'))
  await remove(shop, control, CONTROL_ROWS.payment.key(paid, 'entry#captured'))
  for (const id of [due, held])
    for (const { pk, sk } of (await readListRows(shop.deps)).get(id) ?? [])
      await remove(shop, control, { pk, sk })
  const stale = CONTROL_ROWS.desk.key('review', `2026-11-30#${sum}`)
  await shop.deps.db.write({ action: 'Put', table: control, item: { ...stale, order_id: sum } })
  const found = await differences(shop)
  expect(found.amounts).toMatchObject([
    {
      order_id: sum,
      found: expect.stringMatching(/^captured is 9999\.99 USD, but its journal entries sum to /),
    },
  ])
  expect(found.orders.map(({ order_id }) => order_id).sort()).toEqual([paid, noOrder, noOrder].sort())
  expect(found.lists.map(({ order_id, found: text }) => `${order_id} ${text}`).sort()).toEqual(
    [
      `${due} it is missing in the list desk#due`,
      `${held} it is missing in the list holds`,
      `${held} it is missing in the list of live checkouts`,
      `${sum} it should not be in the list desk#review`,
    ].sort(),
  )
  const rows = await readListRows(shop.deps)
  for (const id of [due, held, sum, paid])
    await (await findRecovery(shop.deps, id, 'test', undefined, rows.get(id))).repair()
  const left = await differences(shop)
  expect(left.lists).toEqual([])
  expect(left.orders.map(({ order_id }) => order_id)).toEqual([noOrder, noOrder])
  const { payment } = (await shop.deps.paymentTable.records(paid)) ?? {}
  expect(payment).toMatchObject({ captured: payment?.amount, refunded: 0 })
  expect(payment?.review).toBeUndefined()
})

test('what differs at the provider is named; a live checkout that was just paid is not', async () => {
  const shop = await openShop()
  const paid = await buyPaid(shop)
  const pending = await buy(shop.visitor(), 'stripe', 'other@example.com')
  provider.pay(provider.session(pending).ref)
  const own = async () =>
    (await checkProviders(shop.deps, SINCE)).differences.filter(({ order_id }) =>
      [paid, pending].includes(order_id),
    )
  expect(await own()).toEqual([])
  provider.session(paid).captured = minorUnits(1)
  expect(await own()).toMatchObject([
    { order_id: paid, found: expect.stringMatching(/^captured is .* USD, but 0\.01 USD at the provider$/) },
  ])
})

test('a shop restored from before paid checkouts finds the money, once, and what was given back of it', async () => {
  const before = await openShop()
  const ids = [await buyPaid(before), await buyPaid(before)]
  const restored = await openShop()
  const calls = new Map(provider.calls)
  const recoverable = async () => {
    const all = []
    for await (const one of findRecoveries(restored.deps, SINCE, 'test')) all.push(one)
    return all.filter(({ order_id }) => ids.includes(order_id))
  }
  const found = await recoverable()
  expect(found.map(({ step }) => step)).toEqual(['review', 'review'])
  await Promise.all([...found, ...found].map(one => one.repair()))
  expect(await recoverable()).toEqual([])
  const { payments } = await restored.deps.paymentTable.list('review', 10)
  expect(payments.map(({ order_id }) => order_id).sort()).toEqual([...ids].sort())
  for (const id of ids)
    expect((await restored.deps.paymentTable.records(id))?.entries).toMatchObject([
      { kind: 'captured', amount: provider.session(id).captured },
    ])
  expect(await differences(restored)).toEqual(NONE)
  for (const name of ['open', 'close', 'refund']) expect(provider.calls.get(name)).toBe(calls.get(name))
  expect(await readStock(restored, 'tech-001')).toBe(100)
})

test('a checkout that was paid while its shop was being restored becomes its order', async () => {
  const shop = await openShop()
  const orderId = await buy(shop.visitor())
  provider.pay(provider.session(orderId).ref)
  const found = await findRecovery(shop.deps, orderId, 'test')
  expect(found.step).toBe('reconcile')
  await found.repair()
  expect(await readItems(shop, 'orders')).toMatchObject([{ order_id: orderId }])
  expect((await findRecovery(shop.deps, orderId, 'test')).step).toBe('none')
})
