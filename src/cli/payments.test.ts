import { expect, test } from 'vitest'
import { runCli, runCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import type { Finding } from './doctor-checks.ts'

test('doctor --money checks every payment; without a provider it says how to ask one', async () => {
  const folder = temporaryFolder()
  await runCli(folder, 'seed')
  const { code, stdout } = await runCommand(folder, ['doctor', '--provider', '--json'])
  const states = new Map((JSON.parse(stdout) as Finding[]).map(({ what, state }) => [what, state]))
  expect(code).toBe(0)
  expect(
    ['payments', 'orders and payments', 'lists of payments', 'held copies'].map(one => states.get(one)),
  ).toEqual(['ok', 'ok', 'ok', 'ok'])
  expect(states.get('payment providers')).toBe('warn')
})

test('payments reconcile wants orders or a day, and a provider', async () => {
  const folder = temporaryFolder()
  const both = await runCli(folder, 'payments', 'reconcile')
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('name orders, or a day with --since')])
  const none = await runCli(folder, 'payments', 'reconcile', 'order-2026-11-30-abc')
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('set STRIPE_SECRET_KEY')])
})
