/** The purge of the CDN by the bundles: the consumer of the books stream, the purger and the catalog, with a stand-in of CloudFront. */
import { marshall } from '@aws-sdk/util-dynamodb'
import { expect, test } from 'vitest'
import { PROXY_SECRET, startFunctions } from '../../test/deployments.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { aBook, createTestShop, type Json } from '../../test/kit.ts'
import { startFunction } from '../../test/lambda-function.ts'
import { readItems } from '../../test/table-contents.ts'
import { SETTLE_MS } from '../cdn/timing.ts'

const WAKE = '/2015-03-31/functions/CdnPurger/invocations?Qualifier=live'
const SCHEDULED = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} }

const open = async () => {
  const books = [aBook({ stock_quantity: 50 }), aBook({ book_id: 'tech-002', stock_quantity: 2 })]
  const shop = await createTestShop({ books, env: { PUBLIC_URL: 'https://shop.example' } })
  const { aws, environment } = await startFunctions(shop.deps, [])
  const settings = {
    ...environment,
    CDN_PURGER: 'CdnPurger:live',
    CDN_DISTRIBUTION: 'E2EXAMPLE1',
    CDN_PATHS: '900',
    CLOUDFRONT_ENDPOINT: aws.url,
    ROLLOUT_ENDPOINT: aws.url,
    // Of it the last 90 s are for the purge that was begun.
    AWS_LAMBDA_TIMEOUT_MS: '300000',
  }
  const rows = async () => (await readItems(shop, 'control')).filter(({ pk }) => pk === 'cdn-purge')
  /** As if the time had passed in which a change settles. */
  const settle = async () => {
    for (const row of await rows())
      if (row.sk.startsWith('change#'))
        await shop.deps.db.write({
          action: 'Put',
          table: shop.names.control,
          item: { ...row, settled_at: 0, due_at: 0 },
        })
  }
  const catalog = async (variables: Readonly<Record<string, string>>) => {
    const started = await startFunction('BookCatalog', variables)
    return async (path: string): Promise<string> => {
      const request = { method: 'GET', url: path, headers: { 'x-trusted-proxy': PROXY_SECRET } }
      const { headers } = (await started.invoke(
        createGatewayEvent(request, new Uint8Array(), '$default'),
      )) as { headers: Json }
      return headers['cache-control']
    }
  }
  const woken = () => aws.requests.filter(({ url }) => url === WAKE)
  const [stored] = (await readItems(shop, 'books')).filter(({ book_id }) => book_id === 'tech-001')
  return { ...shop, stored, aws, environment, settings, rows, settle, catalog, woken }
}

const recordOf = (before: Json, after: Json) => ({
  eventID: crypto.randomUUID(),
  dynamodb: {
    Keys: marshall({ category: before.category, book_id: before.book_id }),
    OldImage: marshall(before, { removeUndefinedValues: true }),
    NewImage: marshall(after, { removeUndefinedValues: true }),
    SequenceNumber: '1',
  },
})

test('a change that the public sees wakes the purger once, is purged, and lets responses be shared for long', async () => {
  const { settings, environment, aws, rows, settle, catalog, woken, stored } = await open()
  const before = await catalog(settings)
  expect(await before('/api/books')).toBe('public, max-age=0, s-maxage=20')

  const consumer = await startFunction('IndexConsumer', settings)
  const sale = (from: number, to: number) =>
    recordOf({ ...stored, stock_quantity: from }, { ...stored, stock_quantity: to })
  await consumer.invoke({ Records: [sale(50, 49), sale(49, 48)] })
  expect(await rows()).toEqual([])
  await consumer.invoke({ Records: [sale(48, 5), sale(5, 0)] })
  expect(await rows()).toMatchObject([{ lists: true }])
  expect(woken().map(({ headers }) => headers['x-amz-invocation-type'])).toEqual(['Event'])
  // One that waits for the first change is there for the second too.
  await consumer.invoke({ Records: [sale(0, 9)] })
  expect(woken()).toHaveLength(1)
  expect(await rows()).toHaveLength(2)

  const purger = await startFunction('CdnPurger', settings)
  await settle()
  await purger.invoke({})
  expect(aws.cloudFront.invalidations).toEqual([
    {
      distribution: 'E2EXAMPLE1',
      reference: expect.stringMatching(/^\w{26}$/),
      paths: ['/', '/_*', '/search*', '/category/*', '/books/*', '/api/*'],
    },
  ])
  expect(await rows()).toMatchObject([{ spent: 6 }, { sk: 'state' }])
  expect(purger.log()).toContain('purge of 6 paths: done in')

  const after = await catalog(settings)
  expect(await after('/api/books')).toBe('public, max-age=0, s-maxage=3600')
  expect(await after('/api/books/tech-001')).toBe('public, max-age=0, s-maxage=3600')
  // It has two copies left, and may sell out at any moment.
  expect(await after('/api/books/tech-002')).toBe('public, max-age=0, s-maxage=20')
  expect(await after('/api/books/no-such-book')).toBe('no-store')
  const without = await catalog(environment)
  expect(await without('/api/books')).toBe('public, max-age=0, s-maxage=20')
})

test('a purge that CloudFront refuses fails the purger, which sends it again under the same reference', async () => {
  const { settings, aws, rows, settle, stored, deps } = await open()
  const consumer = await startFunction('IndexConsumer', settings)
  // The purger cannot be woken: the batch is worked on all the same.
  aws.state.beforeAnswer = (_, url) => {
    if (url === WAKE) aws.state.fail = 1
  }
  const record = recordOf(stored, { ...stored, title: 'Another title' })
  expect(await consumer.invoke({ Records: [record] })).toEqual({ batchItemFailures: [] })
  expect(consumer.log()).toContain('Lambda responded with 503')
  await settle()
  const purger = await startFunction('CdnPurger', { ...settings, CDN_DISTRIBUTION: 'E2EXAMPLE1' })
  delete aws.state.beforeAnswer
  aws.cloudFront.state.denied = 'GET'
  // CloudFront accepts it, and does not say so: what becomes of it is not known.
  await expect(purger.invoke(SCHEDULED)).rejects.toThrow('CloudFront responded with 403: not authorized')
  const [, purge] = await rows()
  expect(purge?.sk).toMatch(/^purge#/)
  delete aws.cloudFront.state.denied
  await deps.db.write({ action: 'Put', table: deps.names.control, item: { ...purge, send_at: 0 } })
  await purger.invoke(SCHEDULED)
  expect(aws.cloudFront.invalidations).toHaveLength(1)
  expect(await rows()).toMatchObject([{ spent: 6 }, { sk: 'state' }])
  expect((await rows())[1]?.long_until).toBeGreaterThan(Date.now())
})

test('the time in which a change settles begins when it is in the change log', async () => {
  const { settings, rows, stored } = await open()
  const engine = await startFaultyEngine()
  const DELAY_MS = 100
  let loggedAt = 0
  engine.plan((operation, input) => {
    if (operation !== 'TransactWriteItems' || !JSON.stringify(input).includes('catalog-changes'))
      return undefined
    loggedAt = Date.now() + DELAY_MS
    return { delay: DELAY_MS }
  })
  const consumer = await startFunction('IndexConsumer', { ...settings, DYNAMODB_ENDPOINT: engine.endpoint })
  await consumer.invoke({ Records: [recordOf(stored, { ...stored, stock_quantity: 0 })] })
  const [waiting] = await rows()
  expect(loggedAt).toBeGreaterThan(0)
  expect(waiting?.settled_at).toBeGreaterThanOrEqual(loggedAt + SETTLE_MS)
})
