import { expect, test, vi } from 'vitest'
import { aBook, checkOut, createTestShop, TEST_SECRET, temporaryFolder } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { type Sql, SqlError } from '../core/sql/sql.ts'
import { erasePerson, resumeErasures } from '../privacy/erase.ts'
import { verify } from '../projection/verify.ts'
import { createLocalProjection } from './projection.ts'

test('an erasure is done only when PostgreSQL has it too: while that is down it stays begun', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const { deps, names } = shop
  const projection = await createTestProjection(shop)
  let isDown = false
  let failure = new SqlError('unavailable', 'connection refused')
  const down = () => Promise.reject(failure)
  const sql: Sql = {
    ...projection.sql,
    transaction: work => (isDown ? down() : projection.sql.transaction(work)),
  }
  const given = { db: deps.db, sql, names, currency: deps.currency, secret: TEST_SECRET }
  const beginSegment = vi.fn()
  const local = createLocalProjection({
    ...given,
    dataDir: temporaryFolder(),
    journal: { beginSegment },
    log: deps.log,
  })
  const erasing = { ...deps, projection: local }
  const buy = async () => {
    const account = await shop.account()
    await account.post('/api/cart/items', { book_id: 'tech-001' })
    expect((await checkOut(account)).status).toBe(201)
    await account.post('/api/cart/items', { book_id: 'tech-001' })
    return account
  }
  const [first, second] = [await buy(), await buy()]
  await verify(projection, { mend: true })
  const rows = async () =>
    (
      await projection.sql.query(
        `select (select count(*) from shop.customers) as accounts, (select count(*) from shop.carts where owner is not null) as carts,
          (select count(*) from shop.orders where customer is not null) as named`,
      )
    )[0]
  const state = async (userId: string) =>
    (await deps.db.get(names.control, CONTROL_ROWS.erasure.key(userId)))?.state
  expect(await rows()).toEqual({ accounts: 3, named: 2, carts: 2 })
  await erasePerson(erasing, first.userId)
  expect(await state(first.userId)).toBe('done')
  expect(await rows()).toEqual({ accounts: 2, named: 1, carts: 1 })
  expect(beginSegment).toHaveBeenCalledOnce()

  isDown = true
  await erasePerson(erasing, second.userId)
  expect(await state(second.userId)).toBe('begun')
  expect(await rows()).toEqual({ accounts: 2, named: 1, carts: 1 })
  for (const state of ['28P01', '3D000', '42501']) {
    failure = new SqlError('refused', 'not now', state)
    expect(await resumeErasures(erasing)).toBe(1)
  }
  expect(await state(second.userId)).toBe('begun')
  isDown = false
  // A database that another shop has taken is left as it is.
  const setClaim = (text: string) =>
    projection.sql.query(
      "insert into sync.positions (source, position) values ('secret', $1) on conflict (source) do update set position = excluded.position",
      [text],
    )
  await setClaim('another shop')
  expect(await local.applied([{ table: names.users, key: { user_id: second.userId } }])).toBe(false)
  await resumeErasures(erasing)
  expect(await state(second.userId)).toBe('begun')
  expect(await rows()).toEqual({ accounts: 2, named: 1, carts: 1 })
  await setClaim(projection.pseudonyms.fingerprint)
  expect(await resumeErasures(erasing)).toBe(1)
  expect(await state(second.userId)).toBe('done')
  expect(await rows()).toMatchObject({ accounts: 1, named: 0 })
  await local.stop()
})
