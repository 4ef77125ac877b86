import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'

test('commands of payments on an empty shop: lists, and refusals in one line', async () => {
  const folder = temporaryFolder()
  const json = async (...args: string[]) =>
    JSON.parse((await runCli(folder, 'payments', ...args, '--json')).stdout)
  expect(await json('list', '--overdue')).toEqual([])
  expect(await json('adopt', '--before', '2026-11-30', '--as', 'paid')).toEqual({ dry_run: true, orders: 0 })
  const unknown = await runCli(folder, 'payments', 'allow-invoice', 'nobody@example.com')
  expect([unknown.code, unknown.stderr]).toEqual([1, 'cloudshelf: There is no such account.\n'])
  const missing = await runCli(folder, 'payments', 'show', '7K3M2-QX8VD')
  expect(missing.stderr).toContain('no payment of 7K3M2-QX8VD is recorded')
})
