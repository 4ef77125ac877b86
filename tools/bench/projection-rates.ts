/** How fast a projection is filled, followed and compared, beside a real engine: items a second, without rests. */
import { createDatabase } from '#src/composition/clients.ts'
import { createPgSql } from '#src/core/sql/pg.ts'
import { createJournal } from '#src/local/journal/journal.ts'
import { openJournalReader } from '#src/local/journal/reader.ts'
import { PROJECTION_READER } from '#src/local/postgres/load.ts'
import { followJournal } from '#src/local/projection.ts'
import { backfill } from '#src/projection/backfill.ts'
import { createProjection } from '#src/projection/projection.ts'
import { isClean, verify } from '#src/projection/verify.ts'
import { createTestShop, getTestEngine, TEST_SECRET, temporaryFolder } from '../../test/kit.ts'
import { runConcurrently } from '../prove/guarantee.ts'

export type ProjectionRates = {
  readonly items: number
  readonly changes: number
  /** Items a second. */
  readonly backfill: number
  readonly follow: number
  readonly verify: number
}

const WRITERS = 16
const AT = '2026-11-30T10:00:00.000Z'

/** The n-th order, of two lines. */
const orderOf = (n: number, status: string) => ({
  user_id: `user-${n}`,
  order_id: `order-2026-11-30-${n}`,
  order_date: '2026-11-30',
  status,
  created_at: AT,
  updated_at: AT,
  email: `customer-${n % 1_000}@example.com`,
  currency: 'USD',
  subtotal: 30,
  tax: 2,
  shipping: 5,
  total: 37,
  items: [1, 2].map(line => ({
    book_id: `book-${(n * line) % 5_000}`,
    title: `Title ${(n * line) % 5_000}`,
    category: `Category ${n % 40}`,
    price: 15,
    quantity: 1,
  })),
})

const bookOf = (n: number) => ({
  category: `Category ${n % 40}`,
  book_id: `book-${n}`,
  title: `Title ${n} and what follows`,
  author: `Author ${n % 500}`,
  price: 15,
  stock_quantity: 100,
  created_at: AT,
  updated_at: AT,
})

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now()
  await work()
  return (performance.now() - since) / 1000
}

/** Measures with as many orders, half of them as books, in the migrated database of the URL. Throws when PostgreSQL does not say what the tables say. */
export const measureProjection = async (url: string, orders: number): Promise<ProjectionRates> => {
  const shop = await createTestShop({ withStaff: false, indexLoaded: false })
  const { endpoint } = await getTestEngine()
  const { names, deps } = shop
  const dataDir = temporaryFolder()
  const db = createDatabase(
    deps.settings,
    () => endpoint,
    undefined,
    undefined,
    createJournal(dataDir, names),
  )
  const sql = createPgSql({ url })
  const given = { db, sql, names, currency: deps.currency, secret: TEST_SECRET }
  const projection = { ...createProjection(given), settled: async () => true }
  const put = (table: string, item: object) => db.write({ action: 'Put', table, item: { ...item } })
  const books = Math.ceil(orders / 2)
  await runConcurrently(books, WRITERS, n => put(names.books, bookOf(n)))
  await runConcurrently(orders, WRITERS, n => put(names.orders, orderOf(n, 'confirmed')))

  const items = books + orders
  const filling = await timed(() => backfill(projection))
  const comparing = await timed(async () => {
    if (!isClean(await verify(projection))) throw new Error('PostgreSQL differs from the tables')
  })
  const reader = await openJournalReader(dataDir, PROJECTION_READER, { settleMs: 0 })
  reader.commit(reader.read().position)
  const changes = Math.ceil(orders / 2)
  await runConcurrently(changes, WRITERS, n => put(names.orders, orderOf(n, 'shipped')))
  const log = { event: () => {}, failure: (error: unknown) => process.stderr.write(`${error}\n`) }
  const following = await timed(async () => {
    const follower = followJournal({ ...given, dataDir, log, isCommand: true })
    if (!(await follower.settled(new Date(), 600_000))) throw new Error('the follower does not catch up')
    await follower.stop()
  })
  await sql.close()
  await db.close()
  return {
    items,
    changes,
    backfill: items / filling,
    follow: changes / following,
    verify: items / comparing,
  }
}
