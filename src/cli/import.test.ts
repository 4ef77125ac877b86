import { readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runCli, runCommand, startCommand } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'

const feedFile = (content: string): string => {
  const file = join(temporaryFolder(), 'books.csv')
  writeFileSync(file, content)
  return file
}

const FEED = `isbn13,title,authors,price,stock,genres
9780132350884,Clean Code,Robert C. Martin,42.99,5,software-craft|computing
9780743273565,The Great Gatsby,F. Scott Fitzgerald,,3,fiction
,Nameless,Nobody,1.00,1,fiction
9780743273565,Twice,Nobody,1.00,1,fiction
`

test('an import counts imported and refused rows, and a second one changes nothing', async () => {
  const folder = temporaryFolder()
  const feed = feedFile(FEED)
  const report = join(temporaryFolder(), 'refused.csv')
  const first = await runCli(folder, 'import', feed, '--report', report)
  expect(first.code).toBe(0)
  expect(first.stdout).toContain('1 new, 0 changed, 0 moved, 0 unchanged, 3 refused')
  expect(first.stdout).toContain('line 4: has neither a book_id nor an ISBN')
  expect(readFileSync(report, 'utf8')).toBe(
    'line,book_id,refused,reason,change,field,before,after\n' +
      '2,isbn-9780132350884,no,,new,category,,Software Craft\n' +
      '2,isbn-9780132350884,no,,new,title,,Clean Code\n' +
      '2,isbn-9780132350884,no,,new,price,,42.99\n' +
      '2,isbn-9780132350884,no,,new,stock_quantity,,5\n' +
      '3,isbn-9780743273565,yes,"has no price: set --price, or --demo-prices to generate prices",,,,\n' +
      '4,,yes,has neither a book_id nor an ISBN,,,,\n' +
      '5,isbn-9780743273565,yes,appears more than once in this file,,,,\n',
  )

  const second = await runCli(folder, 'import', feed, '--json', '--price', '9.50', '--dry-run')
  expect(JSON.parse(second.stdout)).toMatchObject({
    dry_run: true,
    new: 1,
    unchanged: 1,
    refused: 2,
    warnings: 0,
  })
  const third = await runCli(folder, 'import', feed, '--json', '--price', '9.50')
  expect(JSON.parse(third.stdout)).toMatchObject({ dry_run: false, new: 1, unchanged: 1, refused: 2 })

  const exported = await runCli(folder, 'export')
  expect(exported.stdout.split('\n').map(line => line.split(',').slice(0, 2).join())).toEqual([
    'book_id,category',
    'isbn-9780743273565,Fiction',
    'isbn-9780132350884,Software Craft',
    '',
  ])
})

test('an import says what it changes, for sure or dry, and the audit has it', async () => {
  const folder = temporaryFolder()
  await runCli(folder, 'seed')
  const feed = feedFile('book_id,price,title\ntech-001,12.50,\nn1,,No Author\n')
  const dry = await runCli(folder, 'import', feed, '--dry-run')
  expect(dry.stdout).toContain('line 2, tech-001: price 42.99 → 12.50')
  const real = await runCli(folder, 'import', feed, '--json')
  expect(JSON.parse(real.stdout).changes).toEqual([
    {
      line: 2,
      book_id: 'tech-001',
      kind: 'changed',
      fields: [{ field: 'price', before: '42.99', after: '12.50' }],
    },
  ])
  const audit = await runCli(folder, 'audit', 'list', '--subject', 'book:tech-001', '--json')
  expect(JSON.parse(audit.stdout).items).toMatchObject([
    {
      actor: `command-line:${userInfo().username}`,
      before: { price: 42.99 },
      after: { price: 12.5 },
      source: { file: 'books.csv' },
    },
  ])
  expect((await runCli(folder, 'audit', 'list')).stdout).toContain('books.import  import:')
})

test('an import whose rows are all refused fails', async () => {
  const { code, stdout } = await runCli(temporaryFolder(), 'import', feedFile('title,author\nA,B\n'))
  expect(code).toBe(1)
  expect(stdout).toContain('0 new, 0 changed, 0 moved, 0 unchanged, 1 refused')
})

test('an export for Excel begins with a byte order mark, and the shop takes it back as it is', async () => {
  const folder = temporaryFolder()
  const feed = feedFile(
    'book_id,title,author,price,stock,status,category,description\n' +
      'free,Évasion,Zoë,0,3,active,Art,"One, ""two""\nthree"\n' +
      'gone,Old,B,9.90,0,retired,"Art, Design",\n',
  )
  await runCli(folder, 'import', feed)
  const file = join(temporaryFolder(), 'books.csv')
  expect((await runCli(folder, 'export', file, '--bom')).code).toBe(0)
  const text = readFileSync(file, 'utf8')
  expect(text.startsWith('\ufeffbook_id,')).toBe(true)
  const again = await runCli(folder, 'import', file, '--set-stock', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({
    unchanged: 2,
    new: 0,
    changed: 0,
    refused: 0,
    warnings: 0,
  })
  const other = temporaryFolder()
  await runCli(other, 'import', file)
  const copied = await runCli(other, 'export', '--bom')
  expect(copied.stdout).toBe(text)
  expect(await runCli(folder, 'export', join(folder, 'books.jsonl'), '--bom')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--bom is for CSV'),
  })
})

test('an export is written completely or not at all, and importing it changes nothing', async () => {
  const folder = temporaryFolder()
  await runCli(folder, 'seed')
  for (const name of ['books.csv', 'books.jsonl']) {
    const file = join(temporaryFolder(), name)
    expect(await runCli(folder, 'export', file)).toEqual({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await runCli(folder, 'import', file, '--dry-run', '--set-stock', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ new: 0, changed: 0, moved: 0, refused: 0, warnings: 0 })
    expect(JSON.parse(stdout).unchanged).toBeGreaterThan(100)
  }
  const refused = await runCli(folder, 'export', join(folder, 'none', 'books.csv'))
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^cloudshelf: cannot write [^\n]+\n$/),
  })
})

const LARGE = `book_id,title,author,price,stock,category\n${Array.from(
  { length: 2_000 },
  (_, i) => `big-${i},Large Book ${i},Author ${i},9.99,5,Large\n`,
).join('')}`

test('an import that was killed is completed by running it again, and the running shop shows its books', async () => {
  const folder = temporaryFolder()
  const feed = feedFile(LARGE)
  const shop = await startShopProcess(folder)
  const found = async () =>
    (await (await fetch(`${shop.url}/api/books?category=Large&limit=1`)).json()) as { total: number }

  const cut = startCommand(folder, ['import', feed])
  while ((await found()).total === 0) await sleep(20)
  cut.kill('SIGKILL')
  expect((await cut.result).code).toBe('SIGKILL')

  const { code, stdout } = await runCli(folder, 'import', feed, '--json')
  const counts = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(counts).toMatchObject({ changed: 0, moved: 0, refused: 0 })
  expect(counts.unchanged).toBeGreaterThan(0)
  expect(counts.new).toBeGreaterThan(0)
  expect(counts.new + counts.unchanged).toBe(2_000)

  for (let waited = 0; (await found()).total < 2_000 && waited < 5_000; waited += 100) await sleep(100)
  expect((await found()).total).toBe(2_000)
  const doctor = await runCommand(folder, ['doctor', '--json'], { PORT: new URL(shop.url).port })
  expect(JSON.parse(doctor.stdout).filter((finding: { state: string }) => finding.state !== 'ok')).toEqual([])
  await shop.end()
})
