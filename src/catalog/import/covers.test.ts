import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop, temporaryFolder } from '../../../test/kit.ts'
import { dumpTables } from '../../../test/table-contents.ts'
import { importCovers } from './covers.ts'

const drawn = (background: string) => sharp({ create: { width: 60, height: 90, channels: 3, background } })

const importing = async (shop: TestShop, folder: string, dryRun = false) => {
  const outcomes: string[] = []
  for await (const { file, kind, book_id } of importCovers(shop.deps, folder, { dryRun, actor: 'the tests' }))
    outcomes.push(`${file} ${kind} ${book_id ?? ''}`.trim())
  return outcomes
}

const open = async () => {
  const shop = await createTestShop({
    books: [
      aBook({ isbn: '978-0-13-235088-4' }),
      aBook({ book_id: 'tech-002', title: 'The Clean Coder' }),
      aBook({ book_id: '0306406152', title: 'Called like an ISBN' }),
    ],
  })
  const folder = temporaryFolder()
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes)
  put('0-13-235088-2.jpg', await drawn('#258').jpeg().toBuffer())
  put('tech-002.PNG', await drawn('#825').png().toBuffer())
  put('0306406152.webp', await drawn('#528').webp().toBuffer())
  put('nobody.avif', await drawn('#582').avif().toBuffer())
  put('tech-001.png', Buffer.from('no picture'))
  put('notes.txt', Buffer.from('not looked at'))
  return { shop, folder }
}

const OUTCOMES = [
  '0-13-235088-2.jpg put tech-001',
  '0306406152.webp put 0306406152',
  'nobody.avif unmatched',
  'tech-001.png refused tech-001',
  'tech-002.PNG put tech-002',
]

test('each image of a folder becomes the cover of the book whose id or ISBN it is called, in any spelling', async () => {
  const { shop, folder } = await open()
  expect(await importing(shop, folder)).toEqual(OUTCOMES)
  for (const id of ['tech-001', 'tech-002', '0306406152'])
    expect((await shop.visitor().get(`/api/books/${id}`)).body.image_url).toMatch(
      new RegExp(`^/images/covers/${id}-[0-9a-f]{16}\\.webp$`),
    )
})

test('a second import writes nothing, and a dry one nothing at all', async () => {
  const { shop, folder } = await open()
  const before = await dumpTables(shop)
  expect(await importing(shop, folder, true)).toEqual(OUTCOMES)
  expect(await dumpTables(shop)).toBe(before)
  await importing(shop, folder)
  const after = await dumpTables(shop)
  expect(after).not.toBe(before)
  expect(await importing(shop, folder)).toEqual(OUTCOMES.map(line => line.replace(' put ', ' unchanged ')))
  expect(await dumpTables(shop)).toBe(after)
})

test('a file that cannot be read is refused by name, and the others are taken', async () => {
  const { shop, folder } = await open()
  mkdirSync(join(folder, 'tech-001.jpg'))
  const refused = []
  for await (const { file, kind, reason } of importCovers(shop.deps, folder, { actor: 'the tests' }))
    if (kind === 'refused') refused.push(`${file} ${reason}`)
  expect(refused[0]).toBe('tech-001.jpg cannot be read: EISDIR')
  expect(refused).toHaveLength(2)
  expect((await shop.visitor().get('/api/books/tech-002')).body.image_url).toContain('/images/covers/')
})
