/** Tests of the operator's commands on a fake account: limits, covers of a second Region, deletion with data, confirmations. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startFakeAccount } from '../../test/fake-account.ts'
import { readOptions } from '../settings/options.ts'
import { parseRecordedOptions, recordOptions, withoutFiles } from '../settings/recorded-options.ts'
import { getStage } from '../settings/stage.ts'
import { readArgs } from './args.ts'
import { createAws } from './aws.ts'
import { cleanUp, describeData } from './clean-up.ts'
import { confirm } from './confirm.ts'
import { copyCovers } from './covers.ts'
import { checkAccount, checkDomain } from './preflight.ts'

let fake: Awaited<ReturnType<typeof startFakeAccount>>
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  fake = await startFakeAccount()
})
afterEach(() => {
  fake.close()
  vi.unstubAllEnvs()
})
const aws = (region: string) => createAws(region, fake.endpoint, 1)
const options = (said: Record<string, unknown>) => readOptions({ region: 'eu-central-1', ...said })
const check = (said: Record<string, unknown>, last?: Record<string, string>) =>
  checkAccount([aws('eu-central-1')], options(said), last)

test('production without a way for mail, or with ten executions at once, is confirmed; other stages are told', async () => {
  expect(await check({ stage: 'prod', mailFrom: 'orders@shop.example' })).toEqual({
    concerns: [],
    notices: [],
  })
  fake.region('eu-central-1').concurrency = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 }
  const { concerns } = await check({ stage: 'prod' })
  expect(concerns).toEqual([
    expect.stringMatching(/no way for mail.*--context mailFrom=/),
    expect.stringMatching(
      /eu-central-1 runs at most 10 .*service-quotas request-service-quota-increase .*L-B99A9384/,
    ),
  ])
  expect(await check({ stage: 'dev' })).toEqual({
    concerns: [],
    notices: [expect.stringContaining('at most 10 executions')],
  })
})

test('a reservation that Lambda would refuse is refused before anything is created, and that of the last deployment counts as free', async () => {
  const region = fake.region('eu-central-1')
  const reserved = { stage: 'staging', reserved: 'OrderProcess=20,ShoppingCart=10' }
  region.concurrency = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 }
  await expect(check(reserved)).rejects.toThrow(
    /reserved takes 30 .* has 0 to reserve of 10: leave it out, or request/,
  )
  region.concurrency = { ConcurrentExecutions: 129, UnreservedConcurrentExecutions: 129 }
  await expect(check(reserved)).rejects.toThrow('has 29 to reserve of 129')
  region.concurrency = { ConcurrentExecutions: 130, UnreservedConcurrentExecutions: 100 }
  await expect(check(reserved)).rejects.toThrow('has 0 to reserve')
  expect(await check(reserved, { reserved: 'OrderProcess=30' })).toEqual({ concerns: [], notices: [] })
})

test('the limits of the sandbox of SES, of a paused account and of Cognito’s mails are told', async () => {
  fake.region('eu-central-1').mail = {
    ProductionAccessEnabled: false,
    SendingEnabled: false,
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1 },
  }
  fake.region('eu-central-1').identities.set('shop.example', false)
  const { notices } = await check({ stage: 'prod', mailFrom: 'orders@shop.example', cognito: 'my-shop' })
  expect(notices).toEqual([
    expect.stringContaining('sending is paused'),
    expect.stringContaining('SES has not verified shop.example in eu-central-1'),
    expect.stringMatching(
      /sandbox in eu-central-1: 200 mails in 24 hours, 1 a second, and only to .* verified/,
    ),
    expect.stringContaining('at most 50 a day'),
  ])
})

test('a domain that another stage has is refused', async () => {
  const recorded = recordOptions(options({ stage: 'prod', domain: 'shop.example' }))
  fake.region('us-east-1').stacks.set('CloudShelf-prod-edge', {
    status: 'CREATE_COMPLETE',
    outputs: { Options: JSON.stringify(recorded) },
  })
  const edge = aws('us-east-1')
  await expect(checkDomain(edge, options({ stage: 'staging', domain: 'shop.example' }))).rejects.toThrow(
    'domain shop.example belongs to prod: give staging another, for example staging.shop.example',
  )
  await checkDomain(edge, options({ stage: 'prod', domain: 'shop.example' }))
  await checkDomain(edge, options({ stage: 'staging', domain: 'staging.shop.example' }))
})

test('options are recorded without defaults and without what each deployment finds, and hold where none are given', async () => {
  const said = {
    stage: 'prod',
    shopAddress: '1 "Lane" & Co; Town',
    reserved: 'Pages=5,OrderProcess=20',
    waf: 'true',
  }
  const recorded = recordOptions(options({ ...said, natives: 'lambda', secretsRead: '2026' }))
  expect(recorded).toEqual({
    region: 'eu-central-1',
    reserved: 'OrderProcess=20,Pages=5',
    shopAddress: said.shopAddress,
    stage: 'prod',
    waf: 'true',
  })
  // Through an output of a stack and back.
  fake.region('us-east-1').stacks.set('CloudShelf-prod-edge', {
    status: 'CREATE_COMPLETE',
    outputs: { Options: JSON.stringify(recorded) },
  })
  const output = (await aws('us-east-1').stackOutputs('CloudShelf-prod-edge')).Options
  expect(parseRecordedOptions(output)).toEqual(recorded)
  const again = await readArgs(['--context', 'stage=prod', '-c', 'waf=false'], [], {
    ...recorded,
    region: 'eu-north-1',
  })
  expect(again.options).toMatchObject({
    region: 'eu-north-1',
    waf: false,
    reserved: { OrderProcess: 20, Pages: 5 },
  })
  // A removal does without the files of another machine; anything else needs them.
  const files = { ...recorded, termsFile: '/not/on/this/machine.md' }
  await expect(readArgs([], [], files)).rejects.toThrow('termsFile must be a readable Markdown file')
  expect((await readArgs([], [], withoutFiles(files))).options.waf).toBe(true)
  expect(again.context).toMatchObject({ region: 'eu-north-1', waf: 'false', shopAddress: said.shopAddress })
})

test('the second Region can be made active by its option alone, and a command refuses flags that are not its own', async () => {
  const typed = ['secondRegion=eu-west-1', 'domain=shop.example', 'active=second'].flatMap(one => ['-c', one])
  expect((await readArgs(typed)).options.active).toBe('second')
  await expect(readArgs(['--with-data'], ['yes', 'adopt'])).rejects.toThrow(/--with-data/)
})

test('covers that a second Region lacks are copied with their progress; what was copied before an interruption is not copied again', async () => {
  const [one, two] = [fake.region('eu-central-1'), fake.region('eu-west-1')]
  const covers = Array.from({ length: 7 }, (_, i): [string, string] => [
    `images/covers/a b&${i}.webp`,
    `tag${i}`,
  ])
  one.buckets.set('first', { tags: {}, objects: new Map([...covers, ['index/books.snapshot', 's']]) })
  const there = new Map([
    ['images/covers/a b&0.webp', 'tag0'],
    ['images/covers/a b&1.webp', 'old'],
  ])
  two.buckets.set('second', { tags: {}, objects: there })
  const [from, to] = [
    { aws: aws('eu-central-1'), bucket: 'first' },
    { aws: aws('eu-west-1'), bucket: 'second' },
  ]
  // Interrupted at the third cover.
  let left = 2
  const failing = {
    ...to,
    aws: {
      ...to.aws,
      copyObject: async (...words: Parameters<typeof to.aws.copyObject>) => {
        if (left-- <= 0) throw new Error('cut off')
        return to.aws.copyObject(...words)
      },
    },
  }
  await expect(copyCovers(from, failing, () => {})).rejects.toThrow('cut off')
  const progress: string[] = []
  expect(await copyCovers(from, to, line => progress.push(line), 2)).toBe(4)
  expect(progress).toEqual(['copied 2 of 4 covers to second', 'copied 4 of 4 covers to second'])
  for (const [key, tag] of covers) expect(there.get(key)).toBe(tag)
  expect(there.has('index/books.snapshot')).toBe(false)
  expect(await copyCovers(from, to, () => {})).toBe(0)
})

test('deletion with data leaves nothing: protected tables with replicas, full buckets, the user pool; what is gone already is skipped', async () => {
  const [one, two] = [fake.region('eu-central-1'), fake.region('eu-west-1')]
  for (const name of ['cloudshelf-books', 'cloudshelf-orders']) {
    one.tables.set(name, { isProtected: true, replicas: ['eu-west-1'] })
    two.tables.set(name, { isProtected: true, replicas: ['eu-central-1'] })
  }
  one.tables.set('staging-cloudshelf-books', { isProtected: false, replicas: [] })
  const mine = { shop: 'cloudshelf-prod', part: 'blobs' }
  one.buckets.set('blobs', { tags: mine, objects: new Map([['images/a&b.webp', 'x']]) })
  two.buckets.set('standby-blobs', { tags: mine, objects: new Map([['images/a.webp', 'x']]) })
  one.buckets.set('others', {
    tags: { shop: 'cloudshelf-staging', part: 'blobs' },
    objects: new Map([['a', 'x']]),
  })
  one.pools.set('pool-1', { tags: { shop: 'cloudshelf-prod', part: 'users' }, isProtected: true })
  const regions = [aws('eu-central-1'), aws('eu-west-1')]
  expect(await describeData(regions, getStage('prod'))).toContain('bucket standby-blobs in eu-west-1')
  const said: string[] = []
  const how = {
    finalBackup: true,
    now: new Date('2026-12-01T10:00:00Z'),
    report: (line: string) => said.push(line),
  }
  await cleanUp(regions, getStage('prod'), how)
  expect(await describeData(regions, getStage('prod'))).toEqual([])
  expect([...one.tables.keys(), ...two.tables.keys()]).toEqual(['staging-cloudshelf-books'])
  expect([...one.buckets.keys(), ...two.buckets.keys()]).toEqual(['others'])
  expect(one.backups).toEqual([
    'cloudshelf-books-final-2026-12-01T10-00-00',
    'cloudshelf-orders-final-2026-12-01T10-00-00',
  ])
  expect(said.join('\n')).toMatch(/keeps a backup of each table for 35 days/)
  // Repeated, it finds nothing more to do.
  await cleanUp(regions, getStage('prod'), how)
  expect(one.backups).toHaveLength(2)
})

test('a confirmation is asked for where somebody can answer, and refused with the argument that gives it where nobody can', async () => {
  const terminal = (answer: string) => ({ isInteractive: true, ask: async () => answer })
  const asked = { word: 'prod', isGiven: false, hint: '--confirm prod' }
  await confirm('Delete', asked, terminal(' prod '))
  await expect(confirm('Delete', asked, terminal('yes'))).rejects.toThrow('cancelled; nothing was changed')
  const nobody = { isInteractive: false, ask: () => Promise.reject(new Error('nobody is there')) }
  await expect(confirm('Delete', asked, nobody)).rejects.toThrow('Delete: confirm with --confirm prod')
  await confirm('Delete', { ...asked, isGiven: true }, nobody)
})
