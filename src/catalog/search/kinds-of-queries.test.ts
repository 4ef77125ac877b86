import { describe, expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'
import type { BrowseQuery } from './book-index.ts'

let next = 0
const book = (title: string, author = 'W. Tester', changes: Partial<ListedBook> = {}): ListedBook => ({
  book_id: `k${String(next++).padStart(3, '0')}`,
  category: 'Cases',
  title,
  author,
  price: 1000,
  availability: 'in_stock',
  created_at: '2026-01-01T00:00:00.000Z',
  ...changes,
})

const indexOf = (...books: ListedBook[]) => createIndex([...SAMPLE_BOOKS, ...books])
const titlesOf = async (index: ReturnType<typeof indexOf>, query: Partial<BrowseQuery>): Promise<string[]> =>
  (await index.search.browse(browseQuery(query))).items.map(item => item.title)

describe('authors', () => {
  const index = indexOf(
    book('Northern Letters', 'Q. X. Marlowen'),
    book('Southern Letters', 'Q.X. Marlowen'),
    book('Eastern Letters', 'QX Marlowen'),
    book('Western Letters', 'Marlowen, Q. X.'),
    book('Duo', 'Neil Gaymon/Terry Pritchett'),
    book('Trio', 'Neil Gaymon & Terry Pritchett'),
    book('Solo', 'Pritchett, Terry'),
  )

  test.each(['QX Marlowen', 'Q.X. Marlowen', 'Q. X. Marlowen', 'q x marlowen', 'Marlowen, Q.X.'])(
    'initials are found in every spelling, and are one author: %s',
    async q => {
      const { total, match, facets } = await index.search.browse(browseQuery({ q }))
      expect([total, match]).toEqual([4, 'exact'])
      expect(facets.author).toEqual([{ value: 'Q. X. Marlowen', count: 4 }])
      expect((await index.search.browse(browseQuery({ author: [q] }))).total).toBe(4)
    },
  )

  test('The Hobbit is first for its author with spaced initials', async () => {
    expect((await titlesOf(index, { q: 'J. R. R. Tolkien' }))[0]).toBe('The Hobbit')
    expect((await titlesOf(index, { q: 'Tolkien, J R R' }))[0]).toBe('The Hobbit')
  })

  test('each of several authors is a value to filter by', async () => {
    expect((await titlesOf(index, { author: ['Terry Pritchett'] })).toSorted()).toEqual([
      'Duo',
      'Solo',
      'Trio',
    ])
    expect((await titlesOf(index, { author: ['Neil Gaymon'] })).toSorted()).toEqual(['Duo', 'Trio'])
    const { facets } = await index.search.browse(browseQuery({ q: 'pritchett' }))
    expect(facets.author).toEqual([
      { value: 'Terry Pritchett', count: 3 },
      { value: 'Neil Gaymon', count: 2 },
    ])
    expect((await index.search.suggest('pritch', 5))[0]).toEqual({ kind: 'author', text: 'Terry Pritchett' })
  })

  test('an author keeps a value while one spelling is left', async () => {
    const own = indexOf(book('One', 'A. B. Corvin'), book('Two', 'AB Corvin'))
    const [first] = (await own.search.browse(browseQuery({ q: 'one corvin' }))).items
    own.rows.remove(first?.book_id ?? '')
    expect(await titlesOf(own, { author: ['A.B. Corvin'] })).toEqual(['Two'])
  })
})

describe('an ISBN', () => {
  const index = indexOf(book('Found by Number', 'Anna Tester', { isbn: '9780131103627' }))
  test.each([
    '\u200e978-0131103627',
    '9780131103627,',
    '9780131103627 (pbk.)',
    'ISBN: 978-0-13-110362-7.',
    'isbn-13 9780131103627',
    '(0131103628)',
    '０１３１１０３６２８',
    'https://shop.example/dp/0131103628/ref=sr_1',
    'found by 0-13-110362-8 please',
    '\u202a9780131103627\u202c',
  ])('is found in whatever surrounds it: %s', async q => {
    expect(await titlesOf(index, { q })).toEqual(['Found by Number'])
  })

  test('is not read out of a longer number or a wrong one', async () => {
    for (const q of ['19780131103627', '97801311036270', '9780131103628 (pbk.)'])
      expect(await titlesOf(index, { q })).toEqual([])
  })
})

describe('words with signs', () => {
  const index = indexOf(
    book('C# in Ploverton'),
    book('C++ in Ploverton'),
    book('C in Ploverton'),
    book('F# in Ploverton'),
    book('Modern C++20'),
    book('ASP.NET in Ploverton'),
    book('The Fishing Net'),
    book('?'),
    book('!!!'),
    book('%'),
  )
  test.each([
    ['c ploverton', 'C in Ploverton'],
    ['c++ in ploverton', 'C++ in Ploverton'],
    ['C# ploverton', 'C# in Ploverton'],
    ['f# ploverton', 'F# in Ploverton'],
    ['c++ modern', 'Modern C++20'],
    ['.net', 'ASP.NET in Ploverton'],
    ['asp net', 'ASP.NET in Ploverton'],
    ['net', 'The Fishing Net'],
    ['?', '?'],
    ['!!!', '!!!'],
    [' % ', '%'],
  ])('%s finds %s first', async (q, title) => {
    expect((await titlesOf(index, { q }))[0]).toBe(title)
  })

  test('a sign is not forgiven: C# is not C++, and both are not C', async () => {
    expect((await titlesOf(index, { q: 'c++' })).toSorted()).toEqual(['C++ in Ploverton', 'Modern C++20'])
    expect(await titlesOf(index, { q: 'c#' })).toEqual(['C# in Ploverton'])
    expect(await titlesOf(index, { q: '??' })).toEqual([])
  })
})

describe('marks that are letters', () => {
  const index = indexOf(
    book('ハラの本', '川田一郎'),
    book('バラの本', '川田二郎'),
    book('パラの本', '川田三郎'),
    book('किताब', 'अ लेखक'),
    book('कताब', 'ब लेखक'),
  )
  test.each(['バラの本', 'パラの本', 'ハラの本', 'ﾊﾞラの本', 'किताब', 'कताब'])(
    '%s is found first',
    async q => {
      const { items } = await index.search.browse(browseQuery({ q }))
      expect(items[0]).toMatchObject({ title: q.normalize('NFKC'), match: 'exact' })
    },
  )
})

describe('volumes', () => {
  const index = indexOf(
    ...['I', 'II', 'III', 'IV', 'V'].map(numeral => book(`King Osric ${numeral}`)),
    book('Queen Isa, Volume Two'),
    book('Queen Isa, Volume 3'),
    book('Ember Five (Saga of Asch, #1)', 'Rolf Tester', { book_id: 'z5' }),
    book('Ember Two (Saga of Asch, #2)', 'Rolf Tester', { book_id: 'z4' }),
    book('Ember Three (Saga of Asch, #3)', 'Rolf Tester', { book_id: 'z3' }),
    book('Ember Seven (Saga of Asch, #10)', 'Rolf Tester', { book_id: 'z2' }),
    book('Catching Fire (The Hunger Games, #2)', 'Suzanne Collins', { ratings_count: 1000 }),
  )
  test.each([
    ['king osric 4', 'King Osric IV'],
    ['king osric iv', 'King Osric IV'],
    ['king osric four', 'King Osric IV'],
    ['king osric v', 'King Osric V'],
    ['queen isa 2', 'Queen Isa, Volume Two'],
    ['queen isa volume iii', 'Queen Isa, Volume 3'],
    ['hunger games 2', 'Catching Fire (The Hunger Games, #2)'],
    ['saga of asch 3', 'Ember Three (Saga of Asch, #3)'],
  ])('%s finds %s first', async (q, title) => {
    expect((await titlesOf(index, { q }))[0]).toBe(title)
  })

  test('volumes that nothing else tells apart come in the order of their series', async () => {
    const found = await titlesOf(index, { q: 'saga of asch' })
    expect(found.map(title => Number(/#(\d+)/.exec(title)?.[1]))).toEqual([1, 2, 3, 10])
  })
})

describe('lists', () => {
  test('titles are sorted without their article, and numbers as numbers', async () => {
    const index = createIndex([
      book('War Diaries, Volume 10'),
      book('Badger Road'),
      book('War Diaries, Volume 2'),
      book('The Aardvark Path'),
      book('Der Zug', 'x', { language: 'de' }),
    ])
    const sorted = [
      'The Aardvark Path',
      'Badger Road',
      'War Diaries, Volume 2',
      'War Diaries, Volume 10',
      'Der Zug',
    ]
    expect(await titlesOf(index, { sort: 'title' })).toEqual(sorted)
  })

  test('sold-out books come last where nobody asked for another order, and move when they are back', async () => {
    const popular = book('Popular', 'x', { ratings_count: 9_000, availability: 'sold_out' })
    const index = createIndex([popular, book('Plain'), book('Known', 'x', { ratings_count: 50 })])
    expect(await titlesOf(index, {})).toEqual(['Known', 'Plain', 'Popular'])
    expect(await titlesOf(index, { category: ['Cases'] })).toEqual(['Known', 'Plain', 'Popular'])
    expect((await titlesOf(index, { sort: 'title' }))[2]).toBe('Popular')
    index.rows.put({ ...popular, availability: 'in_stock' })
    expect(await titlesOf(index, {})).toEqual(['Popular', 'Known', 'Plain'])
  })

  test('an ISBN that stands twice in the shop is one row in lists, searches and counts', async () => {
    const isbn = '9780131103627'
    const soldOut = book('Twice', 'Ada Berg', { book_id: 'a', isbn, availability: 'sold_out' })
    const other = book('Twice, Again', 'Ada Berg', {
      book_id: 'b',
      isbn: '0-13-110362-8',
      category: 'Others',
    })
    const index = createIndex([soldOut, other, book('Once', 'Ada Berg')])
    const shown = async () => [
      await titlesOf(index, { sort: 'title' }),
      await titlesOf(index, { q: isbn }),
      await titlesOf(index, { q: 'twice' }),
      (await index.search.categories()).length,
      index.rows.getByIsbn(isbn)?.book_id,
    ]
    expect(await shown()).toEqual([['Once', 'Twice, Again'], ['Twice, Again'], ['Twice, Again'], 2, 'b'])
    expect((await index.search.browse(browseQuery({ author: ['Ada Berg'] }))).total).toBe(2)
    expect((await index.search.suggest('twice', 5)).map(({ text }) => text)).toEqual(['Twice, Again'])
    // The other one is shown when this one is gone, has no copies either, or has another ISBN.
    index.rows.put({ ...other, availability: 'sold_out' })
    expect(await shown()).toEqual([['Once', 'Twice'], ['Twice'], ['Twice'], 1, 'a'])
    index.rows.put({ ...other, isbn: '9780306406157' })
    expect(await titlesOf(index, { sort: 'title' })).toEqual(['Once', 'Twice', 'Twice, Again'])
    index.rows.put(other)
    index.rows.remove('b')
    expect(await titlesOf(index, { sort: 'title' })).toEqual(['Once', 'Twice'])
  })
})
