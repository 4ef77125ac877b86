import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'

const feedFile = (content: string): string => {
  const file = join(temporaryFolder(), 'books.csv')
  writeFileSync(file, content)
  return file
}

const FEED = `book_id,title,author,price,stock,category
a,A,X,1,5,Fiction
b,B,X,1,5,Fiction
c,C,X,1,5,fiction
d,D,X,1,5,Sci-Fi
`

test('categories that look alike are reported, and merged or renamed with one command', async () => {
  const folder = temporaryFolder()
  const feed = feedFile(FEED)
  const imported = await runCli(folder, 'import', feed)
  expect(imported.stdout).toContain('line 4, c: warning: category "fiction" looks like "Fiction"')
  const { stdout: found } = await runCli(folder, 'doctor', '--json')
  expect(JSON.parse(found)).toContainEqual(
    expect.objectContaining({
      what: 'categories',
      state: 'warn',
      items: [{ categories: ['Fiction', 'fiction'] }],
    }),
  )

  const list = JSON.parse((await runCli(folder, 'categories', 'list', '--json')).stdout)
  expect(list.items).toMatchObject([
    { category: 'Fiction', books: 2, forSale: 2, path: '/category/fiction' },
    { category: 'Sci-Fi', books: 1 },
    { category: 'fiction', books: 1 },
  ])
  expect(list.similar).toEqual([['Fiction', 'fiction']])

  const dry = await runCli(folder, 'categories', 'merge', 'fiction', 'Fiction', '--dry-run')
  expect(dry.stdout).toContain('1 book would be moved')
  expect((await runCli(folder, 'categories', 'merge', 'fiction', 'Fiction')).stdout).toContain(
    '1 book moved from "fiction" to "Fiction"',
  )
  expect((await runCli(folder, 'categories', 'rename', 'Sci-Fi', 'Science Fiction')).code).toBe(0)
  const after = JSON.parse((await runCli(folder, 'categories', 'list', '--json')).stdout)
  expect(after.items.map((one: { category: string }) => one.category)).toEqual(['Fiction', 'Science Fiction'])
  expect(after.renamed).toContainEqual({ category: 'Sci-Fi', now: 'Science Fiction' })
  const audit = await runCli(folder, 'audit', 'list', '--subject', 'category:Sci-Fi')
  expect(audit.stdout).toContain('category.rename')

  // The same file again: the former names mean the current categories.
  const again = await runCli(folder, 'import', feed, '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ unchanged: 4, moved: 0, new: 0 })
  const more = await runCli(
    folder,
    'import',
    feedFile('book_id,title,author,price,category\ne,E,X,1,Sci-Fi\n'),
    '--json',
  )
  expect(JSON.parse(more.stdout)).toMatchObject({
    new: 1,
    lines: [{ reason: 'category "Sci-Fi" was renamed: taken as "Science Fiction"' }],
  })
}, 120_000)

test('a rename to an existing name, a merge into none and an unknown category are refused', async () => {
  const folder = temporaryFolder()
  await runCli(folder, 'import', feedFile(FEED))
  for (const [args, reason] of [
    [['rename', 'fiction', 'Fiction'], 'use `cloudshelf categories merge`'],
    [['merge', 'Fiction', 'Nowhere'], 'use `cloudshelf categories rename`'],
    [['rename', 'Nowhere', 'Anywhere'], 'there is no category "Nowhere"'],
    [['merge', 'Fiction', 'Fiction'], 'the two names are the same'],
  ] as const)
    expect(await runCli(folder, 'categories', ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(reason),
    })
}, 60_000)
