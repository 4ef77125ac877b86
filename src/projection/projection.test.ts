import { expect, test } from 'vitest'
import { ADDRESS, aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { sweepExpired } from '../local/sweeper.ts'
import { backfill, isBackfilled, type PassOptions } from './backfill.ts'
import { RebuiltError, readGeneration, readLastRun, readParked, writePosition } from './positions.ts'
import { emptyProjection } from './rebuild.ts'
import { isClean, verify } from './verify.ts'

const shop = await createTestShop({
  books: [
    aBook(),
    aBook({ book_id: 'fic-001', category: 'Fiction', title: 'The Great Gatsby', price: 12.99 }),
    aBook({ book_id: 'two-001', title: 'Good Omens', author: 'Neil Gaiman & Terry Pratchett' }),
  ],
})
const projection = await createTestProjection(shop)
const { db } = shop.deps
const { sql, apply } = projection
const { books, orders, carts, users } = shop.names
const one = async (text: string): Promise<Record<string, unknown> | undefined> => (await sql.query(text))[0]
const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString()

test('a backfill goes on where it was cut off, and then everything is the same', async () => {
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  expect((await checkOut(buyer)).status).toBe(201)
  await shop.visitor().post('/api/cart/items', { book_id: 'fic-001' })
  const stop = new AbortController()
  let pages = 0
  await backfill(projection, {
    signal: stop.signal,
    pause: async () => {
      if (++pages === 2) stop.abort()
    },
  })
  expect(await isBackfilled(projection)).toBe(false)
  expect(await backfill(projection)).toBe(3 + 1 + 1 + 1 + 1)
  expect(await isBackfilled(projection)).toBe(true)
  expect(await readLastRun(sql, 'backfill')).toMatchObject({
    counted: { books: 3, orders: 1, carts: 1, users: 1 },
  })
  const result = await verify(projection)
  expect(result).toMatchObject({ missing: 0, differ: 0, extra: 0, parked: 0, mended: 0 })
  expect(result.tables.books).toMatchObject({ items: 3 })
  expect(await readLastRun(sql, 'verify')).toMatchObject({ kind: 'verify', counted: { books: 3 } })
})

test('a backfill during which the projection is emptied begins again; with positions that do not mind that, rows are missing', async () => {
  const rebuildAfter = (page: number): PassOptions => {
    let pages = 0
    return {
      pause: async () => {
        if (++pages === page) await emptyProjection(sql, projection.pseudonyms)
      },
    }
  }
  const generation = await readGeneration(sql)
  await emptyProjection(sql, projection.pseudonyms)
  expect(await isBackfilled(projection)).toBe(false)
  await expect(backfill(projection, rebuildAfter(1))).rejects.toThrow(RebuiltError)
  const writeOld = { source: 'journal', position: '{}', generation }
  await expect(apply([], transaction => writePosition(transaction, writeOld))).rejects.toThrow(RebuiltError)
  await backfill(projection)
  expect(await isBackfilled(projection)).toBe(true)
  expect(isClean(await verify(projection))).toBe(true)

  // The same with positions that are written for whatever generation there is.
  await emptyProjection(sql, projection.pseudonyms)
  const begun = await readGeneration(sql)
  const naive: typeof apply = (keys, within) =>
    apply(keys, async transaction => {
      const now = await readGeneration(transaction)
      const query: typeof transaction.query = (text, params = []) =>
        transaction.query(
          text,
          params.map(param => (param === begun ? now : param)),
        )
      await within?.({ query })
    })
  await backfill({ ...projection, apply: naive }, rebuildAfter(1))
  expect(await isBackfilled(projection)).toBe(true)
  expect((await verify(projection, { mend: true })).missing).toBeGreaterThan(0)

  await expect(verify(projection, rebuildAfter(1))).rejects.toThrow(RebuiltError)
  await backfill(projection)
})

test('a verification deletes what one that was killed has left', async () => {
  const left = "insert into sync.seen (run, source_key, at) values ($1, '\\x01', now() - $2::interval)"
  await sql.query(left, ['killed', '2 minutes'])
  await sql.query(left, ['running', '10 seconds'])
  await verify(projection)
  expect(await sql.query('select run from sync.seen')).toEqual([{ run: 'running' }])
  await sql.query('delete from sync.seen')
})

test('rows say what the items say: money in minor units, times, authors, lines, the state of a cart', async () => {
  const bookOf = (id: string) =>
    one(`select category, price_minor, currency, stock, created_at from report.books where book_id = '${id}'`)
  expect(await bookOf('tech-001')).toEqual({
    category: 'Technology',
    price_minor: 4299,
    currency: 'USD',
    stock: 23,
    created_at: '2025-09-05 10:00:00+00',
  })
  expect(await sql.query("select name from report.book_authors where name like '%a%' and place > 0")).toEqual(
    [{ name: 'Terry Pratchett' }],
  )
  const order = await one(
    'select status, is_account, total_minor, revenue_minor, cancelled_minor from report.orders',
  )
  expect(order).toMatchObject({ status: 'confirmed', is_account: false, cancelled_minor: 0 })
  expect(order?.revenue_minor).toBe(order?.total_minor)
  expect(
    await one(
      'select book_id, quantity, amount_minor, is_cancelled, currency, is_repeat from report.order_lines',
    ),
  ).toEqual({
    book_id: 'tech-001',
    quantity: 2,
    amount_minor: 8598,
    is_cancelled: false,
    currency: 'USD',
    is_repeat: false,
  })
  expect(await one('select copies, total_minor, outcome from report.carts')).toEqual({
    copies: 1,
    total_minor: 1299,
    outcome: 'open',
  })
})

test('a change is applied once; a cancelled order is no revenue, and keeps its steps', async () => {
  const [order] = (
    await db.query({
      table: orders,
      index: 'OrderDateIndex',
      where: 'order_date = :day',
      values: { ':day': new Date().toISOString().slice(0, 10) },
    })
  ).items
  const key = { table: orders, key: { user_id: String(order?.user_id), order_id: String(order?.order_id) } }
  await db.transact([{ action: 'Put', table: orders, item: { ...order, status: 'cancelled' } }])
  expect(await verify(projection)).toMatchObject({
    differ: 1,
    differences: [{ kind: 'differ', key }],
    mended: 0,
  })
  expect(await apply([key, key, { table: 'another', key: { id: '1' } }])).toEqual({
    written: 1,
    removed: 0,
    parked: 0,
  })
  expect(await apply([key])).toEqual({ written: 0, removed: 0, parked: 0 })
  const row = await one(
    'select revenue_minor, cancelled_minor = total_minor as is_all, refunded_minor from report.orders',
  )
  expect(row).toEqual({ revenue_minor: 0, is_all: true, refunded_minor: 0 })
  expect(await one('select is_cancelled from report.order_lines')).toEqual({ is_cancelled: true })
  expect(
    (await sql.query('select status from report.order_steps order by seen_at')).map(({ status }) => status),
  ).toEqual(['confirmed', 'cancelled'])
})

test('a book that moved to another category is the same book, and one that is gone keeps its name', async () => {
  const from = { table: books, key: { category: 'Fiction', book_id: 'fic-001' } }
  const item = await db.get(books, from.key)
  const to = { table: books, key: { category: 'Classics', book_id: 'fic-001' } }
  await db.transact([
    { action: 'Delete', table: books, key: from.key },
    { action: 'Put', table: books, item: { ...item, category: 'Classics', price: 14.5 } },
  ])
  expect(await verify(projection)).toMatchObject({ missing: 1, extra: 1, differ: 0 })
  await apply([from, to])
  const inReports = () =>
    sql.query(
      "select category, title, gone_at is null as is_there from report.books where book_id = 'fic-001'",
    )
  expect(await inReports()).toEqual([{ category: 'Classics', title: 'The Great Gatsby', is_there: true }])
  await db.transact([{ action: 'Delete', table: books, key: to.key }])
  await apply([to])
  expect(await inReports()).toEqual([{ category: 'Classics', title: 'The Great Gatsby', is_there: false }])
  expect(isClean(await verify(projection))).toBe(true)
  expect(
    (
      await sql.query("select price_minor from report.book_prices where book_id = 'fic-001' order by seen_at")
    ).map(row => row.price_minor),
  ).toEqual([1299, 1450])
})

test('what became of a cart: bought, abandoned when its time was over, or emptied', async () => {
  const ends = (hours: number) => Math.floor(Date.now() / 1000) + hours * 3600
  const cart = (user_id: string, expires_at: number) => ({
    user_id,
    cart_id: 'cart-2026-01-01',
    items: [],
    created_at: aMinuteAgo(),
    updated_at: aMinuteAgo(),
    expires_at,
  })
  const owners = ['user-bought', 'user-late', 'user-emptied']
  const keys = owners.map(user_id => ({ table: carts, key: { user_id, cart_id: 'cart-2026-01-01' } }))
  await db.transact([
    { action: 'Put', table: carts, item: cart('user-bought', ends(1)) },
    { action: 'Put', table: carts, item: cart('user-late', ends(-1)) },
    { action: 'Put', table: carts, item: cart('user-emptied', ends(1)) },
  ])
  await apply(keys)
  const order = {
    user_id: 'user-bought',
    order_id: 'order-2026-01-01-x',
    order_date: '2026-01-01',
    items: [],
    total: 1,
    created_at: new Date().toISOString(),
  }
  await db.transact([
    ...keys.map(({ key }) => ({ action: 'Delete' as const, table: carts, key })),
    { action: 'Put', table: orders, item: order },
  ])
  await apply([...keys, { table: orders, key: { user_id: order.user_id, order_id: order.order_id } }])
  const outcomes = await sql.query('select outcome from report.carts where gone_at is not null order by 1')
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['abandoned', 'bought', 'emptied'])
  // A later order of the same person changes nothing, and what is gone says no longer whose it was.
  const later = { ...order, user_id: 'user-emptied', order_id: 'order-2026-01-02-x' }
  await db.transact([{ action: 'Put', table: orders, item: later }])
  await apply([{ table: orders, key: { user_id: later.user_id, order_id: later.order_id } }])
  expect(await sql.query('select outcome from report.carts where gone_at is not null order by 1')).toEqual(
    outcomes,
  )
  expect(await sql.query('select from shop.carts where gone_at is not null and owner is not null')).toEqual(
    [],
  )
})

