/** Outages of the database, in the words of the engine. */
import { expect, test, vi } from 'vitest'
import { ShopError } from '../errors.ts'
import { createMonitoredWire, explainOutage } from './outage.ts'
import { DynamoError } from './wire.ts'

const unavailable = (cause?: unknown) =>
  Object.assign(new ShopError('store_unavailable', 'for customers'), cause === undefined ? {} : { cause })
const engineError = (message: string) => unavailable(new DynamoError('InternalServerError', message, {}))

/** What the engine answers, as it was seen on a full disk, under a limit of file sizes, and on a damaged file. */
const FULL =
  'commit failed (backend: database or disk is full) and rollback also failed (backend: cannot rollback - no transaction is active)'
const LIMITED =
  'commit failed (backend: I/O error: disk I/O error) and rollback also failed (backend: cannot rollback - no transaction is active)'

test.each([
  [FULL, 'disk_full'],
  [LIMITED, 'disk_error'],
  ['backend: database disk image is malformed', 'damaged'],
  ['backend: attempt to write a readonly database', 'read_only'],
  ['something else', 'other'],
])('"%s" is the cause %s, and the explanation has these words', (message, cause) => {
  const found = explainOutage(engineError(message))
  expect(found?.cause).toBe(cause)
  expect(found?.text).toContain(message)
})

test('a connection that fails is a cause, and what is refused for other reasons is none', () => {
  expect(explainOutage(unavailable(new Error('connect ECONNREFUSED')))?.cause).toBe('unreachable')
  for (const error of [
    unavailable(),
    new ShopError('store_busy', 'throttled'),
    new DynamoError('ConditionalCheckFailedException', 'disk is full', {}),
    new Error('a bug'),
  ])
    expect(explainOutage(error)).toBeUndefined()
})

const watch = () => {
  const time = { now: new Date('2025-09-05T10:00:00Z') }
  const result: { error?: unknown } = {}
  const log = { event: vi.fn(), failure: vi.fn() }
  const call = async () => {
    if (result.error !== undefined) throw result.error
    return {}
  }
  const monitored = createMonitoredWire({ call, close: async () => {} }, log, () => time.now)
  const run = async (operation: string, error?: unknown) => {
    result.error = error
    await monitored.wire.call(operation, {}, { repeatable: true }).catch(() => {})
  }
  const pass = (seconds: number) => {
    time.now = new Date(time.now.getTime() + seconds * 1000)
  }
  return { run, pass, log, outages: monitored.outages }
}

test('an outage of writes is logged once, and kept until a write succeeds', async () => {
  const { run, pass, log, outages } = watch()
  await run('PutItem', engineError(FULL))
  pass(5)
  await run('TransactWriteItems', engineError(FULL))
  await run('Query')
  expect(outages()).toEqual([
    { calls: 'writes', cause: 'disk_full', since: new Date('2025-09-05T10:00:00Z') },
  ])
  expect(log.failure).toHaveBeenCalledOnce()
  const [logged] = log.failure.mock.calls[0] as [Error]
  expect(logged.stack).toMatch(/^writes fail: the disk is full: make room.*\(.*database or disk is full/)
  expect(logged.stack).not.toContain('\n')
  pass(5)
  await run('UpdateItem')
  expect(outages()).toEqual([])
  expect(log.event.mock.calls).toEqual([['database', 'writes succeed again, after 10 s']])
})

test('writes that fail and succeed in turn on a nearly full disk do not fill the log', async () => {
  const { run, pass, log } = watch()
  for (let n = 0; n < 50; n++) {
    await run('PutItem', engineError(FULL))
    await run('PutItem')
    pass(1)
  }
  expect(log.failure).toHaveBeenCalledOnce()
  expect(log.event).toHaveBeenCalledOnce()
  pass(60)
  await run('PutItem', engineError(FULL))
  expect(log.failure).toHaveBeenCalledTimes(2)
})

test('another cause is logged by itself, and reads have an outage of their own', async () => {
  const { run, log, outages } = watch()
  await run('PutItem', engineError(FULL))
  await run('PutItem', engineError('database disk image is malformed'))
  await run('Scan', engineError('database disk image is malformed'))
  expect(log.failure).toHaveBeenCalledTimes(3)
  expect(outages().map(({ calls, cause }) => `${calls} ${cause}`)).toEqual([
    'writes damaged',
    'reads damaged',
  ])
})
