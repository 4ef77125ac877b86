import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { USD_BANDS } from '../../../test/currencies.ts'
import {
  browseQuery,
  createIndex,
  restoreFrom,
  SAMPLE_BOOKS,
  searchTitles,
  snapshotOf,
} from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'
import { createBookIndex, type Sort } from './book-index.ts'

const index = createIndex(SAMPLE_BOOKS)
const book = (id: string): ListedBook => {
  const found = SAMPLE_BOOKS.find(row => row.book_id === id)
  if (found === undefined) throw new Error(`no ${id} among the sample books`)
  return found
}

describe('sorting and paging', () => {
  const keys: Record<Exclude<Sort, 'relevance'>, (a: ListedBook, b: ListedBook) => number> = {
    price_asc: (a, b) => a.price - b.price,
    price_desc: (a, b) => b.price - a.price,
    newest: (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
    rating: (a, b) => (b.average_rating ?? 0) - (a.average_rating ?? 0),
    title: () => 0,
  }

  test.each(Object.keys(keys) as (keyof typeof keys)[])(
    'the order %s holds with and without a query',
    async sort => {
      for (const query of [{}, { category: ['Fiction'] }, { q: 'the' }, { in_stock: true }]) {
        const { items, total } = await index.search.browse(browseQuery({ ...query, sort, limit: 100 }))
        expect(items).toHaveLength(total)
        expect(items.length).toBeGreaterThan(2)
        expect(items).toEqual(items.toSorted(keys[sort]))
      }
    },
  )

  const { isbn: _isbn, ...withoutIsbn } = book('b00')

  test('titles are sorted without regard to case, accents and punctuation', async () => {
    const rows = ['Éclair', 'apple', 'Zoo', '"Banana"', 'Dog'].map((title, i) => ({
      ...withoutIsbn,
      book_id: `t${i}`,
      title,
    }))
    expect(await searchTitles(createIndex(rows), { sort: 'title' })).toEqual([
      'apple',
      '"Banana"',
      'Dog',
      'Éclair',
      'Zoo',
    ])
  })

  test('books that compare equal are sorted by book_id, whatever order they were added in', async () => {
    const rows = ['c', 'a', 'b'].map(book_id => ({ ...withoutIsbn, book_id }))
    for (const sort of ['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating'] as const) {
      for (const query of [{}, { q: 'hunger games' }]) {
        const { items } = await createIndex(rows).search.browse(browseQuery({ ...query, sort }))
        expect(items.map(item => item.book_id)).toEqual(['a', 'b', 'c'])
      }
    }
  })

  test('a page starts after the last book of the previous page, wherever that is now', async () => {
    for (const query of [{ sort: 'title' }, { sort: 'title', q: 'the' }, { q: 'the' }] as const) {
      const own = createIndex(SAMPLE_BOOKS)
      const before = await own.search.browse(browseQuery({ ...query, limit: 100 }))
      const first = before.items.slice(0, 4)
      own.rows.remove(String(first[0]?.book_id))
      own.rows.remove(String(first[1]?.book_id))
      own.rows.put({ ...book('b00'), book_id: 'new', title: 'A The The', ratings_count: 9_000_000 })
      const walked: string[] = []
      let after = String(first[3]?.book_id)
      for (let offset = 4; ; ) {
        const { from, items, total } = await own.search.browse(
          browseQuery({ ...query, limit: 3, offset, after }),
        )
        walked.push(...items.map(item => item.book_id))
        offset = from + items.length
        if (items.length === 0 || offset >= total) break
        after = String(items.at(-1)?.book_id)
      }
      const expected = before.items.slice(4).map(item => item.book_id)
      expect(walked.filter(id => id !== 'new')).toEqual(expected)
    }
  })

  test('a page starts at its offset when the last book of the previous page is gone', async () => {
    const own = createIndex(SAMPLE_BOOKS)
    const { items } = await own.search.browse(browseQuery({ sort: 'title', limit: 100 }))
    own.rows.remove(String(items[3]?.book_id))
    const next = await own.search.browse(
      browseQuery({ sort: 'title', limit: 2, offset: 4, after: String(items[3]?.book_id) }),
    )
    expect(next.from).toBe(4)
    expect(next.items).toEqual(items.slice(5, 7))
  })

  test('without a query, relevance is popularity', async () => {
    const expected = ["Harry Potter and the Sorcerer's Stone", 'The Hunger Games', 'To Kill a Mockingbird']
    const found = await searchTitles(index, { limit: 3 })
    expect(found.map(title => title.split(' (')[0])).toEqual(expected)
  })

  test('without a query, sold-out books come last, and return to their place', async () => {
    const changed = createIndex(SAMPLE_BOOKS)
    const [first] = (await changed.search.browse(browseQuery({ limit: 1 }))).items
    if (!first) throw new Error('the index is empty')
    const listed = async () =>
      (await changed.search.browse(browseQuery({ limit: 1_000 }))).items.map(({ book_id }) => book_id)
    const before = await listed()
    changed.rows.put({ ...first, availability: 'sold_out' })
    expect((await listed()).indexOf(first.book_id)).toBeGreaterThan(0)
    changed.rows.put({ ...first, availability: 'few_left' })
    expect(await listed()).toEqual(before)
  })

  test('all pages together are the whole list, each book once', async () => {
    for (const query of [{}, { q: 'the' }, { category: ['Fiction'], sort: 'title' as const }]) {
      const whole = await index.search.browse(browseQuery({ ...query, limit: 1000 }))
      const pieces: string[] = []
      for (let offset = 0; offset < whole.total; offset += 3) {
        const { items } = await index.search.browse(browseQuery({ ...query, offset, limit: 3 }))
        pieces.push(...items.map(item => item.book_id))
      }
      expect(pieces).toEqual(whole.items.map(item => item.book_id))
      expect((await index.search.browse(browseQuery({ ...query, offset: whole.total }))).items).toEqual([])
    }
  })
})

describe('changes', () => {
  test('putting the same row again changes nothing and returns false', () => {
    const own = createIndex(SAMPLE_BOOKS)
    expect(own.rows.put({ ...book('b03') })).toBe(false)
    expect(own.rows.put({ ...book('b03'), price: 1 })).toBe(true)
    const { isbn: _, ...withoutIsbn } = { ...book('b03'), price: 1 }
    expect(own.rows.put(withoutIsbn)).toBe(true)
    expect(own.rows.size).toBe(SAMPLE_BOOKS.length)
  })

  test('every query sees a change at once', async () => {
    const own = createIndex(SAMPLE_BOOKS)
    await own.search.browse(browseQuery({ sort: 'price_asc' }))
    own.rows.put({
      ...book('b03'),
      price: 1,
      category: 'Classics',
      title: 'Go Set a Watchman',
      isbn: '9780062409850',
    })
    expect((await searchTitles(own, { sort: 'price_asc' }))[0]).toBe('Go Set a Watchman')
    expect(await searchTitles(own, { q: 'mockingbird harper' })).not.toContain('To Kill a Mockingbird')
    expect((await searchTitles(own, { q: 'watchman' }))[0]).toBe('Go Set a Watchman')
    expect(own.rows.getByIsbn('9780061120084')).toBeUndefined()
    expect(own.rows.getByIsbn('0062409859')?.book_id).toBe('b03')
    expect(await own.search.categories()).toContainEqual({ value: 'Classics', count: 1 })
  })

  test('a removed book is in no result, and removing it again returns false', async () => {
    const own = createIndex(SAMPLE_BOOKS)
    expect(own.rows.remove('b03')).toBe(true)
    expect(own.rows.remove('b03')).toBe(false)
    expect(own.rows.get('b03')).toBeUndefined()
    expect(own.rows.getByIsbn('9780061120084')).toBeUndefined()
    expect(own.rows.size).toBe(SAMPLE_BOOKS.length - 1)
    expect(await searchTitles(own, { q: 'to kill a mockingbird' })).not.toContain('To Kill a Mockingbird')
    expect(Array.from(own.rows.all())).toHaveLength(SAMPLE_BOOKS.length - 1)
  })

  test('of two books with one ISBN the first by book_id is found, and the other once that is removed', () => {
    const own = createIndex([book('b03'), { ...book('b03'), book_id: 'a' }])
    expect(own.rows.getByIsbn('0-06-112008-1')?.book_id).toBe('a')
    own.rows.remove('a')
    expect(own.rows.getByIsbn('9780061120084')?.book_id).toBe('b03')
  })

  test('any sequence of puts and removals gives the same results as a new index of what is left', async () => {
    const words = ['the', 'red', 'read', 'house', 'housse', 'of', 'moon', 'sun', 'jane', 'eyre', 'été', 'x']
    const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map(all => all.join(' '))
    const row = fc.record({
      book_id: fc.integer({ min: 0, max: 12 }).map(i => `b${i}`),
      category: fc.constantFrom('A', 'B', 'C'),
      title: text,
      author: text.map(name => name.replace(' ', '; ')),
      price: fc.integer({ min: 0, max: 6000 }),
      availability: fc.constantFrom('in_stock' as const, 'few_left' as const, 'sold_out' as const),
      ratings_count: fc.constantFrom(0, 10, 100_000),
      created_at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
    })
    const step = fc.oneof(
      { weight: 4, arbitrary: row },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }).map(i => `b${i}`) },
    )
    const sorts = ['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating'] as const
    const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const changed = createBookIndex(USD_BANDS)
      const kept = new Map<string, ListedBook>()
      for (const [i, change] of steps.entries()) {
        // Queries in between make the sorted lists that later changes have to maintain.
        if (i % 5 === 0)
          for (const sort of sorts) await changed.search.browse(browseQuery({ sort, category: ['A'] }))
        if (i % 7 === 0)
          for (const sort of sorts)
            await changed.search.browse(browseQuery({ sort, q: 'housee', in_stock: true }))
        if (typeof change === 'string') expect(changed.rows.remove(change)).toBe(kept.delete(change))
        else {
          changed.rows.put(change)
          kept.set(change.book_id, change)
        }
      }
      const fresh = createIndex(kept.values())
      const reloaded = await restoreFrom(await snapshotOf(changed))
      expect(changed.rows.size).toBe(kept.size)
      for (const sort of sorts) {
        for (const query of [
          {},
          { category: ['A'] },
          { in_stock: true },
          { q: 'red house' },
          { q: 'jaen moo' },
        ]) {
          const expected = await fresh.search.browse(browseQuery({ ...query, sort }))
          expect(await changed.search.browse(browseQuery({ ...query, sort }))).toEqual(expected)
          expect(await reloaded?.search.browse(browseQuery({ ...query, sort }))).toEqual(expected)
        }
      }
      expect(await changed.search.suggest('ho', 5)).toEqual(await fresh.search.suggest('ho', 5))
    })
    await fc.assert(property, { numRuns: 60 })
  })
})