test('an item that no mapper can read is parked by name, and applied when it is mended', async () => {
  const bad = {
    category: 'Technology',
    book_id: 'bad-001',
    title: 'Broken',
    author: 'Nobody',
    price: 'free',
    stock_quantity: 1,
  }
  const huge = { user_id: 'user-huge', order_id: 'order-huge', order_date: 'soon\0', items: [], total: 9e14 }
  await db.transact([
    { action: 'Put', table: books, item: bad },
    { action: 'Put', table: orders, item: huge },
  ])
  expect(await verify(projection, { mend: true })).toMatchObject({ missing: 2, mended: 2 })
  expect(await verify(projection)).toMatchObject({ missing: 0, differ: 0, extra: 0, parked: 2 })
  expect(await readParked(sql, 10)).toEqual(
    expect.arrayContaining([
      { tbl: 'books', name: 'Technology bad-001', why: expect.stringContaining('price') },
      { tbl: 'orders', name: expect.stringMatching(/^#/), why: 'an amount is too large' },
    ]),
  )
  await db.transact([
    { action: 'Put', table: books, item: { ...bad, price: 1, title: 'NUL \0 and 𝄞' } },
    { action: 'Delete', table: orders, key: { user_id: 'user-huge', order_id: 'order-huge' } },
  ])
  expect(await verify(projection, { mend: true })).toMatchObject({ differ: 1, extra: 1 })
  expect(await readParked(sql, 10)).toEqual([])
  expect(await one("select title from report.books where book_id = 'bad-001'")).toEqual({
    title: 'NUL \uFFFD and 𝄞',
  })
})

test('an item that PostgreSQL refuses is parked, and the others are applied', async () => {
  const of = (category: string, book_id: string, title: string, price: unknown) => ({
    ...aBook({ category, book_id, title }),
    price,
  })
  const items = [
    of('Odd', 'odd-1', 'Refused', 9.5),
    of('Odd', 'odd-2', 'Taken', 9.5),
    of('Odd\0', 'odd-3', 'NUL', 'free'),
  ]
  await db.transact(items.map(item => ({ action: 'Put', table: books, item })))
  const keys = items.map(({ category, book_id }) => ({ table: books, key: { category, book_id } }))
  await sql.query("alter table shop.books add constraint refuses check (title <> 'Refused')")
  let isWithin = false
  const within = async () => {
    isWithin = true
  }
  expect(await apply(keys, within)).toEqual({ written: 1, removed: 0, parked: 2 })
  expect(isWithin).toBe(true)
  expect((await readParked(sql, 10)).map(({ name, why }) => `${name}: ${why}`)).toEqual(
    expect.arrayContaining([
      'Odd odd-1: PostgreSQL refuses it (SQLSTATE 23514)',
      expect.stringContaining('Odd\uFFFD odd-3: '),
    ]),
  )
  await sql.query('alter table shop.books drop constraint refuses')
  await db.transact(keys.map(({ key }) => ({ action: 'Delete', table: books, key })))
  await apply(keys)
  expect(await readParked(sql, 10)).toEqual([])
})

test('counted search terms are projected by day, and expire with their item; other rows of the control table are left out', async () => {
  const { key, pk } = CONTROL_ROWS.searchTerms
  const item = (id: string, terms: unknown) => ({ ...key(id), terms, expires_at: 1 })
  const items = [
    item('2026-11-30#a', [
      ['dune', 2, 0],
      ['the hobit', 1, 1],
    ]),
    item('2026-11-30#b', [
      ['dune', 1, 1],
      ['constructor', 3, 0],
    ]),
    item('2026-12-01#c', [['dune', 1, 0]]),
    item('yesterday#d', []),
  ]
  const table = shop.names.control
  await db.transact(items.map(one => ({ action: 'Put', table, item: one })))
  const keys = items.map(({ sk }) => ({ table, key: { pk, sk } }))
  const other = { table, key: { pk: 'email#a@example.com', sk: 'email' } }
  expect(await apply([...keys, other])).toEqual({ written: 3, removed: 0, parked: 1 })
  expect(isClean(await verify(projection))).toBe(true)
  const shown = () =>
    sql.query(
      'select day::text as day, words, times, without_result from report.searches order by day, words',
    )
  expect(await shown()).toEqual([
    { day: '2026-11-30', words: 'constructor', times: 3, without_result: 0 },
    { day: '2026-11-30', words: 'dune', times: 3, without_result: 1 },
    { day: '2026-12-01', words: 'dune', times: 1, without_result: 0 },
  ])
  await sweepExpired({ ...shop.deps, now: () => new Date() })
  expect(await verify(projection, { mend: true })).toMatchObject({
    extra: 4,
    tables: { searches: { items: 0 } },
  })
  expect(await sql.query('select from shop.searches')).toEqual([])
})

test('applied by many at once while it changes, an item ends as it is', async () => {
  const key = { table: books, key: { category: 'Technology', book_id: 'tech-001' } }
  const change = async (stock: number) => {
    await db.write({
      action: 'Update',
      table: books,
      key: key.key,
      set: 'SET stock_quantity = :stock',
      values: { ':stock': stock },
    })
    await apply([key])
  }
  await Promise.all(Array.from({ length: 30 }, (_, i) => change(i)))
  expect(isClean(await verify(projection))).toBe(true)
})

test('no name, address, email, phone number or user id of the tables is in the database', async () => {
  const marks = [
    'Xaviera',
    'Quibblethorpe',
    '742 Evergreen',
    'Springfield-Mark',
    '90210-77',
    '5550199',
    'xaviera@marked.example',
  ]
  const [first = '', last = '', street = '', city = '', postal_code = '', phone = '', email = ''] = marks
  const account = await shop.account({ email, firstName: first, lastName: last })
  await db.write({
    action: 'Update',
    table: users,
    key: { user_id: account.userId },
    set: 'SET phone = :phone, address = :address',
    values: {
      ':phone': phone,
      ':address': { name: `${first} ${last}`, street, city, postal_code, country: 'FR' },
    },
  })
  for (const buyer of [account, shop.visitor()]) {
    await buyer.post('/api/cart/items', { book_id: 'tech-001' })
    const shipping_address = { ...ADDRESS, name: `${first} ${last}`, street, city, postal_code, phone }
    expect((await checkOut(buyer, crypto.randomUUID(), { email, shipping_address })).status).toBe(201)
  }
  await verify(projection, { mend: true })
  // Both orders are of one customer, and the account is the same one.
  expect(
    await one('select count(*) as orders from report.orders group by customer having count(*) > 1'),
  ).toEqual({ orders: 2 })
  expect(
    await one(
      "select count(*) as accounts from report.customers join report.orders using (customer) where customers.country = 'FR'",
    ),
  ).toEqual({ accounts: 2 })
  const tables = await sql.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('shop', 'sync', 'report')",
  )
  expect(tables.length).toBeGreaterThan(10)
  let dump = ''
  for (const { name } of tables)
    dump += (await sql.query(`select t::text as row from ${name} t`)).map(({ row }) => row).join('\n')
  expect(dump).toContain('Clean Code')
  expect(dump.length).toBeGreaterThan(3_000)
  expect(
    [...marks, account.userId, 'guest-'].filter(mark => dump.toLowerCase().includes(mark.toLowerCase())),
  ).toEqual([])
})
