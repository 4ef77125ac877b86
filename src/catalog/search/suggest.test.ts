import { expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../test/sample-books.ts'

const index = createIndex(SAMPLE_BOOKS)

test('a title is suggested from its first letters, with its book', async () => {
  expect(await index.search.suggest('the hung', 5)).toContainEqual({
    kind: 'book',
    text: 'The Hunger Games (The Hunger Games, #1)',
    book: index.rows.get('b00'),
  })
})

test('an author is suggested once, before the books', async () => {
  const found = await index.search.suggest('austen', 8)
  expect(found[0]).toEqual({ kind: 'author', text: 'Jane Austen' })
  expect(found.filter(({ kind }) => kind === 'author')).toHaveLength(1)
  expect(found.map(({ text }) => text)).toContain('Pride and Prejudice')
})

test('a category is suggested from its first letters', async () => {
  expect((await index.search.suggest('tech', 5))[0]).toEqual({ kind: 'category', text: 'Technology' })
  expect((await index.search.suggest('sci fi', 5))[0]).toEqual({ kind: 'category', text: 'Science Fiction' })
})

test('a typo is forgiven', async () => {
  expect((await index.search.suggest('tolkein', 5))[0]).toEqual({ kind: 'author', text: 'J.R.R. Tolkien' })
  expect((await index.search.suggest('mokingb', 5))[0]?.text).toBe('To Kill a Mockingbird')
})

test('popular books come first', async () => {
  const books = (await index.search.suggest('mock', 5)).map(({ text }) => text)
  expect(books.slice(0, 2).toSorted()).toEqual(['Mockingjay (The Hunger Games, #3)', 'To Kill a Mockingbird'])
})

test('at most `limit` suggestions are returned, and none for blank or unknown text', async () => {
  expect(await index.search.suggest('the', 3)).toHaveLength(3)
  expect(await index.search.suggest('the', 0)).toEqual([])
  expect(await index.search.suggest('  ', 5)).toEqual([])
  expect(await index.search.suggest('xylophonqzz', 5)).toEqual([])
})

test('an ISBN suggests its book', async () => {
  expect(await index.search.suggest('978006112008', 5)).toEqual([
    { kind: 'book', text: 'To Kill a Mockingbird', book: index.rows.get('b03') },
  ])
})

test('a removed book and its author are no longer suggested', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  own.rows.remove('b05')
  expect((await own.search.suggest('tolkien', 5)).map(({ text }) => text)).not.toContain('J.R.R. Tolkien')
})

test('two letters are enough while a query is being typed, and no hit once it was sent', async () => {
  expect(await index.search.suggest('ho', 5)).not.toEqual([])
  expect((await index.search.browse(browseQuery({ q: 'ho' }))).total).toBe(0)
})
