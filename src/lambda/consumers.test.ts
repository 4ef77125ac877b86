/** Bundles of the functions that streams and schedules invoke, with events as DynamoDB and EventBridge send them. */

import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { expect, test } from 'vitest'
import { createAccountShop } from '../../test/accounts.ts'
import { CDN_SETTINGS, startFunctions } from '../../test/deployments.ts'
import { aBook, checkOut, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { startFunction } from '../../test/lambda-function.ts'
import { startSmtpServer } from '../../test/smtp-server.ts'
import { foreignBook, putForeignItem, readItems } from '../../test/table-contents.ts'
import type { Deps } from '../composition/shop.ts'
import { isInOutbox } from '../core/outbox.ts'
import type { FunctionId } from './functions.ts'

let sequence = 0
const recordOf = (change: {
  readonly before?: Json
  readonly after?: Json
  readonly keys: object
}): DynamoDBRecord => ({
  eventID: crypto.randomUUID(),
  eventName: change.before ? (change.after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  eventSource: 'aws:dynamodb',
  eventVersion: '1.1',
  awsRegion: 'eu-central-1',
  dynamodb: {
    Keys: marshall(change.keys) as never,
    ...(change.before ? { OldImage: change.before } : {}),
    ...(change.after ? { NewImage: change.after } : {}),
    SequenceNumber: String(++sequence).padStart(20, '0'),
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
})

const outboxRecord = (row: Json): DynamoDBRecord =>
  recordOf({ keys: { pk: row.pk, sk: row.sk }, after: marshall(row, { removeUndefinedValues: true }) })

const poison: DynamoDBRecord[] = [
  { ...recordOf({ keys: {}, after: {} }), dynamodb: { SequenceNumber: '1' } },
  recordOf({
    keys: { pk: 'outbox', sk: 'x' },
    after: marshall({ pk: 'outbox', sk: 'x', event: 7, due_at: '2025-01-01T00:00:00.000Z' }),
  }),
  recordOf({ keys: { pk: 'outbox', sk: 'y' }, after: { pk: { S: 'outbox' }, sk: { WRONG: 1 } } }),
  recordOf({ keys: { pk: 'outbox', sk: 'z' } }),
]

const openMail = async ({ delayMs = 0 } = {}) => {
  const server = await startSmtpServer({ delayMs })
  const shop = await createAccountShop({ books: [aBook({ stock_quantity: 500 })] })
  const start = async (id: FunctionId, more: Readonly<Record<string, string>> = {}) => {
    const { environment } = await startFunctions(shop.deps, [])
    return startFunction(id, { ...environment, SMTP_URL: server.url, ...more })
  }
  const order = async (who: Shopper): Promise<string> => {
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    return (await checkOut(who)).body.order_id
  }
  const rows = async (pk: string) => (await readItems(shop, 'control')).filter(one => one.pk === pk)
  const outbox = async () => (await readItems(shop, 'control')).filter(one => isInOutbox(one.pk))
  return { ...shop, server, start, order, rows, outbox }
}

test('each mail of a batch is sent once, with repeated records, invalid records and concurrent consumers', async () => {
  const { start, order, outbox, visitor, server } = await openMail()
  for (let i = 0; i < 4; i++) await order(visitor())
  const records = (await outbox()).map(outboxRecord)
  const event = { Records: [...poison.slice(0, 2), ...records, ...poison.slice(2)] }
  const consumers = await Promise.all([start('OutboxConsumer'), start('OutboxConsumer')])
  const answers = await Promise.all([...consumers, ...consumers].map(one => one.invoke(event)))
  // A record that cannot be read is left behind, or it would hold up its shard for a day.
  expect(answers).toEqual(Array(4).fill({ batchItemFailures: [] }))
  expect(server.messages).toHaveLength(4)
  expect(new Set(server.messages.map(text => /Message-ID:\s*(<[^>]+>)/i.exec(text)?.[1])).size).toBe(4)
  expect(await outbox()).toEqual([])
  await consumers[0]?.invoke(event)
  expect(server.messages).toHaveLength(4)
})

test('a batch is sent eight mails at a time, and those about one order in their order', async () => {
  const { start, order, outbox, visitor, server, staff } = await openMail({ delayMs: 100 })
  const ids: string[] = []
  for (let i = 0; i < 12; i++) ids.push(await order(visitor()))
  for (const id of ids.slice(0, 3)) await staff.post(`/api/orders/${id}/cancel`)
  const rows = (await outbox()).toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
  expect(new Set(rows.map(({ pk }) => pk)).size).toBeGreaterThan(2)
  const consumer = await start('OutboxConsumer')
  // As Lambda does with ten batches of a shard at once: each is of other partitions.
  await consumer.invoke({ Records: rows.map(outboxRecord) })
  expect(server.messages).toHaveLength(15)
  expect(server.inHand.most).toBeGreaterThanOrEqual(6)
  expect(server.inHand.most).toBeLessThanOrEqual(8)
  for (const id of ids.slice(0, 3)) {
    const about = server.messages.flatMap(text => /Message-ID:\s*<([^@>]+)/i.exec(text)?.[1] ?? [])
    const mine = about.filter(name => name.includes(id.slice(-16)))
    expect(mine.map(name => /confirmed|cancelled/.exec(name)?.[0])).toEqual(['confirmed', 'cancelled'])
  }
  expect(await outbox()).toEqual([])
})

test('after a database error only the interrupted records are returned for a retry', async () => {
  const { start, order, outbox, visitor, server, deps } = await openMail()
  await order(visitor())
  const [row] = await outbox()
  const failing = await start('OutboxConsumer', { CONTROL_TABLE_NAME: 'no-such-table' })
  const records = [poison[0], outboxRecord(row)]
  expect(await failing.invoke({ Records: records })).toEqual({
    batchItemFailures: [{ itemIdentifier: records[1]?.dynamodb?.SequenceNumber }],
  })
  const consumer = await start('OutboxConsumer')
  expect(await consumer.invoke({ Records: records })).toEqual({ batchItemFailures: [] })
  expect(server.messages).toHaveLength(1)
  // What is due later was put there to wait: it is the sweeper's.
  const later = { ...row, sk: 'zzz#later', due_at: new Date(Date.now() + 60_000).toISOString() }
  await deps.db.write({ action: 'Put', table: deps.names.control, item: later })
  await consumer.invoke({ Records: [outboxRecord(later)] })
  expect(server.messages).toHaveLength(1)
})

test('the sweeper sends postponed mails and finishes an interrupted erasure', async () => {
  const { start, order, rows, outbox, server, member, deps } = await openMail()
  const jane = await member('jane@example.com')
  await order(jane)
  const { user_id } = (await jane.get('/api/users/me')).body
  const note = { pk: 'erasures', sk: user_id, state: 'begun', at: new Date().toISOString() }
  await deps.db.write({ action: 'Put', table: deps.names.control, item: note })
  const sweeper = await start('Sweeper')
  const scheduled = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} }
  await sweeper.invoke(scheduled)
  expect(await rows('erasures')).toMatchObject([{ state: 'done' }])
  expect((await jane.get('/api/auth/session')).body).toEqual({ signed_in: false })
  // The mail that tells of the erasure, which the next batch sends.
  expect((await outbox()).map(({ event }) => event)).toEqual(['account_erased'])
  expect(server.messages.length).toBeLessThanOrEqual(1)
  await order(jane)
  await sweeper.invoke(scheduled)
  expect(server.messages.length).toBeGreaterThan(0)
  await order(jane)
  const silent = await start('Sweeper', { SMTP_URL: '' })
  await silent.invoke(scheduled)
  expect((await outbox()).map(({ state, tries }) => [state, tries])).toContainEqual(['PENDING', 0])
  const broken = await start('Sweeper', { CONTROL_TABLE_NAME: 'no-such-table' })
  await expect(broken.invoke(scheduled)).rejects.toThrow('ResourceNotFoundException')
})

/** Two processes of the catalogue's bundle and one of the consumer's, over the same tables and bucket. */
const openCatalogue = async () => {
  let functions: Awaited<ReturnType<typeof startFunctions>> | undefined
  const edge = async (deps: Deps) => {
    functions = await startFunctions(deps, ['BookCatalog', 'IndexConsumer'])
    return functions.fetch
  }
  const books = [aBook(), aBook({ book_id: 'tech-002', title: 'Refactoring', stock_quantity: 500 })]
  const shop = await createTestShop({ books, env: CDN_SETTINGS, transport: edge })
  if (!functions) throw new Error('the functions were not opened')
  const { environment, aws, of } = functions
  const { createGatewayEvent } = await import('../../test/gateway-event.ts')
  const { PROXY_SECRET } = await import('../../test/deployments.ts')
  /** Starts another process of the catalogue's bundle; returns what sends it a request. */
  const start = async (variables: Readonly<Record<string, string>>) => {
    const started = await startFunction('BookCatalog', variables)
    return async (path: string): Promise<Json> => {
      const request = { method: 'GET', url: path, headers: { 'x-trusted-proxy': PROXY_SECRET } }
      const { body } = (await started.invoke(createGatewayEvent(request, new Uint8Array(), '$default'))) as {
        body: string
      }
      return JSON.parse(body)
    }
  }
  const ask = await start(environment)
  return { ...shop, environment, aws, consumer: of('IndexConsumer'), ask, start }
}

const bookRecord = (before: Json, after: Json): DynamoDBRecord => {
  const { category, book_id } = after ?? before
  return {
    ...recordOf({ keys: {}, before, after }),
    dynamodb: { ...recordOf({ keys: {}, before, after }).dynamodb, Keys: { category, book_id } },
  }
}

/** Milliseconds until `condition` is true; fails after 2.5 s. */
const within2s = async (condition: () => Promise<boolean>): Promise<number> => {
  const start = performance.now()
  while (!(await condition())) {
    expect(performance.now() - start).toBeLessThan(2_500)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  return performance.now() - start
}

const changesOf = async (shop: TestShop) =>
  (await readItems(shop, 'control')).filter(({ pk }) => pk === 'catalog-changes')

test('another process of the catalog serves a change within two seconds, also one by another client', async () => {
  const shop = await openCatalogue()
  const { ask, staff, consumer } = shop
  const find = async (q: string) =>
    ((await ask(`/api/books?q=${q}`)) as Json).items.map((one: Json) => one.title)
  expect(await find('refactoring')).toEqual(['Refactoring'])
  await staff.call('PATCH', '/api/books/tech-002', { title: 'Gardening' })
  await within2s(async () => (await find('gardening')).length === 1)

  // Another client creates no pointer and no entry of the change log: the stream reports its write.
  const foreign = foreignBook({ book_id: { S: 'foreign-1' }, title: { S: 'Beekeeping' } })
  await putForeignItem(shop, 'books', foreign)
  expect(await find('beekeeping')).toEqual([])
  const before = (await changesOf(shop)).length
  const record = bookRecord(undefined, foreign)
  const bad = bookRecord(undefined, foreignBook({ book_id: { S: 'bad-1' }, price: { S: 'cheap' } }))
  expect(await consumer.invoke({ Records: [poison[0], bad, record, record] })).toEqual({
    batchItemFailures: [],
  })
  await within2s(async () => (await find('beekeeping')).length === 1)
  expect((await ask('/api/books/foreign-1')).title).toBe('Beekeeping')
  expect(await readItems(shop, 'control')).toContainEqual({
    pk: 'book#foreign-1',
    sk: 'pointer',
    category: 'Technology',
  })
  expect(consumer.log()).toMatch(/book bad-1 cannot be read/)
  // Told by the file and line that were written, not by those of the bundle.
  expect(consumer.log()).toMatch(/must have the key of a book.* \(?src\/[\w/-]+\.ts:\d+:\d+/)

  // A sale that the public does not see is not worth a word; one that sells out is.
  expect((await changesOf(shop)).length).toBe(before + 1)
  const sale = (from: string, to: string) =>
    bookRecord({ ...foreign, stock_quantity: { N: from } }, { ...foreign, stock_quantity: { N: to } })
  await consumer.invoke({ Records: [sale('25', '24')] })
  expect((await changesOf(shop)).length).toBe(before + 1)
  await consumer.invoke({ Records: [sale('1', '0')] })
  expect((await changesOf(shop)).length).toBe(before + 2)
})

test('the snapshot is written at the first start, then every few minutes, and by the schedule', async () => {
  const shop = await openCatalogue()
  const { aws, environment, consumer, staff } = shop
  const NAME = '/shop-blobs/index/books.snapshot'
  const first = aws.objects.get(NAME)
  expect(first?.bytes.length).toBeGreaterThan(100)
  const scans = async (start: () => Promise<unknown>) => {
    const gets = aws.requests.filter(({ method, url }) => method === 'GET' && url === NAME).length
    await start()
    return aws.requests.filter(({ method, url }) => method === 'GET' && url === NAME).length - gets
  }
  expect(await scans(() => startFunction('BookCatalog', environment))).toBe(1)
  await staff.call('PATCH', '/api/books/tech-001', { title: 'Another title' })
  await consumer.invoke({ Records: [bookRecord(undefined, foreignBook())] })
  // It is young: the log is enough.
  expect(aws.objects.get(NAME)).toBe(first)
  await consumer.invoke({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} })
  const second = aws.objects.get(NAME)
  expect(second).not.toBe(first)
  expect(second?.bytes.toString('latin1')).toContain('Another title')
  // A bucket that does not respond delays no change.
  aws.state.fail = 20
  expect(await consumer.invoke({ source: 'aws.scheduler' })).toEqual({ batchItemFailures: [] })
  expect(consumer.log()).toContain('the bucket responded with 503')
})

test('functions with too little memory for the catalogue stay up: lists from the table, no scan at the next start', async () => {
  const shop = await openCatalogue()
  const { aws, environment } = shop
  const NAME = '/shop-blobs/index/books.snapshot'
  const small = { ...environment, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128' }
  aws.objects.delete(NAME)
  const consumer = await startFunction('IndexConsumer', small)
  expect(await consumer.invoke({ source: 'aws.scheduler' })).toEqual({ batchItemFailures: [] })
  expect(consumer.log()).toMatch(/the search index of 2 books needs \d+ MB, and this function has 128 MB/)
  expect(consumer.log()).toMatch(/--context memory=BookCatalog=\d+,IndexConsumer=\d+/)
  const note = aws.objects.get(NAME)?.bytes
  expect(note?.length).toBeLessThan(500)
  // It is not counted again before it is old.
  await consumer.invoke({ source: 'aws.scheduler' })
  expect(aws.objects.get(NAME)?.bytes).toBe(note)

  const ask = await shop.start(small)
  expect((await ask('/api/books/category/Technology')).items).toHaveLength(2)
  expect((await ask('/api/categories')).items).toEqual([{ category: 'Technology', count: 2 }])
  expect((await ask('/api/books?q=refactorign')).code).toBe('index_too_large')
  expect((await ask('/api/health')).index).toMatchObject({ state: 'too_large', books: 2 })
  expect(aws.objects.get(NAME)?.bytes).toBe(note)

  // One with enough memory builds the index, and the small one reads only the head of what it has written.
  const large = await shop.start({ ...environment, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024' })
  expect((await large('/api/books?q=refactorign')).items).toHaveLength(1)
  expect(aws.objects.get(NAME)?.bytes.length).toBeGreaterThan(500)
  expect((await (await shop.start(small))('/api/health')).index).toMatchObject({
    state: 'too_large',
    books: 2,
  })
})
