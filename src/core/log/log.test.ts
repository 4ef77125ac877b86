import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { DynamoError } from '../dynamo/wire.ts'
import { runInRequest } from '../request.ts'
import { createLinesLog } from './log.ts'

const answered = { method: 'GET', route: '/api/cart', status: 200, ms: 1.5, calls: 2, request_id: 'r-1' }

/** What a log of JSON prints in a process of its own. */
const jsonOf = (code: string, env: Record<string, string> = {}): Record<string, unknown>[] => {
  const at = (file: string) => new URL(file, import.meta.url).href
  const source = `import { createJsonLog } from '${at('./json-log.ts')}'; import { runInRequest } from '${at('../request.ts')}'
    import { DynamoError } from '${at('../dynamo/wire.ts')}'; const log = createJsonLog('requests', 'OrderProcess'); ${code}`
  const { PATH = '' } = process.env
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    env: { PATH, ...env },
  })
  return [stdout, stderr].flatMap(text => text.split('\n').filter(Boolean)).map(line => JSON.parse(line))
}

test('on a terminal a line is a topic and a text, with the id of its request', () => {
  const lines: string[] = []
  const log = createLinesLog('requests', line => lines.push(line))
  log.event('tables', 'there')
  runInRequest('r-1', () => log.event('mail', 'sent order-1#order_confirmed'))
  log.request(answered)
  log.count({ OrdersPlaced: 1, Revenue: 52.42 })
  expect(lines).toEqual([
    'tables    there',
    'mail      sent order-1#order_confirmed  r-1',
    'request   GET /api/cart 200 1.5 ms, 2 calls  r-1',
    'metric    OrdersPlaced 1, Revenue 52.42',
  ])
})

test('each level includes the earlier ones; failures are always logged', () => {
  const lines: string[] = []
  const quiet = createLinesLog('errors', line => lines.push(line))
  quiet.event('tables', 'there')
  quiet.count({ OrdersPlaced: 1 })
  quiet.gauge({ OutboxAge: 1 })
  expect(lines).toEqual([])
  quiet.failure(new Error('a bug'))
  expect(lines).toHaveLength(1)
  expect(
    (['errors', 'events', 'requests', 'calls'] as const).map(createLinesLog('requests', () => {}).isEnabled),
  ).toEqual([true, true, true, false])
})

test('a failure is logged with message, stack and cause, and without other properties', () => {
  const lines: string[] = []
  const item = { email: { S: 'jane@example.com' } }
  const cause = new DynamoError('ConditionalCheckFailedException', 'it did not hold', { Item: item })
  createLinesLog('errors', line => lines.push(line)).failure(new Error('a bug', { cause }))
  expect(lines[0]).toMatch(/^error {5}Error: a bug\n[\s\S]+caused by .*it did not hold/)
  expect(lines.join()).not.toContain('jane')
  const [json] = jsonOf(`
    const cause = new DynamoError('ConditionalCheckFailedException', 'it did not hold', ${JSON.stringify({ Item: item })})
    runInRequest('r-1', () => log.failure(new Error('a bug', { cause })))`)
  expect(json).toMatchObject({ level: 'ERROR', message: 'a bug', name: 'Error', request_id: 'r-1' })
  expect(json?.stack).toMatch(/it did not hold/)
  expect(JSON.stringify(json)).not.toContain('jane')
})

test('the JSON log has the same entries, and metrics in CloudWatch’s embedded format with the service as their only dimension', () => {
  const lines = jsonOf(`log.event('mail', 'sent', { tries: 1 })
    log.request(${JSON.stringify(answered)})
    runInRequest('r-1', () => log.count({ OrdersPlaced: 1, Revenue: 52.42 }))
    log.gauge({ OutboxAge: 3 })`)
  expect(lines).toHaveLength(4)
  const [said, request, counted, gauged] = lines
  expect(said).toMatchObject({
    level: 'INFO',
    service: 'OrderProcess',
    topic: 'mail',
    message: 'sent',
    tries: 1,
  })
  expect(request).toMatchObject({ topic: 'request', ...answered })
  expect(counted).toMatchObject({
    service: 'OrderProcess',
    OrdersPlaced: 1,
    Revenue: 52.42,
    request_id: 'r-1',
  })
  expect(counted?._aws).toMatchObject({
    CloudWatchMetrics: [
      {
        Namespace: 'CloudShelf',
        Dimensions: [['service']],
        Metrics: [
          { Name: 'OrdersPlaced', Unit: 'Count' },
          { Name: 'Revenue', Unit: 'None' },
        ],
      },
    ],
  })
  // A gauge outside a request is not marked with the one before.
  expect(gauged).toMatchObject({ OutboxAge: 3 })
  expect(gauged).not.toHaveProperty('request_id')
  expect(gauged).not.toHaveProperty('OrdersPlaced')
})

test('no metrics are published where they are switched off', () => {
  expect(jsonOf('log.count({ OrdersPlaced: 1 })', { POWERTOOLS_METRICS_DISABLED: 'true' })).toEqual([])
})

test('a function starts without a warning about the least level that Lambda keeps', () => {
  const lines = jsonOf(`log.event('mail', 'sent')`, {
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    AWS_LAMBDA_FUNCTION_NAME: 'OrderProcess',
  })
  expect(lines.map(({ level, message }) => [level, message])).toEqual([['INFO', 'sent']])
})
