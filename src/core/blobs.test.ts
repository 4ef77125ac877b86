import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { createFolderBlobs } from './blobs.ts'

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
