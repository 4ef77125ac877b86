import { describe, expect, test, vi } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { type AuditEntry, auditTrail } from '../core/audit.ts'
import { type CategoryMove, moveCategory, readCategoryContents } from './move-category.ts'
import { readRenamed } from './renamed-categories.ts'

const ACTOR = 'command-line:ada'
const move = (from: string, to: string, what: CategoryMove['what'] = 'category.rename'): CategoryMove => ({
  actor: ACTOR,
  what,
  from,
  to,
})

const many = (count: number, category: string) =>
  Array.from({ length: count }, (_, i) =>
    aBook({ category, book_id: `${category.slice(0, 1)}${i}`, title: `Book ${i}`, stock_quantity: 5 }),
  )

const entries = async ({ deps }: TestShop, subject: string) => {
  const found: AuditEntry[] = []
  for await (const entry of auditTrail(deps.db, deps.names.control, subject)) found.push(entry)
  return found
}

const categoriesOf = async (shop: TestShop) =>
  (await shop.visitor().get('/api/categories')).body.items.map((one: { category: string }) => one.category)

describe('A category that is renamed', () => {
  test('has all its books, with stock, status and foreign attributes, under the new name', async () => {
    const retired = aBook({ book_id: 'old', status: 'retired', stock_quantity: 7 })
    const shop = await createTestShop({ books: [...many(3, 'Technology'), retired] })
    await shop.deps.db.write({
      action: 'Update',
      table: shop.names.books,
      key: { category: 'Technology', book_id: 'old' },
      set: 'SET shelf = :s',
      values: { ':s': 'A7' },
    })
    expect(await moveCategory(shop.deps, move('Technology', 'Computing'))).toEqual({ moved: 4, taken: [] })
    expect(await readCategoryContents(shop.deps.books)).toEqual(
      new Map([['Computing', { books: 4, forSale: 3, invalid: 0 }]]),
    )
    expect(await shop.deps.books.getItem({ category: 'Computing', book_id: 'old' })).toMatchObject({
      stock_quantity: 7,
      status: 'retired',
      shelf: 'A7',
    })
    expect(await categoriesOf(shop)).toEqual(['Computing'])
    expect((await shop.visitor().get('/api/books?category=Computing')).body.total).toBe(3)
    expect((await shop.visitor().get('/api/books/T1')).body.category).toBe('Computing')
  })

  test('is in the audit, with each of its books, and its former name leads to it', async () => {
    const shop = await createTestShop({ books: many(2, 'Technology') })
    await moveCategory(shop.deps, move('Technology', 'Computing'))
    expect(await entries(shop, 'category:Technology')).toMatchObject([
      {
        actor: ACTOR,
        what: 'category.rename',
        before: { category: 'Technology' },
        after: { category: 'Computing' },
      },
    ])
    expect(await entries(shop, 'book:T1')).toMatchObject([
      {
        actor: ACTOR,
        what: 'book.change',
        before: { category: 'Technology' },
        after: { category: 'Computing' },
      },
    ])
    expect((await shop.visitor().get('/api/categories/renamed')).body).toEqual({
      items: [{ category: 'Technology', now: 'Computing' }],
    })
  })

  test('leads on over several renames, and back to itself when it gets its name back', async () => {
    const shop = await createTestShop({ books: many(1, 'Technology') })
    await moveCategory(shop.deps, move('Technology', 'Computing'))
    await moveCategory(shop.deps, move('Computing', 'Software'))
    expect(Object.fromEntries(await readRenamed(shop.deps))).toEqual({
      Technology: 'Software',
      Computing: 'Software',
    })
    await moveCategory(shop.deps, move('Software', 'Technology'))
    expect(Object.fromEntries(await readRenamed(shop.deps))).toEqual({
      Computing: 'Technology',
      Software: 'Technology',
    })
    expect(await categoriesOf(shop)).toEqual(['Technology'])
  })

  test('keeps the carts that have its books, and they can be ordered and cancelled', async () => {
    const shop = await createTestShop({ books: [aBook({ stock_quantity: 5 })] })
    const shopper = shop.visitor()
    await shopper.post('/api/cart/items', { book_id: 'tech-001', quantity: 2 })
    const other = shop.visitor()
    await other.post('/api/cart/items', { book_id: 'tech-001', quantity: 1 })
    const before = await checkOut(other)
    await moveCategory(shop.deps, move('Technology', 'Computing'))
    const { body } = await shopper.get('/api/cart')
    expect(body.items).toMatchObject([{ book_id: 'tech-001', quantity: 2 }])
    expect((await checkOut(shopper)).status).toBe(201)
    expect((await other.post(`/api/orders/${before.body.order_id}/cancel`)).status).toBe(200)
    expect(await shop.deps.books.get({ category: 'Computing', book_id: 'tech-001' })).toMatchObject({
      stock_quantity: 3,
    })
  })

  test('is completed by the same command after a crash, and no book is lost or twice in between', async () => {
    const shop = await createTestShop({ books: many(12, 'Technology') })
    const transact = shop.deps.db.transact
    let calls = 0
    const spy = vi.spyOn(shop.deps.db, 'transact').mockImplementation(writes => {
      if (++calls > 6) throw new Error('crash')
      return transact(writes)
    })
    await expect(moveCategory(shop.deps, move('Technology', 'Computing'))).rejects.toThrow('crash')
    spy.mockRestore()
    const ids = (await readItems(shop, 'books')).map(({ book_id }) => book_id)
    expect(new Set(ids).size).toBe(12)
    expect(ids.length).toBe(12)
    const half = await readCategoryContents(shop.deps.books)
    expect(half.get('Technology')?.books).toBeGreaterThan(0)
    expect(half.get('Computing')?.books).toBeGreaterThan(0)
    expect(await moveCategory(shop.deps, move('Technology', 'Computing'))).toMatchObject({
      moved: half.get('Technology')?.books,
    })
    expect((await readCategoryContents(shop.deps.books)).get('Computing')?.books).toBe(12)
    expect(await entries(shop, 'category:Technology')).toHaveLength(1)
  })
})

