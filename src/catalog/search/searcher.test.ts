import { expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS, searchTitles } from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'

const index = createIndex(SAMPLE_BOOKS)

/** The title is compared by its beginning: series and subtitle need not be repeated here. */
async function expectFirst(q: string, title: string): Promise<void> {
  const found = await searchTitles(index, { q })
  expect(found[0] ?? 'nothing', `first answer to "${q}"`).toMatch(new RegExp(`^${title}`))
}

test.each([
  ['the great gatsby', 'The Great Gatsby'],
  ['THE GREAT GATSBY!', 'The Great Gatsby'],
  ['quiet', 'Quiet'],
  ['clean code', 'Clean Code'],
  ['it', 'It'],
  ['1984', '1984'],
  ['room', 'Room'],
])('a title is found as it stands, subtitle left out: %s', expectFirst)

test.each([
  ['the graet gatsby', 'The Great Gatsby'],
  ['harry poter', 'Harry Potter'],
  ['pride and prejudcie', 'Pride and Prejudice'],
  ['gone gril', 'Gone Girl'],
  ['emmma', 'Emma'],
  ['matlida', 'Matilda'],
])('a slip of the finger is forgiven: %s', expectFirst)

test.each([
  ['towors of midnite', 'Towers of Midnight'],
  ['the burne identyty', 'The Bourne Identity'],
  ['emma healei', 'Elizabeth Is Missing'],
  ['sorserers stone', 'Harry Potter'],
])('what was only heard is found: %s', expectFirst)

test.each([
  ['mock', 'Mockingjay|^To Kill a Mockingbird'],
  ['the hung', 'The Hunger Games'],
  ['to kill a m', 'To Kill a Mockingbird'],
  ['pragm', 'The Pragmatic Programmer'],
  ['serv', 'nothing'],
])('the beginning of a title is enough: %s', expectFirst)

test.each([
  ['to kil a mockon', 'To Kill a Mockingbird'],
  ['pragmtaic prog', 'The Pragmatic Programmer'],
])('a slip within a beginning is forgiven: %s', expectFirst)

test.each([
  ['gabriel garcia marquez', 'One Hundred Years'],
  ['suite francaise', 'Suite Française'],
  ['GRANDPRE', 'Harry Potter'],
  ['one hundred years of sölitude', 'One Hundred Years'],
])('accents do not matter: %s', expectFirst)

test.each([
  ['gatsby great the', 'The Great Gatsby'],
  ['bride goldman princess', 'The Princess Bride'],
  ['orwell animal farm', 'Animal Farm'],
  ['ludlum bourne', 'The Bourne Identity'],
])('the order of words and a name among them do not matter: %s', expectFirst)

test.each([
  ['gats fitzgerald', 'The Great Gatsby'],
  ['tolkein hobb', 'The Hobbit'],
  ['pragm hunt', 'The Pragmatic Programmer'],
])('a name and part of a word are enough: %s', expectFirst)

test.each([
  ['theprincess bride', 'The Princess Bride'],
  ['madel ine', 'Madeline'],
  ['moc kingjay', 'Mockingjay'],
  ['gonegirl', 'Gone Girl'],
  ['the great gats by', 'The Great Gatsby'],
  ['cleancode', 'Clean Code'],
])('words may be joined or split: %s', expectFirst)

test.each([
  ['girl train', 'The Girl on the Train'],
  ['wolf table', 'A Wolf at the Table'],
  ['hundred year solitude', 'One Hundred Years'],
  ['princess brides', 'The Princess Bride'],
])('little words and plurals may be missing or too many: %s', expectFirst)

test.each([
  ['jk rowling', 'Harry Potter'],
  ['j. k. rowling', 'Harry Potter'],
  ['j k rowling', 'Harry Potter'],
  ['jrr tolkien', 'The Hobbit'],
  ['em forster', 'A Room with a View'],
])('initials are read in every spelling: %s', expectFirst)

test.each([
  ['9780061120084', 'To Kill a Mockingbird'],
  ['978-0-06-112008-4', 'To Kill a Mockingbird'],
  ['0061120081', 'To Kill a Mockingbird'],
  ['ISBN 0-06-112008-1', 'To Kill a Mockingbird'],
  ['978006112', 'To Kill a Mockingbird'],
  ['006112', 'To Kill a Mockingbird'],
])('an ISBN in any spelling, or its beginning, finds its book alone: %s', async (q, title) => {
  expect(await searchTitles(index, { q })).toEqual([title])
})

test('a name brings the books of that author before those about the author, the most read first', async () => {
  const found = await searchTitles(index, { q: 'jane austen' })
  expect(found.slice(0, 3)).toEqual(['Pride and Prejudice', 'Emma', 'The Jane Austen Book Club'])
})

test('a title signs of which are words by themselves is found by some of them', async () => {
  expect(await searchTitles(index, { q: '三' })).toEqual(['三体'])
})

test('a book that nobody has rated is found by its exact title before popular ones that begin alike', async () => {
  const unknown: ListedBook = {
    book_id: 'new',
    category: 'Fiction',
    title: 'The Great',
    author: 'A. Nobody',
    price_cents: 500,
    availability: 'in_stock',
    created_at: '2026-11-01T00:00:00.000Z',
  }
  const withNew = createIndex([...SAMPLE_BOOKS, unknown])
  expect((await searchTitles(withNew, { q: 'the great' }))[0]).toBe('The Great')
  expect((await searchTitles(withNew, { q: 'the gre' }))[0]).toBe('The Great Gatsby')
})

test('a well-typed query brings nothing but what was asked for', async () => {
  expect((await searchTitles(index, { q: 'orwell' })).toSorted()).toEqual(['1984', 'Animal Farm'])
  expect((await index.browse(browseQuery({ q: 'orwell' }))).total).toBe(2)
})

test('what is nowhere on the shelf finds nothing', async () => {
  for (const q of ['xylophonqzz', '9780000000002', '999999999', '!!!', '🙂', '\u{0}']) {
    const { items, total, facets } = await index.browse(browseQuery({ q }))
    expect([q, items.length, total]).toEqual([q, 0, 0])
    expect(facets.category).toEqual([])
  }
})

test('blank text asks for the whole shelf', async () => {
  for (const q of ['', '   ', '\t\n'])
    expect((await index.browse(browseQuery({ q }))).total).toBe(SAMPLE_BOOKS.length)
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
    await index.browse(browseQuery({ q }))
    await index.suggest(q, 8)
    expect(performance.now() - start, q.slice(0, 20)).toBeLessThan(250)
  }
  await expectFirst('the great gatsby', 'The Great Gatsby')
})
