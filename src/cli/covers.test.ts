import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'

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

test('a folder that does not exist is explained in one line, with exit code 1', async () => {
  expect(await runCli(temporaryFolder(), 'covers', 'import', '/nowhere/covers')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'cloudshelf: cannot read /nowhere/covers: there is no such folder\n',
  })
})