describe('A category that is merged into another one', () => {
  test('leaves the books that are there as they are', async () => {
    const shop = await createTestShop({ books: [...many(2, 'fiction'), ...many(3, 'Fiction')] })
    const untouched = await shop.deps.books.getItem({ category: 'Fiction', book_id: 'F0' })
    expect(await moveCategory(shop.deps, move('fiction', 'Fiction', 'category.merge'))).toMatchObject({
      moved: 2,
    })
    expect(await shop.deps.books.getItem({ category: 'Fiction', book_id: 'F0' })).toEqual(untouched)
    expect(await categoriesOf(shop)).toEqual(['Fiction'])
    expect((await shop.visitor().get('/api/books?category=Fiction')).body.total).toBe(5)
  })

  test('keeps a book whose id another book has, and says so', async () => {
    const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'b2' })] })
    const twin = { ...aBook({ category: 'Computing' }), price: 1 }
    await shop.deps.db.write({ action: 'Put', table: shop.names.books, item: twin })
    const result = await moveCategory(shop.deps, move('Technology', 'Computing', 'category.merge'))
    expect(result).toEqual({ moved: 1, taken: ['tech-001'] })
    expect(await shop.deps.books.getItem({ category: 'Computing', book_id: 'tech-001' })).toMatchObject({
      price: 1,
    })
    expect(await shop.deps.books.getItem(aBook())).toMatchObject({ price: 42.99 })
  })

  test('takes books that foreign clients have put in without a pointer', async () => {
    const shop = await createTestShop()
    await shop.deps.db.write({ action: 'Put', table: shop.names.books, item: { ...aBook(), price: 42.99 } })
    expect(await moveCategory(shop.deps, move('Technology', 'Computing'))).toEqual({ moved: 1, taken: [] })
    expect((await shop.deps.books.categoriesOf(['tech-001'])).get('tech-001')).toBe('Computing')
  })
})
