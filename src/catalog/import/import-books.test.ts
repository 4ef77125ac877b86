import { describe, expect, test, vi } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop } from '../../../test/kit.ts'
import { type AuditEntry, auditOfDay, auditTrail } from '../../core/audit.ts'
import { ShopError } from '../../core/errors.ts'
import { dayOf } from '../../core/ids.ts'
import { changeBook } from '../service.ts'
import type { FeedRow } from './feed/attributes.ts'
import { readColumns, toCells } from './feed/attributes.ts'
import { type ImportRun, importBooks, type Outcome } from './import-books.ts'
import { seed } from './seed.ts'

/** Rows as a CSV with this header would give them. */
async function* feed(header: string, ...lines: string[]): AsyncGenerator<FeedRow> {
  const columns = readColumns(header.split(','), new Map())
  for (const [i, line] of lines.entries()) yield { line: i + 2, cells: toCells(line.split(','), columns) }
}

const importing = async (
  shop: TestShop,
  rows: AsyncIterable<FeedRow>,
  run: Omit<ImportRun, 'source'> = {},
): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  const source = { actor: 'command-line:ada', file: 'books.csv' }
  for await (const outcome of importBooks(shop.deps, rows, { ...run, source })) outcomes.push(outcome)
  return outcomes
}

const kinds = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(
    [...new Set(outcomes.map(({ kind }) => kind))].map(kind => [
      kind,
      outcomes.filter(outcome => outcome.kind === kind).length,
    ]),
  )

const HEADER = 'book_id,title,author,price,stock,category'
const many = (count: number, change: (i: number) => string = () => 'Fiction') =>
  feed(HEADER, ...Array.from({ length: count }, (_, i) => `b${i},Title ${i},Author,9.99,5,${change(i)}`))

const contents = async ({ deps }: TestShop) => {
  const rows = new Map<string, unknown>()
  for await (const page of deps.books.rows())
    for (const row of page) rows.set(`${row.category} ${row.book_id}`, row)
  return rows
}

