import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli, runCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'

const ONE_LINE = /^cloudshelf: [^\n]+\n$/

describe('wrong usage:', () => {
  test.each([
    [['sell']],
    [['seed', '--fast']],
    [['import']],
    [['import', 'a.csv', '--price', 'free']],
    [['import', 'a.csv', '--stock', '-1']],
    [['import', 'a.csv', '--map', 'Preis']],
    [['export', '--format', 'xml']],
    [['tables', 'delete']],
    [['orders', 'list', '--date', 'today']],
    [['orders', 'advance', 'order-1', '--to', 'lost']],
  ])('%j is explained in one line that names the help, with exit code 2', async args => {
    const { code, stdout, stderr } = await runCli(temporaryFolder(), ...args)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toMatch(/ \(see `cloudshelf .*--help`\)\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })

  test.each([
    [
      ['import', 'a.csv', '--price', 'free'],
      'It must be a price in USD, for example 12.50. (see `cloudshelf import --help`)',
    ],
    [['import', 'a.csv', '--stock', '-1'], 'It must be a whole number from 0 to'],
    [
      ['orders', 'list', '--date', 'today'],
      'It must be a date, for example 2025-09-05. (see `cloudshelf orders list --help`)',
    ],
  ])('%j says what the value must be', async (args, expected) => {
    expect((await runCli(temporaryFolder(), ...args)).stderr).toContain(expected)
  })

  test.each(['orders', 'categories', 'covers'])(
    '%s without a command prints its help, with exit code 2',
    async group => {
      expect(await runCli(temporaryFolder(), group)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`Usage: cloudshelf ${group} <command>`),
      })
    },
  )

  test.each([
    [['improt'], 'Did you mean import?'],
    [['categories', 'merg'], 'Did you mean merge?'],
  ])('%j gets the nearest command', async (args, suggestion) => {
    expect((await runCli(temporaryFolder(), ...args)).stderr).toContain(suggestion)
  })
})

test.each([
  [[]],
  [['--help']],
  [['import', '--help']],
  [['export', '--help']],
  [['doctor', '--help']],
  [['orders', 'advance', '--help']],
])('%j prints its help, with exit code 0', async args => {
  const { code, stdout, stderr } = await runCli(temporaryFolder(), ...args)
  expect(stdout).toContain('Usage: cloudshelf')
  expect([code, stderr]).toEqual([0, ''])
})

test('--version prints the version of the package', async () => {
  expect((await runCli(temporaryFolder(), '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('a failure is explained in one line, with exit code 1:', () => {
  test('a data folder that cannot be created', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const { code, stderr } = await runCli(join(file, 'data'), 'seed')
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('CLOUDSHELF_DATA_DIR')
    expect(code).toBe(1)
  })

  test('an invalid setting', async () => {
    const { code, stderr } = await runCommand(temporaryFolder(), ['seed'], { TAX_RATE: 'much' })
    expect([code, stderr]).toEqual([
      1,
      'cloudshelf: invalid settings: TAX_RATE must be a decimal rate from 0 to less than 1, for example 0.08\n',
    ])
  })

  test('a port that is none', async () => {
    const { code, stderr } = await runCommand(temporaryFolder(), ['seed'], { PORT: 'abc' })
    expect([code, stderr]).toEqual([
      1,
      'cloudshelf: invalid settings: PORT must be a whole number from 0 to 65535, for example 3000\n',
    ])
  })

  test('a database that does not respond', async () => {
    const env = {
      DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'y',
    }
    const { code, stderr } = await runCommand(temporaryFolder(), ['seed'], env)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('the database (http://127.0.0.1:9) does not respond')
    expect(code).toBe(1)
  })

  test('a report that cannot be written', async () => {
    const feed = join(temporaryFolder(), 'feed.csv')
    writeFileSync(feed, 'title\nA\n')
    const { code, stderr } = await runCli(
      temporaryFolder(),
      'import',
      feed,
      '--report',
      '/nowhere/report.csv',
    )
    expect(stderr).toMatch(ONE_LINE)
    expect(code).toBe(1)
  })

  test('a file that does not exist', async () => {
    const { code, stderr } = await runCli(temporaryFolder(), 'import', '/nowhere/books.csv')
    expect([code, stderr]).toEqual([1, 'cloudshelf: cannot read /nowhere/books.csv: file not found\n'])
  })
})
