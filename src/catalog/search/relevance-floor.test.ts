import { describe, expect, test } from 'vitest'
import { browseQuery, createIndex } from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'
import type { BrowseQuery, Sort } from './book-index.ts'

const books = (rows: readonly (readonly [title: string, author: string])[]): ListedBook[] =>
  rows.map(([title, author], i) => ({
    book_id: `f${i}`,
    category: i % 2 === 0 ? 'Even' : 'Odd',
    title,
    author,
    price: 2000 - 100 * i,
    availability: 'in_stock',
    created_at: `2026-01-${String(i + 1).padStart(2, '0')}T00:00:00.000Z`,
  }))

/** Enough other books that no word is in most of them. */
const OTHERS = Array.from({ length: 60 }, (_, i) => [`Almanac ${1900 + i}`, `Clerk ${i}`] as const)

const index = createIndex(
  books([
    ['The Lantern Keeper', 'Mira Sollen'],
    ['Lanterns of Winter', 'Otto Brenner'],
    ['The Winter Harbour', 'Mira Sollen'],
    ['A Pocket Guide to Harbours', 'Ines Falk'],
    ['Weatherglass', 'Ruben Okafor'],
    ['Room 7314 Revisited', 'Anna Tester'],
    ['The Case of the Missing Keeper', 'Paul Dench'],
    ['Fifteen Cases', 'Paul Dench'],
    ...OTHERS,
  ]),
)

const find = async (q: string, changes: Partial<BrowseQuery> = {}) => {
  const { items, total, match, facets } = await index.search.browse(browseQuery({ q, ...changes }))
  return { found: items.map(item => [item.title, item.match]), total, match, facets }
}

describe('a hit is plausible', () => {
  test.each([
    'zzzzqq',
    'lotr',
    'qwertz',
    'asdfghjkl',
    'iphone 15 case',
    'harb0ur',
    'lamp',
    'winter tyres 205 55',
    'case study of nothing',
    'keepsake box',
  ])('%s finds nothing', async q => {
    expect(await find(q)).toMatchObject({ found: [], total: 0, match: undefined })
  })

  test('a number is not taken for another one', async () => {
    for (const q of ['7315', '7341', '1905 1906', 'almanac 19055'])
      expect((await find(q)).found.filter(([, match]) => match === 'fuzzy')).toEqual([])
    expect((await find('7315')).total).toBe(0)
    expect((await find('7314')).found).toEqual([['Room 7314 Revisited', 'exact']])
  })

  test('a typo, a word too many and a word in two are still understood, and marked', async () => {
    for (const [q, title] of [
      ['wetherglass', 'Weatherglass'],
      ['weather glass', 'Weatherglass'],
      ['the lantren keeper', 'The Lantern Keeper'],
      ['mira solen winter', 'The Winter Harbour'],
      ['the winter harbour illustrated', 'The Winter Harbour'],
    ] as const) {
      const { found, match } = await find(q)
      expect([q, ...(found[0] ?? [])]).toEqual([q, title, 'fuzzy'])
      expect(match).toBe('fuzzy')
    }
  })

  test('halves of a word are two words that follow each other', async () => {
    const own = createIndex(
      books([['House at the Beach', 'Jane Green'], ['A Green House', 'Ines Falk'], ...OTHERS]),
    )
    const { items } = await own.search.browse(browseQuery({ q: 'greenhouse' }))
    expect(items.map(({ title }) => title)).toEqual(['A Green House'])
  })

  test('words that shoppers add are not missed in a title', async () => {
    for (const q of ['weatherglass book', 'weatherglass paperback', 'a weatherglass by ruben okafor'])
      expect((await find(q)).found).toEqual([['Weatherglass', 'exact']])
  })
})

describe('matches are marked', () => {
  test('a word as typed is exact, its beginning is a prefix', async () => {
    expect((await find('winter')).found).toEqual([
      ['The Winter Harbour', 'exact'],
      ['Lanterns of Winter', 'exact'],
    ])
    expect((await find('weathergl')).found).toEqual([['Weatherglass', 'prefix']])
    expect(await find('lantern')).toMatchObject({
      found: [
        ['The Lantern Keeper', 'exact'],
        ['Lanterns of Winter', 'prefix'],
      ],
      match: 'exact',
    })
  })

  test('an ISBN is exact, its first digits are a prefix', async () => {
    const [book] = books([['Numbered', 'N. N.']])
    const own = createIndex(book ? [{ ...book, isbn: '9780131103627' }] : [])
    for (const [q, match] of [
      ['9780131103627', 'exact'],
      ['9780131', 'prefix'],
    ] as const)
      expect((await own.search.browse(browseQuery({ q }))).items.map(item => item.match)).toEqual([match])
  })

  test('without a query nothing is marked', async () => {
    const { items, match } = await index.search.browse(browseQuery())
    expect(match).toBeUndefined()
    expect(items.every(item => item.match === undefined)).toBe(true)
  })
})

describe('fuzzy matches', () => {
  const mixed = createIndex(
    books([
      ['Harbor Notes', 'Ines Falk'],
      ['Notes', 'Old Harbour'],
      ['Harbour: A Life in Notes', 'Mira Sollen'],
      ...OTHERS,
    ]),
  )

  test('never precede exact ones, in any order', async () => {
    const sorts: Sort[] = ['relevance', 'price_asc', 'price_desc', 'newest', 'title', 'rating']
    for (const sort of sorts) {
      const { items } = await mixed.search.browse(browseQuery({ q: 'harbour notes', sort }))
      const marks = items.map(item => item.match)
      expect([sort, marks], sort).toEqual([sort, marks.toSorted()])
      expect(marks[0]).toBe('exact')
    }
  })

  test('are counted by the facets as far as they are shown', async () => {
    const { total, facets } = await mixed.search.browse(browseQuery({ q: 'harbour notes' }))
    expect(facets.category.reduce((sum, { count }) => sum + count, 0)).toBe(total)
    expect((await find('zzzzqq')).facets.category).toEqual([])
  })

  test('are left out where enough books match as typed', async () => {
    const many = createIndex(
      books([
        ...Array.from({ length: 12 }, (_, i) => [`Harbour Tales ${i}`, `Writer ${i}`] as const),
        ['Harbor Tales', 'Ines Falk'],
      ]),
    )
    const { items, total } = await many.search.browse(browseQuery({ q: 'harbour tales' }))
    expect(total).toBe(12)
    expect(items.every(item => item.match === 'exact')).toBe(true)
  })
})