describe('An import', () => {
  test('puts new books with their pointers, and a second run writes nothing', async () => {
    const shop = await createTestShop()
    expect(kinds(await importing(shop, many(200)))).toEqual({ new: 200 })
    expect((await contents(shop)).size).toBe(200)
    expect((await shop.deps.books.categoriesOf(['b0', 'b199'])).get('b199')).toBe('Fiction')

    const transact = vi.spyOn(shop.deps.db, 'transact')
    expect(kinds(await importing(shop, many(200)))).toEqual({ unchanged: 200 })
    const tables = transact.mock.calls.flatMap(([writes]) => writes.map(({ table }) => table))
    // Only the audit's summary of the import.
    expect(tables).toEqual([shop.names.control, shop.names.control])
  })

  test('takes a row without an id for the book that has its ISBN already, whatever its id', async () => {
    const shop = await createTestShop({ books: [aBook({ isbn: '978-0-13-235088-4' })] })
    const rows = () =>
      feed('isbn,title,author,price,category', '9780132350884,Clean Code,Robert C. Martin,12.5,Technology')
    expect(await importing(shop, rows())).toMatchObject([{ book_id: 'tech-001', kind: 'changed' }])
    expect((await contents(shop)).size).toBe(1)
    expect((await shop.visitor().get('/api/books/tech-001')).body.price).toBe(12.5)
    expect(await importing(shop, rows())).toMatchObject([{ book_id: 'tech-001', kind: 'unchanged' }])
  })

  test('tells of its rows in their order', async () => {
    const shop = await createTestShop()
    const outcomes = await importing(shop, many(300))
    expect(outcomes.map(({ line }) => line)).toEqual(Array.from({ length: 300 }, (_, i) => i + 2))
  })

  test('writes what changed, moves what has another category, and leaves the rest', async () => {
    const shop = await createTestShop()
    await importing(shop, many(100))
    const outcomes = await importing(
      shop,
      many(100, i => (i % 2 === 0 ? 'Classics' : 'Fiction')),
    )
    expect(kinds(outcomes)).toEqual({ moved: 50, unchanged: 50 })
    const rows = await contents(shop)
    expect(rows.size).toBe(100)
    expect(rows.has('Classics b0') && rows.has('Fiction b1')).toBe(true)
    expect((await shop.deps.books.categoriesOf(['b0'])).get('b0')).toBe('Classics')
    expect(await importing(shop, feed('book_id,price', 'b0,1.50'))).toMatchObject([{ kind: 'changed' }])
    expect(await shop.deps.books.get({ category: 'Classics', book_id: 'b0' })).toMatchObject({
      price: 150,
      stock_quantity: 5,
      title: 'Title 0',
    })
  })

  test('keeps attributes of others when it moves a book', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    const key = { category: 'Technology', book_id: 'tech-001' }
    await shop.deps.db.write({
      action: 'Update',
      table: shop.names.books,
      key,
      set: 'SET shelf = :s',
      values: { ':s': 'A7' },
    })
    await importing(shop, feed('book_id,category', 'tech-001,Classics'))
    expect(await shop.deps.books.getItem({ ...key, category: 'Classics' })).toMatchObject({ shelf: 'A7' })
    expect(await shop.deps.books.getItem(key)).toBeUndefined()
  })

  test('only says what it would do when it runs dry', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    const before = await contents(shop)
    const rows = () =>
      feed(HEADER, 'tech-001,Other,A,1,1,Fiction', 'n1,New,A,1,1,Fiction', 'n2,,A,1,1,Fiction')
    expect(kinds(await importing(shop, rows(), { dryRun: true }))).toEqual({ moved: 1, new: 1, refused: 1 })
    expect(await contents(shop)).toEqual(before)
    expect(await shop.deps.books.categoriesOf(['n1'])).toEqual(new Map())
  })

  test('refuses a book that comes twice, and takes the others of its batch', async () => {
    const shop = await createTestShop()
    const outcomes = await importing(
      shop,
      feed(HEADER, 'a,A,B,1,1,C', 'a,Z,B,1,1,C', 'b,A,B,none,1,C', 'c,A,B,1,1,C'),
    )
    expect(outcomes.map(({ kind, reason }) => reason ?? kind)).toEqual([
      'new',
      'appears more than once in this file',
      'price "none" must be a price, for example 12.50',
      'new',
    ])
  })

  test('refuses an id under which something lies that is no book', async () => {
    const shop = await createTestShop()
    const bad = { category: 'Fiction', book_id: 'bad', title: 'Without a price' }
    await shop.deps.db.write({ action: 'Put', table: shop.names.books, item: bad })
    const outcomes = await importing(shop, feed(HEADER, 'bad,A,B,1,1,Fiction', 'good,A,B,1,1,Fiction'))
    expect(outcomes).toMatchObject([
      { kind: 'refused', reason: 'There is already a book bad.' },
      { kind: 'new' },
    ])
    expect(await shop.deps.books.getItem(bad)).toEqual(bad)
  })

  test('makes the pointer of a book that somebody put into the table by hand', async () => {
    const shop = await createTestShop()
    const item = { ...aBook(), price: 42.99 }
    await shop.deps.db.write({ action: 'Put', table: shop.names.books, item })
    const outcomes = await importing(
      shop,
      feed(HEADER, 'tech-001,Clean Code,Robert C. Martin,42.99,25,Technology'),
    )
    expect(outcomes).toMatchObject([{ kind: 'unchanged' }])
    expect(await shop.deps.books.categoriesOf(['tech-001'])).toEqual(new Map([['tech-001', 'Technology']]))
  })

  test('is seen by a shop that follows the change log', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    await importing(
      shop,
      feed(HEADER, 'n1,Brand New,A,1,1,Fiction', 'tech-001,Clean Code,Robert C. Martin,42.99,25,Classics'),
    )
    expect(shop.deps.liveIndex.index?.rows.size).toBe(1)
    await shop.deps.liveIndex.readChanges()
    expect((await shop.visitor().get('/api/books?q=brand+new')).body.total).toBe(1)
    expect((await shop.visitor().get('/api/books/tech-001')).body.category).toBe('Classics')
  })

  test('gives up with the store, and a second run finishes what it began', async () => {
    const shop = await createTestShop()
    const transact = shop.deps.db.transact
    let calls = 0
    const spy = vi.spyOn(shop.deps.db, 'transact').mockImplementation(writes => {
      if (++calls > 2) throw new ShopError('store_unavailable', 'gone')
      return transact(writes)
    })
    await expect(importing(shop, many(300))).rejects.toThrow('gone')
    spy.mockRestore()
    const { new: put, unchanged } = kinds(await importing(shop, many(300)))
    expect([put, unchanged]).toEqual([234, 66])
  })
})

