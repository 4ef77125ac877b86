import { describe, expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop } from '../../../test/kit.ts'
import { type FeedRow, parseColumnMap, readColumns, toCells } from './feed/attributes.ts'
import { importBooks, type Outcome } from './import-books.ts'

/** Rows of a file with this header, split at semicolons. */
async function* feed(header: string, lines: readonly string[], map: readonly string[]) {
  const columns = readColumns(header.split(';'), parseColumnMap(map))
  for (const [i, line] of lines.entries())
    yield { line: i + 2, cells: toCells(line.split(';'), columns) } satisfies FeedRow
}

const importing = async (
  shop: TestShop,
  header: string,
  lines: readonly string[],
  map: readonly string[] = [],
) => {
  const outcomes: Outcome[] = []
  const source = { actor: 'test', file: 'books.csv' }
  for await (const outcome of importBooks(shop.deps, feed(header, lines, map), { source }))
    outcomes.push(outcome)
  return outcomes
}

const book = async ({ deps }: TestShop, book_id: string, category = 'Technology') =>
  deps.books.get({ category, book_id })

const CLEAN_CODE = '9780132350884'
const GATSBY = '9780743273565'
const ALL = 'title;author;price;category;stock'
const OTHER = 'A Beautiful Mind;Sylvia Nasar;9.99;Technology;5'

describe('The id of another shop', () => {
  test.each(['ID', 'SKU', 'Product ID', 'Variant SKU', 'handle'])(
    'in a column %s never matches a book of this shop',
    async column => {
      const shop = await createTestShop({ books: [aBook({ book_id: '41' })] })
      const before = await book(shop, '41')
      expect(await importing(shop, `${column};${ALL}`, [`41;${OTHER}`])).toMatchObject([
        { kind: 'refused', reason: expect.stringContaining('different book here, "Clean Code"') },
      ])
      expect(await book(shop, '41')).toEqual(before)
    },
  )

  test('is the id of a new book, and a second run finds that book again', async () => {
    const shop = await createTestShop()
    const run = () => importing(shop, `ID;${ALL}`, [`910001;${OTHER}`])
    expect(await run()).toMatchObject([{ book_id: '910001', kind: 'new' }])
    expect(await run()).toMatchObject([{ book_id: '910001', kind: 'unchanged' }])
  })

  test('gives way to the book that has the ISBN of the row', async () => {
    const shop = await createTestShop({ books: [aBook({ isbn: CLEAN_CODE }), aBook({ book_id: '7' })] })
    const line = `7;${CLEAN_CODE};Clean Code;Robert C. Martin;1.00;Technology;5`
    expect(await importing(shop, `ID;isbn;${ALL}`, [line])).toMatchObject([
      { book_id: 'tech-001', kind: 'changed' },
    ])
    expect(await book(shop, '7')).toMatchObject({ price: 4299 })
  })

  test('that collides is left out or taken as a book_id by --map', async () => {
    const shop = await createTestShop({ books: [aBook({ book_id: '7', isbn: CLEAN_CODE })] })
    const line = `7;${GATSBY};The Great Gatsby;F. Scott Fitzgerald;1.00;Technology;5`
    const header = `ID;isbn;${ALL}`
    expect(await importing(shop, header, [line])).toMatchObject([{ kind: 'refused' }])
    expect(await importing(shop, header, [line], ['ID='])).toMatchObject([
      { book_id: `isbn-${GATSBY}`, kind: 'new' },
    ])
    const priced = await importing(shop, 'ID;price', ['7;2.00'], ['ID=book_id'])
    expect(priced).toMatchObject([{ book_id: '7', kind: 'changed' }])
  })
})

test.each(['book_id', 'Book ID', 'BOOK_ID', 'bookId'])('a column %s has our ids', async column => {
  const shop = await createTestShop({ books: [aBook()] })
  expect(await importing(shop, `${column};price`, ['tech-001;1.00'])).toMatchObject([{ kind: 'changed' }])
})

test('a row whose book_id and ISBN are different books is refused, and neither is changed', async () => {
  const books = [aBook({ isbn: CLEAN_CODE }), aBook({ book_id: 'tech-002', isbn: GATSBY })]
  const shop = await createTestShop({ books })
  expect(await importing(shop, 'book_id;isbn;price', [`tech-001;${GATSBY};1.00`])).toMatchObject([
    {
      kind: 'refused',
      reason: `book_id tech-001 and ISBN ${GATSBY} are different books: the ISBN is that of tech-002`,
    },
  ])
  expect([await book(shop, 'tech-001'), await book(shop, 'tech-002')]).toMatchObject([
    { price: 4299, isbn: CLEAN_CODE },
    { price: 4299, isbn: GATSBY },
  ])
})

describe('An ISBN that two books have', () => {
  const twice = () => [aBook({ isbn: CLEAN_CODE }), aBook({ book_id: 'tech-002', isbn: '0-13-235088-2' })]

  test('refuses a row that has nothing else, and changes neither', async () => {
    const shop = await createTestShop({ books: twice() })
    expect(await importing(shop, 'isbn;price', [`${CLEAN_CODE};1.00`])).toMatchObject([
      {
        kind: 'refused',
        reason: expect.stringContaining('is that of several books (tech-001, tech-002)'),
      },
    ])
    expect(await book(shop, 'tech-001')).toMatchObject({ price: 4299 })
    expect(await book(shop, 'tech-002')).toMatchObject({ price: 4299 })
  })

  test('matches the one that the book_id names', async () => {
    const shop = await createTestShop({ books: twice() })
    expect(await importing(shop, 'book_id;isbn;price', [`tech-002;${CLEAN_CODE};1.00`])).toMatchObject([
      { book_id: 'tech-002', kind: 'changed', warnings: [] },
    ])
    expect(await book(shop, 'tech-001')).toMatchObject({ price: 4299 })
  })

  test('is said where a new book brings it, from the shop or from the same file', async () => {
    const shop = await createTestShop({ books: [aBook({ isbn: CLEAN_CODE })] })
    const lines = [`a;${CLEAN_CODE};${OTHER}`, `b;${GATSBY};${OTHER}`, `c;${GATSBY};${OTHER}`]
    expect(
      (await importing(shop, `book_id;isbn;${ALL}`, lines)).map(({ kind, warnings }) => [kind, warnings]),
    ).toEqual([
      ['new', [`ISBN ${CLEAN_CODE} is also that of tech-001`]],
      ['new', []],
      ['new', [`ISBN ${GATSBY} is also that of b`]],
    ])
  })
})

describe('A placeholder in place of an ISBN', () => {
  test.each(['0000000000', '9780000000002', '1111111111', '123456789X', '0123456789', '9876543210'])(
    '%s never matches, also where a book has it already',
    async isbn => {
      const shop = await createTestShop({ books: [aBook({ isbn })] })
      const [outcome] = await importing(shop, `isbn;${ALL}`, [`${isbn};${OTHER}`])
      expect(outcome?.kind).toBe('refused')
      expect(await book(shop, 'tech-001')).toMatchObject({ title: 'Clean Code', price: 4299 })
    },
  )
})
