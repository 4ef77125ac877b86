import { describe, expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { announceAll, checkCatalog, repairPointers } from './check.ts'

const put = ({ deps, names }: TestShop, changes: Record<string, unknown>) =>
  deps.db.write({ action: 'Put', table: names.books, item: { ...aBook(), price: 42.99, ...changes } })

/** A pointer to where there is nothing. */
const pointNowhere = ({ deps }: TestShop, book_id: string) =>
  deps.db.write(deps.books.makePointer({ category: 'Nowhere', book_id }))

const healthy = {
  badRows: [],
  imprecise: [],
  duplicates: [],
  sharedIsbns: [],
  similarCategories: [],
  withoutPointer: [],
  dangling: [],
}

test('A shop whose books have all been put by it is found healthy', async () => {
  const shop = await createTestShop({ books: [aBook(), aBook({ book_id: 'tech-002', status: 'retired' })] })
  const { keys, ...rest } = await checkCatalog(shop.deps)
  expect(keys).toHaveLength(2)
  expect(rest).toEqual({ ...healthy, forSale: 1 })
})

describe('The check names', () => {
  test('rows that are no books, with their problem', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    await put(shop, { book_id: 'bad', price: 'cheap' })
    const check = await checkCatalog(shop.deps)
    expect(check.badRows).toMatchObject([
      { category: 'Technology', book_id: 'bad', problem: expect.stringContaining('price') },
    ])
    expect(check.keys).toHaveLength(1)
  })

  test('ids that are in two categories', async () => {
    const shop = await createTestShop({ books: [aBook()] })
    await put(shop, { category: 'Classics' })
    expect((await checkCatalog(shop.deps)).duplicates).toEqual([
      { book_id: 'tech-001', categories: ['Classics', 'Technology'] },
    ])
  })

  test('ISBNs that several books have, in whatever notation, but no placeholders', async () => {
    const shop = await createTestShop()
    for (const [i, isbn] of ['9780132350884', '0-13-235088-2', '0000000000', '9780000000002'].entries())
      await put(shop, { book_id: `b${i}`, isbn })
    expect((await checkCatalog(shop.deps)).sharedIsbns).toEqual([
      { isbn: '9780132350884', book_ids: ['b0', 'b1'] },
    ])
  })

  test('books without pointers and pointers without books', async () => {
    const shop = await createTestShop()
    await put(shop, {})
    await pointNowhere(shop, 'gone')
    const check = await checkCatalog(shop.deps)
    expect(check.withoutPointer).toEqual([{ category: 'Technology', book_id: 'tech-001' }])
    expect(check.dangling).toEqual([{ category: 'Nowhere', book_id: 'gone' }])
  })
})

test('Mending makes the pointers that are missing and takes away those that lead nowhere, once', async () => {
  const shop = await createTestShop()
  await put(shop, {})
  await put(shop, { book_id: 'tech-002' })
  await pointNowhere(shop, 'gone')
  await pointNowhere(shop, 'tech-002')
  const check = await checkCatalog(shop.deps)
  expect(await repairPointers(shop.deps, check)).toEqual({ made: 2, dropped: 2 })
  expect(await checkCatalog(shop.deps)).toMatchObject(healthy)
  expect(await repairPointers(shop.deps, check)).toEqual({ made: 0, dropped: 0 })
  expect(await shop.deps.books.categoriesOf(['tech-001', 'tech-002', 'gone'])).toEqual(
    new Map([
      ['tech-001', 'Technology'],
      ['tech-002', 'Technology'],
    ]),
  )
})

test('A pointer whose book has come back in the meantime stays', async () => {
  const shop = await createTestShop()
  await pointNowhere(shop, 'tech-001')
  const check = await checkCatalog(shop.deps)
  await put(shop, { category: 'Nowhere' })
  expect(await repairPointers(shop.deps, check)).toEqual({ made: 0, dropped: 0 })
  expect((await shop.deps.books.categoriesOf(['tech-001'])).get('tech-001')).toBe('Nowhere')
})

test('After an announcement a shop knows every row that somebody else has put', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  await put(shop, { book_id: 'tech-002', title: 'Foreign' })
  await announceAll(shop.deps, (await checkCatalog(shop.deps)).keys)
  await shop.deps.liveIndex.readChanges()
  expect(shop.deps.liveIndex.index?.rows.get('tech-002')?.title).toBe('Foreign')
})
