import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import { openTestDatabase } from '../../test/postgres.ts'
import { createTestProjection } from '../../test/projection.ts'
import { backfill } from './backfill.ts'
import { MIGRATIONS } from './migrations.ts'
import { checkSearch, isSearchCurrent, mendSearch } from './search-check.ts'
import { isClean, verify } from './verify.ts'

const ISBN = '9780132350884'
const shop = await createTestShop({
  books: [
    aBook({ title: 'Clean Code: A Handbook (Series, #1)', isbn: ISBN, description: 'Crafting software' }),
    aBook({ book_id: 'hid-001', title: 'Hidden Words', status: 'retired' }),
    aBook({ book_id: 'two-001', title: 'Clean Water', author: 'J. K. Rowling; JK Rowling', price: 9.5 }),
  ],
})
const projection = await createTestProjection(shop)
const { sql, apply } = projection
const { db } = shop.deps
const { books } = shop.names
const keyOf = (book_id: string) => ({ table: books, key: { category: 'Technology', book_id } })
const countOf = async (term: string) =>
  (await sql.query('select books from search.terms where term = $1', [term]))[0]?.books ?? 0
const ids = async (where: string) =>
  (await sql.query(`select book_id from search.books where ${where} order by 1`)).map(row => row.book_id)
const put = (book: ReturnType<typeof aBook>) => db.transact([{ action: 'Put', table: books, item: book }])

test('books that the public sees have a document, and their words a count', async () => {
  await backfill(projection)
  expect(await ids('true')).toEqual(['tech-001', 'two-001'])
  expect(await Promise.all(['', 'clean', 'code', 'hidden'].map(countOf))).toEqual([2, 2, 1, 0])
  const [row] = await sql.query(
    "select isbn13, price, row, fields, about @@ 'software'::tsquery as about from search.books where book_id = 'tech-001'",
  )
  expect(row).toMatchObject({ isbn13: ISBN, price: 4299, about: true, row: { availability: 'in_stock' } })
  expect(row?.fields).toContainEqual([2, ['series', '1']])
  expect(await ids("author_keys = '{jk rowling}' and authors = '{J. K. Rowling}'")).toEqual(['two-001'])
  const result = await verify(projection)
  expect(isClean(result)).toBe(true)
  expect(result.search?.items).toBe(await countOfAllTerms())
})

test('search without books is right, and stays so when it is mended', async () => {
  const { sql: empty } = await openTestDatabase({ migrations: MIGRATIONS })
  const nothing = { items: 0, missing: 0, differ: 0, extra: 0 }
  expect(await checkSearch(empty)).toEqual(nothing)
  await mendSearch(empty)
  expect(await checkSearch(empty)).toEqual(nothing)
})

const countOfAllTerms = async () =>
  (await sql.query('select count(*) as n from search.terms where books > 0'))[0]?.n

test('a book that is retired, deleted or unreadable leaves search, and comes back', async () => {
  for (const [change, isThere] of [
    [{ status: 'retired' }, false],
    [{ status: 'active' }, true],
    [{ price: 'free' }, false],
    [{}, true],
  ] as const) {
    await db.transact([
      {
        action: 'Put',
        table: books,
        item: { ...aBook({ book_id: 'two-001', title: 'Clean Water' }), ...change },
      },
    ])
    await apply([keyOf('two-001')])
    expect(await ids("book_id = 'two-001'")).toEqual(isThere ? ['two-001'] : [])
    expect(await countOf('water')).toBe(isThere ? 1 : 0)
    expect(isClean(await verify(projection))).toBe(true)
  }
  await db.transact([{ action: 'Delete', table: books, key: keyOf('two-001').key }])
  await apply([keyOf('two-001')])
  expect(await countOf('water')).toBe(0)
  expect(isClean(await verify(projection))).toBe(true)
})

test('verification sees what was changed in a document, in the dictionary or by an older version, and mends it', async () => {
  const changes = [
    "update search.books set row = jsonb_set(row::jsonb, '{title}', '\"Other\"')::json where book_id = 'tech-001'",
    "update search.books set words = array_to_tsvector('{other}')",
    'update search.books set version = 0',
    'delete from search.books',
    "update search.terms set books = books + 1 where term = 'code'",
    "delete from search.terms where term = 'clean'",
    "delete from search.pairs where term = 'clean'",
    'update search.books set hidden = true',
  ]
  for (const change of changes) {
    await sql.query(change)
    const found = await verify(projection, { mend: true })
    expect(found.missing + found.differ + found.extra, change).toBeGreaterThan(0)
    expect(isClean(await verify(projection)), change).toBe(true)
  }
  expect(await countOf('clean')).toBe(1)
  expect(await isSearchCurrent(sql)).toBe(true)
})

test('counts and hidden books stay right under concurrent applies of books that share words and an ISBN', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `con-${String(i).padStart(3, '0')}`)
  const change = async (book_id: string, round: number): Promise<void> => {
    const title = round % 3 === 0 ? 'Shared Words' : `Shared ${book_id} ${round}`
    const isbn = round % 2 === 0 ? ISBN : undefined
    if (round % 5 === 4) await db.transact([{ action: 'Delete', table: books, key: keyOf(book_id).key }])
    else await put(aBook({ book_id, title, isbn, stock_quantity: round % 4 }))
    // Others of these keys at once, in another order.
    await apply([keyOf(book_id), ...names.slice(round).map(keyOf)])
  }
  await Promise.all(
    names.map(async (name, i) => {
      for (let round = i % 3; round < 7; round++) await change(name, round)
    }),
  )
  await apply(names.map(keyOf))
  expect(await checkSearch(sql)).toMatchObject({ missing: 0, differ: 0, extra: 0 })
  expect(isClean(await verify(projection))).toBe(true)
  const shown = await ids(`isbn13 = '${ISBN}' and not hidden`)
  expect(shown).toHaveLength(1)
  expect((await ids(`isbn13 = '${ISBN}'`)).length).toBeGreaterThan(3)
})
