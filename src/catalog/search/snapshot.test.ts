import fc from 'fast-check'
import { expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../test/sample-books.ts'
import { MemoryBookIndex } from './memory-book-index.ts'
import { packSections } from './sections.ts'

const index = createIndex(SAMPLE_BOOKS)
const snapshot = await index.toSnapshot()

test('an index that was written and read answers the same', async () => {
  const read = await MemoryBookIndex.fromSnapshot(snapshot)
  expect(read?.size).toBe(SAMPLE_BOOKS.length)
  for (const query of [
    {},
    { q: 'harry poter' },
    { category: 'Fiction', sort: 'title' as const },
    { q: 'the' },
  ]) {
    expect(await read?.browse(browseQuery(query))).toEqual(await index.browse(browseQuery(query)))
  }
  expect(await read?.suggest('mok', 5)).toEqual(await index.suggest('mok', 5))
  expect(read?.getByIsbn('0061120081')?.book_id).toBe('b03')
  expect(Array.from(read?.books() ?? [])).toEqual(SAMPLE_BOOKS)
})

test('bytes at an odd place of a larger buffer are read as well', async () => {
  const larger = Buffer.alloc(snapshot.length + 3)
  larger.set(snapshot, 1)
  expect((await MemoryBookIndex.fromSnapshot(larger.subarray(1, snapshot.length + 1)))?.size).toBe(
    SAMPLE_BOOKS.length,
  )
})

test('a read index takes changes, with empty slots used again', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  own.remove('b02')
  const read = await MemoryBookIndex.fromSnapshot(await own.toSnapshot())
  expect(read?.size).toBe(SAMPLE_BOOKS.length - 1)
  for (const book of SAMPLE_BOOKS) read?.put(book)
  expect(read?.size).toBe(SAMPLE_BOOKS.length)
  expect(await read?.browse(browseQuery({ q: 'sorcerer' }))).toEqual(
    await index.browse(browseQuery({ q: 'sorcerer' })),
  )
})

test('what changes while a snapshot is written is not in it', async () => {
  const own = createIndex(SAMPLE_BOOKS)
  const writing = own.toSnapshot()
  for (const { book_id } of SAMPLE_BOOKS) own.remove(book_id)
  const read = await MemoryBookIndex.fromSnapshot(await writing)
  expect(read?.size).toBe(SAMPLE_BOOKS.length)
  expect(await read?.browse(browseQuery({ q: 'harry poter' }))).toEqual(
    await index.browse(browseQuery({ q: 'harry poter' })),
  )
})

test('an empty index survives', async () => {
  const read = await MemoryBookIndex.fromSnapshot(await new MemoryBookIndex().toSnapshot())
  expect(read?.size).toBe(0)
  expect((await read?.browse(browseQuery({ q: 'the' })))?.total).toBe(0)
})

test('one bent byte anywhere is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bent = snapshot.slice()
      bent[at] = (bent[at] ?? 0) ^ change
      expect(await MemoryBookIndex.fromSnapshot(bent)).toBeUndefined()
    }),
  )
})

test('a snapshot cut off anywhere is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(snapshot.length - 1), async length => {
      expect(await MemoryBookIndex.fromSnapshot(snapshot.subarray(0, length))).toBeUndefined()
    }),
  )
})

test('foreign bytes, even well packed ones, are refused without an error', async () => {
  expect(await MemoryBookIndex.fromSnapshot(new Uint8Array(0))).toBeUndefined()
  expect(await MemoryBookIndex.fromSnapshot(new TextEncoder().encode('{"books":[]}'))).toBeUndefined()
  expect(await MemoryBookIndex.fromSnapshot(packSections([]))).toBeUndefined()
  expect(await MemoryBookIndex.fromSnapshot(packSections([new TextEncoder().encode('[]')]))).toBeUndefined()
})
