/** Checkouts and payments of a person: in the export, and after an erasure. */
import { expect, test } from 'vitest'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop, type Shopper } from '../../test/kit.ts'
import { dumpTables, readItems, readStock } from '../../test/table-contents.ts'
import { asFunction } from '../../test/table-rights.ts'
import { endCheckouts, haveEnded } from '../payments/personal-checkouts.ts'
import * as reconciling from '../payments/reconcile.ts'
import * as erase from './erase.ts'
import { exportPersonalData } from './personal-data.ts'

const resumeErasures = asFunction('Sweeper', erase.resumeErasures)
const reconcile = asFunction('Sweeper', reconciling.reconcile)
const erasePerson = asFunction('Sweeper', erase.erasePerson)

const EMAIL = 'canary-mail@example.com'
const ADDRESS = { name: 'canary-name', street: 's', city: 'c', state: 'NY', postal_code: '12345' }

const open = async () => {
  const provider = createFakeProvider()
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 9 })], providers: [provider] })
  const jane = await shop.account({ email: EMAIL })
  const buy = async (who: Shopper = jane) => {
    await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
    const body = { email: EMAIL, payment_method: 'stripe', shipping_address: ADDRESS }
    return (await checkOut(who, undefined, body)).body.order_id
  }
  // What is sold is read again into an index, which the function does not have.
  const base = { ...shop.deps, booksChanged: () => {} }
  const deps = {
    ...base,
    endCheckouts: (id: string, email: string | undefined) => endCheckouts(base, id, email),
  }
  return { shop, provider, jane, buy, deps }
}

test('the export has checkouts and payments, and nothing that opens a payment page', async () => {
  const { shop, provider, jane, buy, deps } = await open()
  const paid = await buy()
  provider.pay(provider.session(paid).ref)
  await jane.get(`/api/checkouts/${paid}`)
  const held = await buy()
  const user = await deps.users.get(jane.userId)
  if (!user) throw new Error('the account must exist')
  const data = await exportPersonalData(deps, user, true)
  expect(data.checkouts.map(({ order_id, state }) => [order_id, state]).sort()).toEqual(
    [
      [paid, 'confirmed'],
      [held, 'held'],
    ].sort(),
  )
  expect(data.payments).toMatchObject([{ order_id: paid, captured: 5242, entries: [{ kind: 'captured' }] }])
  expect(data.invoice_allowed).toBe(false)
  const text = JSON.stringify(data)
  for (const secret of ['session-', 'pay.example', 'idempotency_key']) expect(text).not.toContain(secret)
  expect(text).toContain('canary-name')
  expect(shop.reportedErrors).toEqual([])
})

test('an erasure closes a live checkout at the provider: not paid, its copies are back', async () => {
  const { shop, provider, jane, buy, deps } = await open()
  const held = await buy()
  expect(await haveEnded(deps, jane.userId, EMAIL)).toBe(false)
  await erasePerson(deps, jane.userId)
  expect(await haveEnded(deps, jane.userId, EMAIL)).toBe(true)
  expect(provider.session(held).status).toBe('closed')
  expect(await readStock(shop, 'tech-001')).toBe(9)
  expect((await deps.checkouts.get(held))?.state).toBe('released')
  expect((await dumpTables(shop)).match(/canary-(name|mail)/g)).toEqual(['canary-mail'])
})

test('an erasure of a checkout that was just paid: it is an order, which keeps its address until it arrives', async () => {
  const { shop, provider, jane, buy, deps } = await open()
  const held = await buy()
  provider.pay(provider.session(held).ref)
  await erasePerson(deps, jane.userId)
  const [order, ...others] = await readItems(shop, 'orders')
  expect(others).toEqual([])
  expect(order).toMatchObject({ order_id: held, shipping_address: { name: 'canary-name' } })
  expect([order.email, typeof order.retain_until]).toEqual([undefined, 'string'])
  expect((await deps.paymentTable.get(held))?.captured).toBe(5242)
})

test('an erasure while a debit is on its way: the checkout loses the email, and the order that it becomes is restricted', async () => {
  const { shop, provider, jane, buy, deps } = await open()
  const held = await buy()
  const session = provider.session(held)
  provider.processing(session.ref)
  await erasePerson(deps, jane.userId)
  expect(await resumeErasures(deps)).toBe(0)
  expect((await deps.checkouts.get(held))?.state).toBe('processing')
  expect((await dumpTables(shop)).match(/canary-(name|mail)/g)?.sort()).toEqual([
    'canary-mail',
    'canary-name',
  ])
  session.status = 'open'
  provider.pay(session.ref)
  await reconcile(deps, held)
  const [order] = await readItems(shop, 'orders')
  expect([order.order_id, order.email, typeof order.retain_until]).toEqual([held, undefined, 'string'])
  expect(shop.reportedErrors).toEqual([])
})

test('an erasure while the provider does not answer stays begun, and is finished later', async () => {
  const { shop, provider, jane, buy, deps } = await open()
  const held = await buy()
  provider.faults.set('close', 'before')
  await erasePerson(deps, jane.userId)
  expect(shop.reportedErrors.splice(0)).toHaveLength(1)
  expect(await deps.users.get(jane.userId)).toBeUndefined()
  provider.faults.clear()
  expect(await resumeErasures(deps)).toBe(1)
  expect((await deps.checkouts.get(held))?.state).toBe('released')
  expect(await resumeErasures(deps)).toBe(0)
  expect((await dumpTables(shop)).match(/canary-name/g)).toBeNull()
})
