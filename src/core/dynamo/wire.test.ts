import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { dynamoError, type Fault, startFaultyEngine } from '../../../test/faulty-engine.ts'
import { getTestEngine } from '../../../test/kit.ts'
import { createAwsClient } from '../aws/aws-request.ts'
import { createServiceSigner, engineSigner, type Signer } from '../aws/sign.ts'
import { createWire } from './wire.ts'

const list = (wire: ReturnType<typeof createWire>, repeatable = true) =>
  wire.call('ListTables', {}, { repeatable })

const open = async (sign: Signer & { forget?: () => void } = engineSigner) => {
  const engine = await startFaultyEngine()
  const wire = createWire(() => engine.endpoint, sign)
  return { engine, wire, count: () => engine.calls.ListTables ?? 0 }
}

const LOST: [string, Fault][] = [
  ['a lost answer', 'lose'],
  ['a cut connection', 'refuse'],
  ['InternalServerError', { status: 500, body: { __type: 'InternalServerError' } }],
  ['a response that is not a JSON object', { status: 503, body: [] }],
]

test.each(LOST)('after %s, a repeatable call is retried, and another one is not', async (_, fault) => {
  const { engine, wire, count } = await open()
  let left = 2
  engine.plan(() => (left-- > 0 ? fault : undefined))
  expect(await list(wire)).toHaveProperty('TableNames')
  expect(count()).toBe(3)
  left = 1
  await expect(list(wire, false)).rejects.toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  expect(count()).toBe(4)
  await wire.close()
})

test('a call that was not carried out is retried, repeatable or not, five tries at most', async () => {
  const { engine, wire, count } = await open()
  let left = 2
  engine.plan(() => (left-- > 0 ? dynamoError('ThrottlingException') : undefined))
  expect(await list(wire, false)).toHaveProperty('TableNames')
  left = Number.POSITIVE_INFINITY
  await expect(list(wire)).rejects.toThrow(expect.objectContaining({ code: 'store_busy' }))
  expect(count()).toBe(3 + 5)
  await wire.close()
})

test('a response that no retry can change is thrown at once', async () => {
  const { engine, wire, count } = await open()
  for (const type of ['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException']) {
    engine.plan(() => dynamoError(type))
    await expect(list(wire)).rejects.toThrow(expect.objectContaining({ name: 'DynamoError', type }))
  }
  expect(count()).toBe(3)
  await wire.close()
})

test('credentials that the database refuses as stale are requested again', async () => {
  let key = 1
  const sign: Signer & { forget?: () => void } = Object.assign(
    (host: string, headers: Record<string, string>, body: string) => ({
      ...(engineSigner(host, headers, body) as Record<string, string>),
      'x-amz-date': `key-${key}`,
    }),
    { forget: () => void key++ },
  )
  const { engine, wire, count } = await open(sign)
  engine.plan(() => (key === 1 ? dynamoError('ExpiredTokenException') : undefined))
  expect(await list(wire)).toHaveProperty('TableNames')
  expect({ key, calls: count() }).toEqual({ key: 2, calls: 2 })
  await wire.close()
})

test('an engine that comes back on another port is found there, also by concurrent calls', async () => {
  const [first, second] = [await startFaultyEngine(), await startFaultyEngine()]
  let endpoint = first.endpoint
  const wire = createWire(() => endpoint, engineSigner)
  await list(wire)
  first.plan(() => {
    endpoint = second.endpoint
    return 'refuse'
  })
  const answers = await Promise.all(Array.from({ length: 20 }, () => list(wire)))
  expect(answers.every(answer => Array.isArray(answer.TableNames))).toBe(true)
  await wire.close()
})

test('a database that does not respond is given up within the budget', async () => {
  const { engine, wire } = await open()
  engine.plan(() => new Promise(() => {}))
  const start = performance.now()
  await expect(list(wire)).rejects.toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  expect(performance.now() - start).toBeLessThan(5_500)
  await wire.close()
}, 10_000)

test('a refused connection is store_unavailable', async () => {
  await getTestEngine()
  const wire = createWire(() => 'http://127.0.0.1:9', engineSigner)
  await expect(list(wire)).rejects.toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  await wire.close()
})

/** A service whose clock is ahead of this machine's: it refuses signatures of another time than its own, as AWS does. */
const startServiceAhead = async (hours: number, refusal: { status: number; type: string }) => {
  const seen = { refused: 0, accepted: 0 }
  const server = createServer((request, response) => {
    const now = Date.now() + hours * 3_600_000
    const [, ...parts] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(String(request.headers['x-amz-date'])) ?? []
    const [year = 0, month = 0, ...rest] = parts.map(Number)
    const isRefused = Math.abs(Date.UTC(year, month - 1, ...rest) - now) > 300_000
    seen[isRefused ? 'refused' : 'accepted']++
    response.writeHead(isRefused ? refusal.status : 200, { date: new Date(now).toUTCString() })
    response.end(JSON.stringify(isRefused ? { __type: refusal.type } : { TableNames: [] }))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const accessKey = async () => ({ accessKeyId: 'any', secretAccessKey: 'any' })

test.each([2, -2, 24 * 400])(
  'a clock that is %s hours wrong is corrected by the first refusal',
  async hours => {
    const ahead = await startServiceAhead(hours, {
      status: 400,
      type: 'com.amazon.coral.service#InvalidSignatureException',
    })
    const wire = createWire(() => ahead.endpoint, createServiceSigner('dynamodb', 'us-east-1', accessKey))
    // A write that must not be repeated is repeated as well: it has not been carried out.
    expect(await list(wire, false)).toHaveProperty('TableNames')
    for (let i = 0; i < 3; i++) await list(wire)
    expect(ahead.seen).toEqual({ refused: 1, accepted: 4 })
    await wire.close()
  },
)

test('other services correct the clock as well, and concurrent requests are all sent again', async () => {
  const ahead = await startServiceAhead(2, { status: 403, type: 'RequestTimeTooSkewed' })
  const send = createAwsClient(ahead.endpoint, createServiceSigner('s3', 'us-east-1', accessKey))
  const get = () => send({ method: 'GET', path: '/' })
  expect((await Promise.all([get(), get(), get()])).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(ahead.seen).toEqual({ refused: 3, accepted: 3 })
})

test('a signature that is refused for another reason is not repeated', async () => {
  const { engine, wire, count } = await open(createServiceSigner('dynamodb', 'us-east-1', accessKey))
  engine.plan(() => dynamoError('InvalidSignatureException'))
  await expect(list(wire)).rejects.toThrow(expect.objectContaining({ type: 'InvalidSignatureException' }))
  expect(count()).toBe(1)
  await wire.close()
})
