import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USD_BANDS } from '../../../test/currencies.ts'
import {
  browseQuery,
  collect,
  createIndex,
  restoreFrom,
  SAMPLE_BOOKS,
  snapshotOf,
} from '../../../test/sample-books.ts'
import type { ListedBook } from '../schema.ts'
import { createBookIndex } from './book-index.ts'
import { writeSections } from './sections.ts'

const index = createIndex(SAMPLE_BOOKS)
const snapshot = await snapshotOf(index)

test('a restored index gives the same results', async () => {
  const restored = await restoreFrom(snapshot)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length)
  for (const query of [
    {},
    { q: 'harry poter' },
    { category: ['Fiction'], sort: 'title' as const },
    { q: 'the' },
  ]) {
    expect(await restored?.search.browse(browseQuery(query))).toEqual(
      await index.search.browse(browseQuery(query)),
    )
  }
  expect(await restored?.search.suggest('mok', 5)).toEqual(await index.search.suggest('mok', 5))
  expect(restored?.rows.getByIsbn('0061120081')?.book_id).toBe('b03')
  expect(Array.from(restored?.rows.all() ?? [])).toEqual(SAMPLE_BOOKS)
})

test('bytes at an odd offset of a larger buffer are read as well', async () => {
  const larger = Buffer.alloc(snapshot.length + 3)
  larger.set(snapshot, 1)
  expect((await restoreFrom(larger.subarray(1, snapshot.length + 1)))?.rows.size).toBe(SAMPLE_BOOKS.length)
})

test('a restored index accepts changes and reuses empty slots', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  own.rows.remove('b02')
  const restored = await restoreFrom(await snapshotOf(own))
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length - 1)
  for (const book of SAMPLE_BOOKS) restored?.rows.put(book)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length)
  expect(await restored?.search.browse(browseQuery({ q: 'sorcerer' }))).toEqual(
    await index.search.browse(browseQuery({ q: 'sorcerer' })),
  )
})

test('changes made while a snapshot is written are not in it', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  const writing = snapshotOf(own)
  for (const { book_id } of SAMPLE_BOOKS) own.rows.remove(book_id)
  const restored = await restoreFrom(await writing)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length)
  expect(await restored?.search.browse(browseQuery({ q: 'harry poter' }))).toEqual(
    await index.search.browse(browseQuery({ q: 'harry poter' })),
  )
})

test('an empty index can be written and restored', async () => {
  const restored = await restoreFrom(await snapshotOf(createBookIndex(USD_BANDS)))
  expect(restored?.rows.size).toBe(0)
  expect((await restored?.search.browse(browseQuery({ q: 'the' })))?.total).toBe(0)
})

test('one changed byte anywhere is detected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Uint8Array.from(snapshot)
      damaged[at] = (damaged[at] ?? 0) ^ change
      expect(await restoreFrom(damaged)).toBeUndefined()
    }),
  )
})

test('a snapshot truncated anywhere is detected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), async length => {
      expect(await restoreFrom(snapshot.subarray(0, length))).toBeUndefined()
    }),
  )
})

test('foreign bytes, even well-formed containers, are rejected without an error', async () => {
  expect(await restoreFrom(new Uint8Array(0))).toBeUndefined()
  expect(await restoreFrom(new TextEncoder().encode('{"books":[]}'))).toBeUndefined()
  for (const sections of [[], [new TextEncoder().encode('[]')]]) {
    const container = Buffer.concat(await collect(writeSections(sections.length, sections)))
    expect(await restoreFrom(container)).toBeUndefined()
  }
})

test('bytes behind the last section are not ours', async () => {
  expect(await restoreFrom(Buffer.concat([snapshot, Buffer.alloc(4)]))).toBeUndefined()
})

test('parts of any size give the same index', async () => {
  for (const size of [1, 7, 4_096, snapshot.length])
    expect((await restoreFrom(snapshot, size))?.rows.size).toBe(SAMPLE_BOOKS.length)
})

test('an index knows its extent, through changes and a restart', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  const letters = SAMPLE_BOOKS.reduce((sum, { title, author }) => sum + title.length + author.length, 0)
  expect(own.extent).toEqual({ books: SAMPLE_BOOKS.length, letters })
  const [first = SAMPLE_BOOKS[1], second = SAMPLE_BOOKS[0]] = SAMPLE_BOOKS
  own.rows.remove(first?.book_id ?? '')
  if (second) own.rows.put({ ...second, title: `${second.title}!` })
  const left = letters - (first?.title.length ?? 0) - (first?.author.length ?? 0) + 1
  expect(own.extent).toEqual({ books: SAMPLE_BOOKS.length - 1, letters: left })
  expect((await restoreFrom(await snapshotOf(own)))?.extent).toEqual(own.extent)
})

test('a snapshot is made section by section, and its copies of lists are let go of on the way', async () => {
  const many = createBookIndex(USD_BANDS)
  for (let i = 0; i < 20_000; i++)
    many.rows.put({ ...(SAMPLE_BOOKS[i % SAMPLE_BOOKS.length] as ListedBook), book_id: `made-${i}` })
  const whole = (await snapshotOf(many)).length
  let largest = 0
  for await (const part of many.toSnapshot()) largest = Math.max(largest, part.length)
  expect(largest).toBeLessThan(whole / 3)
})
