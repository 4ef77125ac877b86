import { describe, expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS, searchTitles } from '../../../test/sample-books.ts'
import { authorNames } from '../author-names.ts'
import type { BrowseQuery } from './book-index.ts'

const index = createIndex(SAMPLE_BOOKS)

describe('filters and facets', () => {
  test('filters are combined, and a price range includes both ends', async () => {
    const found = await searchTitles(index, {
      category: 'Fiction',
      min_price_cents: 999,
      max_price_cents: 1499,
      in_stock: true,
      sort: 'title',
    })
    const expected = SAMPLE_BOOKS.filter(
      row => row.category === 'Fiction' && row.price_cents >= 999 && row.price_cents <= 1499,
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
    expect((await searchTitles(index, { author: 'Jane Austen' })).toSorted()).toEqual([
      'Emma',
      'Pride and Prejudice',
    ])
    expect(await searchTitles(index, { author: 'Fiona Stafford' })).toEqual(['Emma'])
    expect(await searchTitles(index, { author: 'Jane Austen; Fiona Stafford' })).toEqual(['Emma'])
  })

  test('an unknown category or author finds nothing, and the category facet still lists all categories', async () => {
    for (const query of [{ category: 'Nowhere' }, { author: 'Unknown Author' }]) {
      expect((await index.search.browse(browseQuery(query))).total).toBe(0)
    }
    const { facets } = await index.search.browse(browseQuery({ category: 'Nowhere' }))
    expect(facets.category).toContainEqual({ value: 'Technology', count: 3 })
  })

  test('each facet counts what its values would give with the other filters kept', async () => {
    const queries: Partial<BrowseQuery>[] = [
      {},
      { category: 'Fiction' },
      { category: 'Fiction', in_stock: true },
      { category: 'Fantasy', max_price_cents: 1499, author: 'J.R.R. Tolkien' },
      { category: 'Fantasy', max_price_cents: 1000 },
      { q: 'the', in_stock: true },
      { q: 'girl', category: 'Mystery' },
    ]
    for (const query of queries) {
      const { facets } = await index.search.browse(browseQuery(query))
      for (const category of new Set(SAMPLE_BOOKS.map(book => book.category))) {
        const count = facets.category.find(({ value }) => value === category)?.count ?? 0
        expect((await index.search.browse(browseQuery({ ...query, category }))).total, category).toBe(count)
      }
      // Only the top twenty authors are listed: any other has at most as many books as the last of them.
      const least = facets.author.length < 20 ? 0 : (facets.author.at(-1)?.count ?? 0)
      for (const author of new Set(SAMPLE_BOOKS.flatMap(book => authorNames(book.author)))) {
        const { total } = await index.search.browse(browseQuery({ ...query, author }))
        const listed = facets.author.find(({ value }) => value === author)
        if (listed === undefined) expect(total, author).toBeLessThanOrEqual(least)
        else expect(total, author).toBe(listed.count)
      }
      const bought = facets.availability.filter(({ value }) => value !== 'sold_out')
      const inStock = (await index.search.browse(browseQuery({ ...query, in_stock: true }))).total
      expect(bought.reduce((sum, { count }) => sum + count, 0)).toBe(inStock)
      const soldOut = (await index.search.browse(browseQuery({ ...query, in_stock: false }))).total
      expect(facets.availability.find(({ value }) => value === 'sold_out')?.count).toBe(soldOut)
      const { min_price_cents: _, max_price_cents: __, ...anyPrice } = query
      const bands = { 'under-10': [0, 999], '10-20': [1000, 1999], 'over-50': [5000, 1e9] } as const
      for (const [band, [from, to]] of Object.entries(bands)) {
        const { total } = await index.search.browse(
          browseQuery({ ...anyPrice, min_price_cents: from, max_price_cents: to }),
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
