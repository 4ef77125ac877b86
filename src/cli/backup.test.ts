/** `cloudshelf backup`, `restore` and `resume` as commands: from a running shop to another folder, which is a shop again. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, runCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'

const PASSPHRASE = 'correct horse battery staple'

test('a backup of a running shop is restored into a new folder, which is quiet until it is resumed', async () => {
  const [from, to, backups] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  const passphraseFile = join(backups, 'passphrase')
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`)
  const file = join(backups, 'shop.tar.age')
  const sealed = ['--passphrase-file', passphraseFile]
  const shop = await startShopProcess(from)
  const env = { SHOP_NAME: 'Corner Books', SMTP_URL: 'smtp://user:password@127.0.0.1:1' }
  const written = await runCommand(from, ['backup', file, ...sealed, '--json'], env)
  expect(written.stderr).toBe('')
  const { items, head } = JSON.parse(written.stdout)
  expect(items.books).toBeGreaterThan(100)
  expect(head).toMatchObject({ method: 'snapshot', sealed: true, currency: 'USD' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(from)).not.toContain('snapshot')
  await shop.end()

  expect((await runCli(to, 'restore', file)).stderr).toMatch(/--passphrase-file/)
  expect(existsSync(join(to, 'dynamodb.sqlite'))).toBe(false)
  const restored = await runCli(to, 'restore', file, ...sealed)
  expect(restored.stdout).toContain('The shop is quiet')
  expect(readFileSync(join(to, 'secret'), 'utf8')).toBe(readFileSync(join(from, 'secret'), 'utf8'))
  expect(readFileSync(join(to, 'restored/shop.env'), 'utf8')).toBe('SHOP_NAME="Corner Books"\n')
  expect(readFileSync(join(to, 'restored/secret-shop.env'), 'utf8')).toContain('SMTP_URL=')

  const running = await startShopProcess(to)
  expect(running.output()).toMatch(/quiet: restored from a backup of .*cloudshelf resume/)
  const port = { PORT: new URL(running.url).port }
  const quiet = JSON.parse((await runCommand(to, ['doctor', '--json'], port)).stdout)
  expect(quiet.filter(({ state }: { state: string }) => state !== 'ok')).toMatchObject([
    { what: 'restored shop', state: 'warn' },
  ])
  expect((await runCli(to, 'resume')).stdout).toContain('the shop goes on')
  await running.end()
}, 120_000)