describe('The changes of an import', () => {
  const rows = () =>
    feed(
      'book_id,title,author,price,status,category',
      'tech-001,Clean Code,Robert C. Martin,12.50,retired,Classics',
      'tech-002,Dirty Code,Robert C. Martin,42.99,,',
      'tech-003,Clean Code,Robert C. Martin,42.99,,Technology',
      'n1,Brand New,A,3,,Fiction',
    )
  const stocked = () => [
    aBook(),
    aBook({ book_id: 'tech-002', isbn: '9780743273565' }),
    aBook({ book_id: 'tech-003', isbn: '9780262033848' }),
  ]
  const entries = async ({ deps }: TestShop, subject: string) => {
    const found: AuditEntry[] = []
    for await (const entry of auditTrail(deps.db, deps.names.control, subject)) found.push(entry)
    return found
  }
  const today = async ({ deps }: TestShop) => {
    const found: AuditEntry[] = []
    for await (const entry of auditOfDay(deps.db, deps.names.control, dayOf(deps.now()))) found.push(entry)
    return found
  }

  test('are listed field by field, the same by a dry run and the real one', async () => {
    const shop = await createTestShop({ books: stocked() })
    const dry = await importing(shop, rows(), { dryRun: true })
    expect(dry.map(({ changes }) => changes.map(one => Object.values(one).join(' | ')))).toEqual([
      ['category | Technology | Classics', 'price | 42.99 | 12.50', 'status |  | retired'],
      ['title | Clean Code | Dirty Code'],
      [],
      ['category |  | Fiction', 'title |  | Brand New', 'price |  | 3.00', 'stock_quantity |  | 0'],
    ])
    expect(await importing(shop, rows())).toEqual(dry)
    expect((await importing(shop, rows())).flatMap(({ changes }) => changes)).toEqual([])
  })

  test('are in the audit of each book: who, which file, price and status before and after', async () => {
    const shop = await createTestShop({ books: stocked() })
    await importing(shop, rows(), { dryRun: true })
    expect(await today(shop)).toEqual([])
    await importing(shop, rows())
    const [moved, ...more] = await entries(shop, 'book:tech-001')
    expect(more).toEqual([])
    expect(moved).toMatchObject({
      actor: 'command-line:ada',
      what: 'book.change',
      before: { category: 'Technology', price: 42.99 },
      after: { category: 'Classics', price: 12.5, status: 'retired' },
      fields: ['category', 'price', 'status'],
      source: { file: 'books.csv' },
    })
    expect(await entries(shop, 'book:tech-002')).toMatchObject([{ fields: ['title'] }])
    expect(await entries(shop, 'book:tech-003')).toEqual([])
    expect(await entries(shop, 'book:n1')).toMatchObject([
      { what: 'book.create', actor: 'command-line:ada', after: { price: 3, category: 'Fiction' } },
    ])
    const day = await today(shop)
    expect(day.map(({ what, subject }) => [what, subject.split(':')[0]])).toEqual([
      ['book.change', 'book'],
      ['book.change', 'book'],
      ['books.import', 'import'],
    ])
    const summary = day.at(-1)
    expect(summary?.after).toEqual({
      file: 'books.csv',
      new: 1,
      changed: 1,
      moved: 1,
      unchanged: 1,
      refused: 0,
    })
    expect(summary?.subject).toBe(`import:${String(moved?.source?.import)}`)
  })

  test('are audited with the values that they replaced, also when an edit came in between', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    const transact = shop.deps.db.transact
    let edited = false
    vi.spyOn(shop.deps.db, 'transact').mockImplementation(async writes => {
      if (edited) return transact(writes)
      edited = true
      await changeBook(shop.deps, { actor: 'ada', bookId: 'tech-001' }, { price: 20 })
      return transact(writes)
    })
    const outcomes = await importing(shop, feed('book_id,price', 'tech-001,12.50'))
    expect(outcomes).toMatchObject([{ changes: [{ field: 'price', before: '20.00', after: '12.50' }] }])
    expect(
      (await entries(shop, 'book:tech-001')).map(({ before, after }) => [before?.price, after?.price]),
    ).toEqual([
      [42.99, 20],
      [20, 12.5],
    ])
  })
})

