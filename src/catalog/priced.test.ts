import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { cents } from '../core/money.ts'
import { createBookTable } from './table.ts'

const shelf = Array.from({ length: 16 }, (_, i) =>
  aBook({ book_id: `book-${i}`, category: i % 2 ? 'Fiction' : 'Science', price: 10 + i }),
)

const counted = (db: Dynamo) => {
  let calls = 0
  const batchGetAll: Dynamo['batchGetAll'] = (...asked) => {
    calls++
    return db.batchGetAll(...asked)
  }
  return { db: { ...db, batchGetAll }, calls: () => calls }
}

test('books that many carts ask for at once are few calls, and each cart gets its own', async () => {
  const { deps, names } = await createTestShop({ books: shelf, withStaff: false })
  const { db, calls } = counted(deps.db)
  const books = createBookTable(db, names)
  const found = await Promise.all(
    shelf.map((one, i) => books.getPricedTogether([one, shelf[(i + 1) % 16] ?? one])),
  )
  found.forEach((mine, i) => {
    const next = (i + 1) % 16
    expect([...mine.values()].map(one => [one.book_id, one.price])).toEqual([
      [`book-${i}`, 1000 + 100 * i],
      [`book-${next}`, 1000 + 100 * next],
    ])
  })
  expect(calls()).toBeLessThanOrEqual(2)
})

test('one book asked for in two categories at once is found in its own alone', async () => {
  const { deps } = await createTestShop({ books: shelf, withStaff: false })
  const [right, wrong] = await Promise.all(
    ['Science', 'Fiction'].map(category => deps.books.getPricedTogether([{ category, book_id: 'book-0' }])),
  )
  expect(right?.get('book-0')?.title).toBe(shelf[0]?.title)
  expect(wrong?.size).toBe(0)
})

test('a price that was changed is seen by whoever asks afterwards, however many ask', async () => {
  const { deps } = await createTestShop({ books: shelf, withStaff: false })
  const key = { category: 'Science', book_id: 'book-0' }
  for (let round = 1; round <= 10; round++) {
    const before = Array.from({ length: 8 }, () => deps.books.getPricedTogether([key]))
    await deps.db.write(deps.books.edit(key, { price: cents(2000 + round) }))
    const after = await Promise.all(Array.from({ length: 8 }, () => deps.books.getPricedTogether([key])))
    expect(new Set(after.map(one => one.get('book-0')?.price))).toEqual(new Set([2000 + round]))
    await Promise.all(before)
  }
})
