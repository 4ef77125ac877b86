import { expect, test } from 'vitest'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { backfill } from './backfill.ts'
import { isClean, verify } from './verify.ts'

test('payments, refunds and journal entries are projected without the person, and verified', async () => {
  const provider = createFakeProvider()
  const shop = await createTestShop({ books: [aBook()], providers: [provider] })
  const who = shop.visitor()
  await who.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
  const { body } = await checkOut(who, undefined, { email: 'reader@example.com', payment_method: 'stripe' })
  const { ref } = provider.session()
  provider.pay(ref)
  await who.get(`/api/checkouts/${body.checkout_id}`)
  const path = `/api/orders/${body.order_id}/refunds`
  await shop.staff.post(path, { amount: 5, reason: 'a stain' }, { 'idempotency-key': 'k' })
  const projection = await createTestProjection(shop)
  const { sql, apply } = projection
  await backfill(projection)
  expect(isClean(await verify(projection))).toBe(true)
  const paid = provider.session().captured
  expect(
    await sql.query(
      'select method, currency, captured_minor, refunded_minor, due_minor from report.payments',
    ),
  ).toEqual([{ method: 'stripe', currency: 'USD', captured_minor: paid, refunded_minor: 500, due_minor: 0 }])
  expect(
    await sql.query('select direction, amount_minor, method from report.money order by amount_minor'),
  ).toEqual([
    { direction: 'refunded', amount_minor: -500, method: 'stripe' },
    { direction: 'captured', amount_minor: paid, method: 'stripe' },
  ])
  expect(await sql.query('select state, amount_minor from report.refunds')).toEqual([
    { state: 'succeeded', amount_minor: 500 },
  ])
  expect(await sql.query('select refunded_minor, revenue_minor from report.orders')).toEqual([
    { refunded_minor: 500, revenue_minor: paid },
  ])
  const stored = JSON.stringify(await sql.query('select * from shop.payment_rows'))
  for (const secret of ['a stain', 'reader@example.com', ref]) expect(stored).not.toContain(secret)

  // A change of one row, and one that is gone, by their keys.
  const key = CONTROL_ROWS.payment.key(body.order_id, 'payment')
  const { control } = shop.names
  await shop.deps.db.write({
    action: 'Update',
    table: control,
    key,
    set: 'SET disputed = :x',
    values: { ':x': 7 },
  })
  expect((await verify(projection)).differ).toBe(1)
  // Beside a key of another kind in the same table.
  const words = CONTROL_ROWS.searchTerms.key('2026-11-30#a')
  await shop.deps.db.write({
    action: 'Put',
    table: control,
    item: { ...words, terms: [['clean', 1, 0]], expires_at: 9_999_999_999 },
  })
  await apply([
    { table: control, key },
    { table: control, key: words },
  ])
  expect(await sql.query('select words from shop.searches')).toEqual([{ words: 'clean' }])
  expect(isClean(await verify(projection))).toBe(true)
  expect(await sql.query('select disputed_minor from report.payments')).toEqual([{ disputed_minor: 7 }])
})
