/** Doctor's checks of a shop that runs. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readSettings } from '../composition/settings.ts'
import { checkRunningShop } from './doctor-running.ts'

const INDEX = { ready: true, books: 3, age_seconds: 1 }

/** What doctor finds where a shop gives this health. */
const findings = async (health: object) => {
  const server = createServer((_, response) => response.end(JSON.stringify(health)))
  onTestFinished(() => void server.close())
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const env = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' }
  return checkRunningShop(readSettings({ ...env, PORT: String(port), HOST: '127.0.0.1' }), 3)
}

test('doctor tells that writes fail, since when, and why', async () => {
  const since = '2025-09-05T10:00:00.000Z'
  const outages = [{ calls: 'writes', cause: 'disk_full', since }]
  expect(await findings({ index: INDEX, outages })).toEqual([
    {
      state: 'fail',
      what: 'database calls',
      found: `writes fail since ${since} (disk_full)`,
      mend: expect.stringContaining('the log of the shop'),
    },
    expect.objectContaining({ state: 'ok', what: 'index' }),
  ])
})

test('a shop whose calls succeed, or of a release that does not report them, is fine', async () => {
  for (const health of [{ index: INDEX, outages: [] }, { index: INDEX }])
    expect(await findings(health)).toEqual([
      { state: 'ok', what: 'database calls', found: 'no call fails' },
      expect.objectContaining({ state: 'ok', what: 'index' }),
    ])
})

test('an index that is too large for the functions fails the check, with the option that gives them memory', async () => {
  const index = {
    ready: false,
    state: 'too_large',
    books: 1_000_000,
    age_seconds: null,
    needed_megabytes: 1_400,
  }
  expect((await findings({ index }))[1]).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('1400 MB'),
    mend: 'deploy with `--context memory=BookCatalog=1536,IndexConsumer=1536`',
  })
})

test('a shop with an address of its own is asked there, not on this machine, and fails the check if it does not respond', async () => {
  const asked: string[] = []
  const fetchBefore = globalThis.fetch
  onTestFinished(() => {
    globalThis.fetch = fetchBefore
  })
  let isUp = true
  globalThis.fetch = async url => {
    asked.push(String(url))
    if (!isUp) throw new TypeError('fetch failed')
    return Response.json({ index: { ...INDEX, age_seconds: 300 } })
  }
  const settings = readSettings({
    DYNAMODB_ENDPOINT: 'aws',
    AWS_REGION: 'eu-central-1',
    PUBLIC_URL: 'https://shop.example',
  })
  // The index of a function rests between requests.
  expect((await checkRunningShop(settings, 3))[1]).toMatchObject({ state: 'ok', what: 'index' })
  isUp = false
  expect(await checkRunningShop(settings, 3)).toEqual([
    {
      state: 'fail',
      what: 'index',
      found: 'the shop does not respond at https://shop.example/api/health',
      mend: expect.stringContaining('PUBLIC_URL'),
    },
  ])
  expect(new Set(asked)).toEqual(new Set(['https://shop.example/api/health']))
})
