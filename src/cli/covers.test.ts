import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { runCli, runCommand } from '../../test/cli.ts'
import { startFakeAws } from '../../test/fake-aws.ts'
import { createTestShop, getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { TABLE_IDS, TABLES } from '../tables/definitions.ts'

test('covers are imported once, and files without a book or an image are reported', async () => {
  const [folder, covers] = [temporaryFolder(), temporaryFolder()]
  await runCli(folder, 'seed')
  const picture = sharp({ create: { width: 60, height: 90, channels: 3, background: '#8a3b12' } })
  await picture.png().toFile(join(covers, 'tech-001.png'))
  writeFileSync(join(covers, 'tech-002.jpg'), 'no image')
  writeFileSync(join(covers, 'unknown.jpg'), 'no image')

  const dry = await runCli(folder, 'covers', 'import', covers, '--dry-run')
  expect(dry.stdout).toBe('1 cover would be imported, 0 unchanged, 1 without a matching book, 1 refused\n')
  const first = await runCli(folder, 'covers', 'import', covers)
  expect(first).toMatchObject({
    code: 1,
    stdout: '1 cover imported, 0 unchanged, 1 without a matching book, 1 refused\n',
    stderr: expect.stringMatching(/^tech-002\.jpg: .+\nunknown\.jpg: .+\n$/),
  })
  const second = await runCli(folder, 'covers', 'import', covers, '--json')
  expect(JSON.parse(second.stdout)).toMatchObject({ put: 0, unchanged: 1, unmatched: 1, refused: 1 })
}, 60_000)

test('images with other names are assigned by a map, by ISBN, id or title', async () => {
  const [folder, covers] = [temporaryFolder(), temporaryFolder()]
  await runCli(folder, 'seed')
  const picture = sharp({ create: { width: 60, height: 90, channels: 3, background: '#8a3b12' } })
  for (const name of ['a.png', 'b.png', 'c.png']) await picture.png().toFile(join(covers, name))
  const map = join(temporaryFolder(), 'covers.csv')
  writeFileSync(
    map,
    '\ufeffISBN;Title;File;Book ID\n978-0-13-235088-4;;a.png;\n;the  great gatsby;b.png;\n;No Such Book;c.png;\n;;gone.png;tech-001\n',
  )
  const imported = await runCli(folder, 'covers', 'import', covers, '--map', map, '--json')
  const { remarks, ...counts } = JSON.parse(imported.stdout)
  expect(counts).toEqual({ dry_run: false, put: 2, unchanged: 0, unmatched: 2, refused: 0 })
  expect(remarks.map((one: { file: string; reason: string }) => `${one.file} ${one.reason}`)).toEqual([
    'c.png no book has the title "No Such Book"',
    'gone.png is not an image in the folder',
  ])
  expect(imported.code).toBe(0)
  writeFileSync(map, 'picture,book\na.png,x\n')
  expect(await runCli(folder, 'covers', 'import', covers, '--map', map)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('must have a header with the column file'),
  })
}, 60_000)

test('an import in which no image belongs to a book fails and says so', async () => {
  const [folder, covers] = [temporaryFolder(), temporaryFolder()]
  const empty = await runCli(folder, 'covers', 'import', covers)
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to a book') })
  writeFileSync(join(covers, 'img_0042.jpg'), 'no image')
  expect((await runCli(folder, 'covers', 'import', covers)).code).toBe(1)
}, 60_000)

test('a folder that does not exist is explained in one line, with exit code 1', async () => {
  expect(await runCli(temporaryFolder(), 'covers', 'import', '/nowhere/covers')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'cloudshelf: cannot read /nowhere/covers: there is no such folder\n',
  })
})

test('covers of a shop whose tables are elsewhere are put into its bucket, and not into a folder here', async () => {
  const aws = await startFakeAws()
  onTestFinished(() => void aws.close())
  const { endpoint } = await getTestEngine()
  const { names } = await createTestShop()
  const env = {
    ...Object.fromEntries(TABLE_IDS.map(id => [TABLES[id].env, names[id]])),
    DYNAMODB_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
    BLOB_BUCKET: 'shop-blobs',
    BLOB_ENDPOINT: aws.url,
  }
  const [folder, covers] = [temporaryFolder(), temporaryFolder()]
  expect(await runCommand(folder, ['seed'], env)).toMatchObject({ code: 0 })
  const picture = sharp({ create: { width: 60, height: 90, channels: 3, background: '#8a3b12' } })
  await picture.png().toFile(join(covers, 'tech-001.png'))
  expect(await runCommand(folder, ['covers', 'import', covers], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 cover imported'),
  })
  expect([...aws.objects.keys()]).toContainEqual(
    expect.stringMatching(/^\/shop-blobs\/images\/covers\/.+\.webp$/),
  )
  expect(existsSync(join(folder, 'blobs'))).toBe(false)
}, 60_000)
