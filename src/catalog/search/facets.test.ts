import { describe, expect, test } from 'vitest'
import {
  browseQuery,
  createIndex,
  restoreFrom,
  SAMPLE_BOOKS,
  searchTitles,
  snapshotOf,
} from '../../../test/sample-books.ts'
import { authorNames } from '../author-names.ts'
import type { ListedBook } from '../schema.ts'
import type { BrowseQuery } from './book-index.ts'

const index = createIndex(SAMPLE_BOOKS)

describe('filters and facets', () => {
  test('filters are combined, and a price range includes both ends', async () => {
    const found = await searchTitles(index, {
      category: ['Fiction'],
      min_price: 999,
      max_price: 1499,
      in_stock: true,
      sort: 'title',
    })
    const expected = SAMPLE_BOOKS.filter(
      row => row.category === 'Fiction' && row.price >= 999 && row.price <= 1499,
    )
      .filter(row => row.availability !== 'sold_out')
      .map(row => row.title)
    expect(found.toSorted()).toEqual(expected.toSorted())
    expect(found).toContain('The Great Gatsby')
  })

  test('in_stock false returns sold-out books alone', async () => {
    const found = await index.search.browse(browseQuery({ in_stock: false }))
    expect(found.items.map(item => item.book_id).toSorted()).toEqual(['b09', 'b19', 'b29'])
  })

  test('an author is found among several, and a whole author line requires all of its names', async () => {
    expect((await searchTitles(index, { author: ['Jane Austen'] })).toSorted()).toEqual([
      'Emma',
      'Pride and Prejudice',
    ])
    expect(await searchTitles(index, { author: ['Fiona Stafford'] })).toEqual(['Emma'])
    expect(await searchTitles(index, { author: ['Jane Austen; Fiona Stafford'] })).toEqual(['Emma'])
  })

  test('an unknown category or author finds nothing, and the category facet still lists all categories', async () => {
    for (const query of [{ category: ['Nowhere'] }, { author: ['Unknown Author'] }]) {
      expect((await index.search.browse(browseQuery(query))).total).toBe(0)
    }
    const { facets } = await index.search.browse(browseQuery({ category: ['Nowhere'] }))
    expect(facets.category).toContainEqual({ value: 'Technology', count: 3 })
  })

  test('each facet counts what its values would give with the other filters kept', async () => {
    const queries: Partial<BrowseQuery>[] = [
      {},
      { category: ['Fiction'] },
      { category: ['Fiction'], in_stock: true },
      { category: ['Fantasy'], max_price: 1499, author: ['J.R.R. Tolkien'] },
      { category: ['Fantasy'], max_price: 1000 },
      { q: 'the', in_stock: true },
      { q: 'girl', category: ['Mystery'] },
    ]
    for (const query of queries) {
      const { facets } = await index.search.browse(browseQuery(query))
      for (const category of new Set(SAMPLE_BOOKS.map(book => book.category))) {
        const count = facets.category.find(({ value }) => value === category)?.count ?? 0
        expect(
          (await index.search.browse(browseQuery({ ...query, category: [category] }))).total,
          category,
        ).toBe(count)
      }
      // Only the top twenty authors are listed: any other has at most as many books as the last of them.
      const least = facets.author.length < 20 ? 0 : (facets.author.at(-1)?.count ?? 0)
      for (const author of new Set(SAMPLE_BOOKS.flatMap(book => authorNames(book.author)))) {
        const { total } = await index.search.browse(browseQuery({ ...query, author: [author] }))
        const listed = facets.author.find(({ value }) => value === author)
        if (listed === undefined) expect(total, author).toBeLessThanOrEqual(least)
        else expect(total, author).toBe(listed.count)
      }
      const bought = facets.availability.filter(({ value }) => value !== 'sold_out')
      const inStock = (await index.search.browse(browseQuery({ ...query, in_stock: true }))).total
      expect(bought.reduce((sum, { count }) => sum + count, 0)).toBe(inStock)
      const soldOut = (await index.search.browse(browseQuery({ ...query, in_stock: false }))).total
      expect(facets.availability.find(({ value }) => value === 'sold_out')?.count).toBe(soldOut)
      const { min_price: _, max_price: __, ...anyPrice } = query
      const bands = { 'under-10': [0, 999], '10-20': [1000, 1999], 'over-50': [5000, 1e9] } as const
      for (const [band, [from, to]] of Object.entries(bands)) {
        const { total } = await index.search.browse(
          browseQuery({ ...anyPrice, min_price: from, max_price: to }),
        )
        expect(facets.price.find(({ value }) => value === band)?.count, band).toBe(total)
      }
    }
  })

  test('at most twenty authors are listed, those with the most books first', async () => {
    const { facets } = await index.search.browse(browseQuery())
    expect(facets.author).toHaveLength(20)
    expect(facets.author.slice(0, 3).map(({ count }) => count)).toEqual([2, 2, 2])
    expect(facets.author[0]?.value).toBe('George Orwell')
  })

  test('categories are listed with their counts, largest first', async () => {
    expect((await index.search.categories())[0]).toEqual({ value: 'Fiction', count: 11 })
  })
})

