import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { collect } from '../../test/sample-books.ts'
import { createFolderBlobs, PART_BYTES } from './blobs.ts'

const bytes = (...values: number[]) => new Uint8Array(values)

test('a blob is stored, read, replaced and removed', async () => {
  const blobs = createFolderBlobs(temporaryFolder())
  expect(await blobs.get('covers/a.webp')).toBeUndefined()
  await blobs.put('covers/a.webp', bytes(1, 2, 3))
  await blobs.put('covers/a.webp', bytes(4))
  expect([...((await blobs.get('covers/a.webp')) ?? [])]).toEqual([4])
  await blobs.remove('covers/a.webp')
  await blobs.remove('covers/a.webp')
  expect(await blobs.get('covers/a.webp')).toBeUndefined()
})

test('during concurrent writes a reader sees one complete blob, and no partial file is left behind', async () => {
  const folder = temporaryFolder()
  const blobs = createFolderBlobs(folder)
  const size = 200_000
  await blobs.put('a', new Uint8Array(size))
  const reading = (async () => {
    for (let i = 0; i < 30; i++) {
      const read = (await blobs.get('a')) ?? bytes()
      expect(read.length).toBe(size)
      expect(new Set(read).size).toBe(1)
    }
  })()
  await Promise.all([
    reading,
    ...Array.from({ length: 20 }, (_, i) => blobs.put('a', new Uint8Array(size).fill(i))),
  ])
  expect(readdirSync(folder)).toEqual(['a'])
})

test.each([
  '',
  '..',
  '../a',
  'a/../b',
  '/etc/passwd',
  'a//b',
  'a/',
  '.hidden',
  'a\u0000',
  'a b',
  'a.webp/b',
  'a\\b',
  'C:a',
  'a.b.c',
])('%j is the name of no blob', async name => {
  const folder = temporaryFolder()
  const blobs = createFolderBlobs(join(folder, 'inner'))
  await expect(blobs.get(name)).rejects.toThrow(TypeError)
  await expect(blobs.put(name, bytes(1))).rejects.toThrow(TypeError)
  await expect((async () => blobs.remove(name))()).rejects.toThrow(TypeError)
  expect(readdirSync(folder)).toEqual([])
})

test('a large blob is written and read in parts, of one version, and a failed write leaves the old one', async () => {
  const folder = temporaryFolder()
  const blobs = createFolderBlobs(folder)
  async function* made(value: number, fails = false) {
    for (let i = 0; i < 3; i++) yield new Uint8Array(PART_BYTES / 2).fill(value)
    if (fails) throw new Error('broken on purpose')
  }
  await blobs.write('a', made(1))
  await expect(blobs.write('a', made(2, true))).rejects.toThrow('broken on purpose')
  const reading = blobs.read('a')[Symbol.asyncIterator]()
  const first = (await reading.next()).value as Uint8Array
  await blobs.write('a', made(3))
  const second = (await reading.next()).value as Uint8Array
  expect([first.length, first[0], second.length, second[0]]).toEqual([PART_BYTES, 1, PART_BYTES / 2, 1])
  expect((await reading.next()).done).toBe(true)
  expect((await collect(blobs.read('a'))).map(([value]) => value)).toEqual([3, 3])
  expect(await collect(blobs.read('none'))).toEqual([])
  expect(readdirSync(folder)).toEqual(['a'])
})
