import { expect, test } from 'vitest'
import { dynamoError, type Fault, startFaultyEngine } from '../../../test/faulty-engine.ts'
import { getTestEngine } from '../../../test/kit.ts'
import { engineSigner, type Signer } from '../aws/sign.ts'
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