describe('several values, and facets of optional attributes', () => {
  const book = (i: number, changes: Partial<ListedBook>): ListedBook => ({
    book_id: `m${i}`,
    category: 'Fiction',
    title: `Book ${i}`,
    author: 'Ada Berg',
    price: 1000 + i,
    availability: 'in_stock',
    created_at: '2026-01-01T00:00:00.000Z',
    ...changes,
  })
  const varied = createIndex([
    book(0, { language: 'en', published_year: 1999, average_rating: 4.5 }),
    book(1, { language: 'de', published_year: 2000, average_rating: 4, category: 'History' }),
    book(2, { language: 'en', published_year: -350, average_rating: 3.99, author: 'Cal Dorn; Eve Falk' }),
    book(3, { language: 'fr', published_year: 1899, author: 'Cal Dorn' }),
    book(4, { category: 'Poetry', published_year: 2009, author: 'Eve Falk' }),
  ])
  const find = async (query: Partial<BrowseQuery>): Promise<string[]> => {
    const { items } = await varied.search.browse(browseQuery({ sort: 'price_asc', ...query }))
    return items.map(item => item.book_id)
  }

  test('the values of a filter are alternatives, and filters are combined', async () => {
    expect(await find({ category: ['History', 'Poetry'] })).toEqual(['m1', 'm4'])
    expect(await find({ author: ['Ada Berg', 'Eve Falk'] })).toEqual(['m0', 'm1', 'm2', 'm4'])
    expect(await find({ author: ['Ada Berg', 'Cal Dorn; Eve Falk'] })).toEqual(['m0', 'm1', 'm2'])
    expect(await find({ language: ['en', 'fr'], author: ['Cal Dorn'] })).toEqual(['m2', 'm3'])
    expect(await find({ decade: ['2000', 'before-1900'] })).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect(await find({ decade: ['1990'], language: ['en'] })).toEqual(['m0'])
    expect(await find({ min_rating: 4 })).toEqual(['m0', 'm1'])
    expect(await find({ language: ['xx'] })).toEqual([])
    expect(await find({ decade: ['1910', '1990'] })).toEqual(['m0'])
  })

  test('languages, decades and least ratings are counted, each without its own filter', async () => {
    const { facets } = await varied.search.browse(browseQuery({ language: ['de'] }))
    expect(facets.language).toEqual([
      { value: 'en', count: 2 },
      { value: 'de', count: 1 },
      { value: 'fr', count: 1 },
    ])
    expect(facets.decade).toEqual([{ value: '2000', count: 1 }])
    const all = (await varied.search.browse(browseQuery())).facets
    expect(all.decade).toEqual([
      { value: '2000', count: 2 },
      { value: '1990', count: 1 },
      { value: 'before-1900', count: 2 },
    ])
    expect(all.rating).toEqual([
      { value: '4.5', count: 1 },
      { value: '4', count: 2 },
      { value: '3.5', count: 3 },
      { value: '3', count: 3 },
    ])
  })

  test('a book without the attribute has no value of it', async () => {
    const bare = createIndex([book(0, {})])
    const { facets } = await bare.search.browse(browseQuery())
    expect([facets.language, facets.decade]).toEqual([[], []])
    expect(facets.rating.every(({ count }) => count === 0)).toBe(true)
  })

  test('more authors are listed on request, and chosen ones always', async () => {
    const { facets } = await varied.search.browse(browseQuery({ facetLimit: 1, author: ['Cal Dorn'] }))
    expect(facets.author).toEqual([
      { value: 'Ada Berg', count: 2 },
      { value: 'Cal Dorn', count: 2 },
    ])
    expect(
      (await index.search.browse(browseQuery({ facetLimit: 1_000 }))).facets.author.length,
    ).toBeGreaterThan(20)
    const chosen = await varied.search.browse(browseQuery({ category: ['Poetry'], author: ['Ada Berg'] }))
    expect(chosen.facets.author).toContainEqual({ value: 'Ada Berg', count: 0 })
  })

  test('a snapshot keeps them', async () => {
    const restored = await restoreFrom(await snapshotOf(varied))
    const query = browseQuery({ language: ['en'], min_rating: 3.5 })
    expect(await restored?.search.browse(query)).toEqual(await varied.search.browse(query))
  })
})
