import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'

test('a bill shows the largest item, the levels of the specification and the price of an idle shop', async () => {
  const folder = join(temporaryFolder(), 'nothing')
  const { code, stdout, stderr } = await runCli(
    folder,
    'cost',
    '--reads',
    '1M',
    '--writes',
    '500k',
    '--storage',
    '10GB',
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/DynamoDB writes +1,188,406 write request units +\$0\.74/)
  expect(stdout).toMatch(/Small Business +1,000,000, 500,000, 10 GB +\$15-25 +\$5\.37/)
  expect(stdout).toMatch(/^dev .*nothing/m)
  expect(stdout).toMatch(/Largest item: .*To lower it: /)
  // No database is used: there is no data folder.
  expect(existsSync(folder)).toBe(false)
})

test('--json prints the same, with the options of the stage', async () => {
  const { stdout } = await runCli(temporaryFolder(), 'cost', '--visitors', '20k', '--json')
  const { prices, bill, levels, idle } = JSON.parse(stdout)
  expect(prices).toMatchObject({ region: 'us-east-1', currency: 'USD' })
  expect(bill.demand).toMatchObject({ visits: 20_000, orders: 400 })
  const hasFirewall = ({ lines }: { lines: { id: string }[] }) => lines.some(({ id }) => id === 'waf-request')
  expect(hasFirewall(bill)).toBe(true)
  const without = await runCli(temporaryFolder(), 'cost', '--visitors', '20k', '--without', 'waf', '--json')
  expect(hasFirewall(JSON.parse(without.stdout).bill)).toBe(false)
  expect(levels.map(({ name }: { name: string }) => name)).toEqual([
    'Development',
    'Small Business',
    'Growing Business',
  ])
  expect(idle.map(({ stage }: { stage: string }) => stage)).toEqual(['dev', 'staging', 'prod'])
})

test('a value that is not understood is refused in one line that says what it must be', async () => {
  const folder = temporaryFolder()
  for (const [args, word] of [
    [['--reads', 'lots'], '1.5M'],
    [['--storage', '10'], '10GB'],
    [['--visitors', '-5'], '20k'],
    [['--stage', 'live'], 'dev, staging, prod'],
    [['--stage', 'dev', '--with', 'waf'], 'no option waf'],
    [['--orders', '5', '--visitors', '2'], '--orders must not be more than --visitors'],
    [['--measure', '--reads', '1'], '--measure takes no numbers'],
  ] as const) {
    const { code, stdout, stderr } = await runCli(folder, 'cost', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^cloudshelf: [^\n]+\n$/)
    expect(stderr).toContain(word)
  }
})
