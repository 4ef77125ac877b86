import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USD_BANDS } from '../../../test/currencies.ts'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../test/sample-books.ts'
import { createBookIndex, restoreBookIndex } from './book-index.ts'
import { packSections } from './sections.ts'

const index = createIndex(SAMPLE_BOOKS)
const snapshot = await index.toSnapshot()

test('a restored index gives the same results', async () => {
  const restored = await restoreBookIndex(snapshot, USD_BANDS)
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
  expect((await restoreBookIndex(larger.subarray(1, snapshot.length + 1), USD_BANDS))?.rows.size).toBe(
    SAMPLE_BOOKS.length,
  )
})

test('a restored index accepts changes and reuses empty slots', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  own.rows.remove('b02')
  const restored = await restoreBookIndex(await own.toSnapshot(), USD_BANDS)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length - 1)
  for (const book of SAMPLE_BOOKS) restored?.rows.put(book)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length)
  expect(await restored?.search.browse(browseQuery({ q: 'sorcerer' }))).toEqual(
    await index.search.browse(browseQuery({ q: 'sorcerer' })),
  )
})

test('changes made while a snapshot is written are not in it', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  const writing = own.toSnapshot()
  for (const { book_id } of SAMPLE_BOOKS) own.rows.remove(book_id)
  const restored = await restoreBookIndex(await writing, USD_BANDS)
  expect(restored?.rows.size).toBe(SAMPLE_BOOKS.length)
  expect(await restored?.search.browse(browseQuery({ q: 'harry poter' }))).toEqual(
    await index.search.browse(browseQuery({ q: 'harry poter' })),
  )
})

test('an empty index can be written and restored', async () => {
  const restored = await restoreBookIndex(await createBookIndex(USD_BANDS).toSnapshot(), USD_BANDS)
  expect(restored?.rows.size).toBe(0)
  expect((await restored?.search.browse(browseQuery({ q: 'the' })))?.total).toBe(0)
})

test('one changed byte anywhere is detected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = snapshot.slice()
      damaged[at] = (damaged[at] ?? 0) ^ change
      expect(await restoreBookIndex(damaged, USD_BANDS)).toBeUndefined()
    }),
  )
})

test('a snapshot truncated anywhere is detected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), async length => {
      expect(await restoreBookIndex(snapshot.subarray(0, length), USD_BANDS)).toBeUndefined()
    }),
  )
})

test('foreign bytes, even well-formed containers, are rejected without an error', async () => {
  expect(await restoreBookIndex(new Uint8Array(0), USD_BANDS)).toBeUndefined()
  expect(await restoreBookIndex(new TextEncoder().encode('{"books":[]}'), USD_BANDS)).toBeUndefined()
  expect(await restoreBookIndex(packSections([]), USD_BANDS)).toBeUndefined()
  expect(await restoreBookIndex(packSections([new TextEncoder().encode('[]')]), USD_BANDS)).toBeUndefined()
})
