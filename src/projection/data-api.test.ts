/** The projection and its reports over the Data API, as on AWS. */
import { expect, test } from 'vitest'
import { startFakeDataApi } from '../../test/fake-data-api.ts'
import { aBook, checkOut, createTestShop, TEST_SECRET } from '../../test/kit.ts'
import { openTestDatabase } from '../../test/postgres.ts'
import { migrate } from '../core/sql/migrate.ts'
import { REPORT_NAMES } from '../reports/names.ts'
import { createReports } from '../reports/service.ts'
import { backfill } from './backfill.ts'
import { MIGRATIONS } from './migrations.ts'
import { claimDatabase, readGeneration } from './positions.ts'
import { createProjection } from './projection.ts'
import { writeSaved } from './saved-position.ts'
import { checkSearch, mendSearch } from './search-check.ts'
import { verify } from './verify.ts'

const shop = await createTestShop({
  books: [
    aBook({ isbn: '9780132350884' }),
    aBook({ book_id: 'two-001', title: 'Good Omens: a novel', author: 'Neil Gaiman & Terry Pratchett' }),
  ],
})
const { url, sql: direct } = await openTestDatabase()
const api = await startFakeDataApi(url)
const sql = api.open()
const { db, currency } = shop.deps
const projection = createProjection({ db, sql, names: shop.names, currency, secret: TEST_SECRET })
const parts = { ...projection, settled: async () => true }

test('migrations, backfill, changes and verification', async () => {
  expect(await migrate(sql, MIGRATIONS)).toHaveLength(MIGRATIONS.length)
  await claimDatabase(sql, projection.pseudonyms.fingerprint)
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
  await checkOut(buyer)
  await shop.visitor().post('/api/cart/items', { book_id: 'two-001' })
  api.pause(2)
  expect(await backfill(parts)).toBe(6)
  expect(await verify(parts)).toMatchObject({ missing: 0, differ: 0, extra: 0, parked: 0 })
  const key = { category: 'Technology', book_id: 'two-001' }
  await db.write({ action: 'Delete', table: shop.names.books, key })
  // What another client wrote, and PostgreSQL cannot take: it is parked, and the others are applied.
  const foreign = { ...aBook({ book_id: 'odd' }), stock_quantity: 3_000_000_000 }
  await db.write({ action: 'Put', table: shop.names.books, item: foreign })
  const result = await verify(parts, { mend: true })
  expect(result).toMatchObject({ missing: 1, differ: 0, extra: 1, mended: 2 })
  expect(await verify(parts)).toMatchObject({ missing: 0, differ: 0, extra: 0, parked: 1 })
})

test('the dictionary is made again though it is larger than an answer of the Data API', async () => {
  const words = 5_000
  const narrow = (await startFakeDataApi(url, { maxAnswer: words * 40 })).open()
  await direct.query(
    `update search.books set words = words || (select array_to_tsvector(array_agg(n::text)) from generate_series(1, ${words}) n)`,
  )
  await mendSearch(narrow)
  expect(await checkSearch(narrow)).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  expect((await checkSearch(narrow)).items).toBeGreaterThan(words)
})

test('every report is the same as over the wire protocol', async () => {
  const asOf = new Date().toISOString()
  const saved = { reader: null, asOf, machineRun: '', isStopped: false, reasons: [] }
  const generation = await readGeneration(sql)
  await projection.apply([], transaction => writeSaved(transaction, saved, generation))
  const given = { shop: { timeZone: 'America/New_York' }, currency, now: () => new Date() }
  const [over, through] = [direct, sql].map(reader => createReports({ ...given, sql: { reader } }))
  for (const name of REPORT_NAMES) {
    const [one, other] = await Promise.all([over?.run(name, {}), through?.run(name, {})])
    expect(other?.rows, name).toEqual(one?.rows)
    expect(other?.as_of).toBe(one?.as_of)
  }
})