describe('Stock', () => {
  const sell = async (shop: TestShop, bookId: string, quantity: number) => {
    const buyer = shop.visitor()
    await buyer.post('/api/cart/items', { book_id: bookId, quantity })
    return (await checkOut(buyer)).status === 201 ? quantity : 0
  }

  test('that was sold stays sold when the file is imported and the shelf is seeded again', async () => {
    const shop = await createTestShop()
    await seed(shop.deps)
    await importing(shop, many(10))
    await shop.deps.liveIndex.readChanges()
    expect(await sell(shop, 'b3', 3)).toBe(3)
    expect(await sell(shop, 'tech-001', 3)).toBe(3)
    await seed(shop.deps)
    await importing(shop, many(10))
    await importing(
      shop,
      many(10, () => 'Moved'),
    )
    expect((await shop.staff.get('/api/books/b3/stock')).body).toMatchObject({
      stock_quantity: 2,
      category: 'Moved',
    })
    expect((await shop.staff.get('/api/books/tech-001/stock')).body.stock_quantity).toBe(22)
  })

  test('is set where that is asked for', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    expect(await importing(shop, feed('book_id,stock', 'tech-001,7'), { setStock: true })).toMatchObject([
      { kind: 'changed' },
    ])
    expect(await shop.deps.books.get(aBook())).toMatchObject({ stock_quantity: 7, price: 4299 })
  })

  test('is set after a sale that came between reading and writing, not instead of it', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    const transact = shop.deps.db.transact
    let sold = false
    vi.spyOn(shop.deps.db, 'transact').mockImplementation(async writes => {
      if (!sold) {
        sold = true
        await transact([shop.deps.books.takeStock({ ...aBook(), quantity: 3 })])
      }
      return transact(writes)
    })
    const outcomes = await importing(shop, feed('book_id,stock,category', 'tech-001,25,Classics'))
    expect(outcomes).toMatchObject([{ kind: 'moved' }])
    expect(await shop.deps.books.get({ category: 'Classics', book_id: 'tech-001' })).toMatchObject({
      stock_quantity: 22,
    })
  })

  test('loses no sale while buyers buy and every book is moved back and forth', async () => {
    const shop = await createTestShop()
    await importing(shop, many(20))
    await shop.deps.liveIndex.readChanges()
    let sold = 0
    let over = false
    const buyers = Array.from({ length: 4 }, async (_, who) => {
      for (let i = 0; !over && i < 20; i++) {
        const copies = await sell(shop, `b${(who * 5 + i) % 20}`, 1)
        sold += copies
      }
    })
    const moves = (async () => {
      for (let round = 0; round < 6; round++) {
        await importing(
          shop,
          many(20, () => (round % 2 ? 'Fiction' : 'Classics')),
        )
        await shop.deps.liveIndex.readChanges()
      }
      over = true
    })()
    await Promise.all([...buyers, moves])
    const left = [...(await contents(shop)).values()].reduce<number>(
      (sum, row) => sum + (row as { stock_quantity: number }).stock_quantity,
      0,
    )
    expect(sold).toBeGreaterThan(0)
    expect(left).toBe(20 * 5 - sold)
    expect((await contents(shop)).size).toBe(20)
  })
})
