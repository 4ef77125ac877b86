import { expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS, searchTitles } from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'

const index = createIndex(SAMPLE_BOOKS)

/** The title is compared by its beginning: series and subtitle need not be repeated here. */
const expectFirst = async (q: string, title: string): Promise<void> => {
  const found = await searchTitles(index, { q })
  expect(found[0] ?? 'nothing', `first result for "${q}"`).toMatch(new RegExp(`^${title}`))
}

test.each([
  ['the great gatsby', 'The Great Gatsby'],
  ['THE GREAT GATSBY!', 'The Great Gatsby'],
  ['quiet', 'Quiet'],
  ['clean code', 'Clean Code'],
  ['it', 'It'],
  ['1984', '1984'],
  ['room', 'Room'],
])('a title is found without its subtitle: %s', expectFirst)

test.each([
  ['the graet gatsby', 'The Great Gatsby'],
  ['harry poter', 'Harry Potter'],
  ['pride and prejudcie', 'Pride and Prejudice'],
  ['gone gril', 'Gone Girl'],
  ['emmma', 'Emma'],
  ['matlida', 'Matilda'],
])('a typo is forgiven: %s', expectFirst)

test.each([
  ['towors of midnite', 'Towers of Midnight'],
  ['the burne identyty', 'The Bourne Identity'],
  ['emma healei', 'Elizabeth Is Missing'],
  ['sorserers stone', 'Harry Potter'],
])('a phonetic spelling is understood: %s', expectFirst)

test.each([
  ['mock', 'Mockingjay|^To Kill a Mockingbird'],
  ['the hung', 'The Hunger Games'],
  ['to kill a m', 'To Kill a Mockingbird'],
  ['pragm', 'The Pragmatic Programmer'],
  ['serv', 'nothing'],
])('a prefix of the title is enough: %s', expectFirst)

test.each([
  ['to kil a mockon', 'To Kill a Mockingbird'],
  ['pragmtaic prog', 'The Pragmatic Programmer'],
])('a typo in a prefix is forgiven: %s', expectFirst)

test.each([
  ['gabriel garcia marquez', 'One Hundred Years'],
  ['suite francaise', 'Suite Française'],
  ['GRANDPRE', 'Harry Potter'],
  ['one hundred years of sölitude', 'One Hundred Years'],
])('accents are ignored: %s', expectFirst)

test.each([
  ['gatsby great the', 'The Great Gatsby'],
  ['bride goldman princess', 'The Princess Bride'],
  ['orwell animal farm', 'Animal Farm'],
  ['ludlum bourne', 'The Bourne Identity'],
])('words are found in any order, with or without the author: %s', expectFirst)

test.each([
  ['gats fitzgerald', 'The Great Gatsby'],
  ['tolkein hobb', 'The Hobbit'],
  ['pragm hunt', 'The Pragmatic Programmer'],
])('an author and part of a word are enough: %s', expectFirst)

test.each([
  ['theprincess bride', 'The Princess Bride'],
  ['madel ine', 'Madeline'],
  ['moc kingjay', 'Mockingjay'],
  ['gonegirl', 'Gone Girl'],
  ['the great gats by', 'The Great Gatsby'],
  ['cleancode', 'Clean Code'],
])('joined and split words are understood: %s', expectFirst)

test.each([
  ['girl train', 'The Girl on the Train'],
  ['wolf table', 'A Wolf at the Table'],
  ['hundred year solitude', 'One Hundred Years'],
  ['princess brides', 'The Princess Bride'],
])('missing stop words and extra plurals are forgiven: %s', expectFirst)

test.each([
  ['jk rowling', 'Harry Potter'],
  ['j. k. rowling', 'Harry Potter'],
  ['j k rowling', 'Harry Potter'],
  ['jrr tolkien', 'The Hobbit'],
  ['em forster', 'A Room with a View'],
])('initials are understood in every spelling: %s', expectFirst)

test.each([
  ['9780061120084', 'To Kill a Mockingbird'],
  ['978-0-06-112008-4', 'To Kill a Mockingbird'],
  ['0061120081', 'To Kill a Mockingbird'],
  ['ISBN 0-06-112008-1', 'To Kill a Mockingbird'],
  ['978006112', 'To Kill a Mockingbird'],
  ['006112', 'To Kill a Mockingbird'],
])('an ISBN in any spelling, or a prefix of it, finds its book alone: %s', async (q, title) => {
  expect(await searchTitles(index, { q })).toEqual([title])
})

test('a name finds the books by that author before those about the author, the most popular first', async () => {
  const found = await searchTitles(index, { q: 'jane austen' })
  expect(found.slice(0, 3)).toEqual(['Pride and Prejudice', 'Emma', 'The Jane Austen Book Club'])
})

test('a title in a script without spaces is found by a part of it', async () => {
  expect(await searchTitles(index, { q: '三' })).toEqual(['三体'])
})

test('an unrated book is found by its exact title before popular ones with the same prefix', async () => {
  const unknown: ListedBook = {
    book_id: 'new',
    category: 'Fiction',
    title: 'The Great',
    author: 'A. Newcomer',
    price: 500,
    availability: 'in_stock',
    created_at: '2026-11-01T00:00:00.000Z',
  }
  const withNew = createIndex([...SAMPLE_BOOKS, unknown])
  expect((await searchTitles(withNew, { q: 'the great' }))[0]).toBe('The Great')
  expect((await searchTitles(withNew, { q: 'the gre' }))[0]).toBe('The Great Gatsby')
})

test('a query without typos finds nothing but exact matches', async () => {
  expect((await searchTitles(index, { q: 'orwell' })).toSorted()).toEqual(['1984', 'Animal Farm'])
  expect((await index.search.browse(browseQuery({ q: 'orwell' }))).total).toBe(2)
})

test('a query that no book fits finds nothing', async () => {
  for (const q of ['xylophonqzz', '9780000000002', '999999999', '!!!', '🙂', '\u{0}']) {
    const { items, total, facets } = await index.search.browse(browseQuery({ q }))
    expect([q, items.length, total]).toEqual([q, 0, 0])
    expect(facets.category).toEqual([])
  }
})

test('a blank query lists all books', async () => {
  for (const q of ['', '   ', '\t\n'])
    expect((await index.search.browse(browseQuery({ q }))).total).toBe(SAMPLE_BOOKS.length)
})

test('hostile text is answered quickly and without an error', async () => {
  const hostile = [
    'a'.repeat(100_000),
    'the '.repeat(50_000),
    '\ud800\udfff\udc00 lone surrogates \ud800',
    'שלום עולם',
    'مرحبا بالعالم',
    '🙂👩‍👩‍👧'.repeat(100),
    '\u0000\u0001\u001f',
    'e\u0301'.repeat(10_000),
    "'; DROP TABLE books; --",
    '__proto__ constructor toString',
    '(((((((((((a+)+)+)+$',
    Array.from({ length: 500 }, (_, i) => `wrd${i}x`).join(' '),
    'ﷺ'.repeat(200),
  ]
  for (const q of hostile) {
    const start = performance.now()
    await index.search.browse(browseQuery({ q }))
    await index.search.suggest(q, 8)
    expect(performance.now() - start, q.slice(0, 20)).toBeLessThan(250)
  }
  await expectFirst('the great gatsby', 'The Great Gatsby')
})
