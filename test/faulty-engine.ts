/** Fault-injecting proxy before the engine: loses requests and responses, or returns DynamoDB errors. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#src/core/aws/undici-pool.ts'
import { isFenceRow } from '#src/core/fence/fence.ts'
import type { Engine } from '#src/local/engine.ts'
import type { Random } from '../tools/bench/random.ts'
import { onCleanup } from './cleanup.ts'
import { getTestEngine, type Json } from './kit.ts'

/**
 * `refuse`: the request never reaches the engine. `lose`: it is executed and its response is lost (`afterCommit` runs in between).
 * `cut`: it is executed and the response is truncated. `reset`: the connection is reset, before or after. `delay`: adds
 * milliseconds. `instead`: this input is sent. Otherwise the response to return instead of the engine's.
 */
export type Fault =
  | 'refuse'
  | 'lose'
  | 'cut'
  | 'reset'
  | { readonly delay: number }
  | { readonly instead: object }
  | { readonly afterCommit: () => Promise<unknown> }
  | { readonly status: number; readonly body: object }

/** Chooses the fault of a call; undefined passes it on. */
export type FaultPlan = (operation: string, input: Json) => Fault | undefined | Promise<Fault | undefined>

export type FaultyEngine = {
  readonly endpoint: string
  /** Sets the faults from now on. */
  readonly plan: (plan: FaultPlan) => void
  /** Number of calls by operation, without the readings of the write fence, which come by time. */
  readonly calls: Record<string, number>
  /** Number of calls with a fault. */
  readonly faults: () => number
}

/** A DynamoDB error response. */
export const dynamoError = (type: string, more: object = {}): Fault => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'on purpose', ...more },
})

/** A transaction cancelled for this reason, which the engine itself never returns. */
export const transactionCancelled = (input: Json, code: string): Fault =>
  dynamoError('TransactionCanceledException', {
    CancellationReasons: input.TransactItems.map((_: Json, i: number) => ({ Code: i === 0 ? code : 'None' })),
  })

const READS = new Set(['GetItem', 'Query', 'BatchGetItem', 'Scan', 'TransactGetItems'])

/** Rate of each fault in percent; the remaining calls pass. */
export type FaultRates = {
  readonly conflict?: number
  readonly inProgress?: number
  readonly throttle?: number
  readonly fail?: number
  readonly refuse?: number
  readonly lose?: number
  readonly cut?: number
  readonly reset?: number
  readonly delay?: number
}

/** Random faults. Conflicts and transactions in progress affect only writes, as in DynamoDB. */
export const randomFaults = (random: Random, faults: FaultRates): FaultPlan => {
  const kinds = Object.keys(faults) as (keyof FaultRates)[]
  const made = (kind: keyof FaultRates, operation: string, input: Json): Fault | undefined => {
    const isTransaction = operation === 'TransactWriteItems'
    if (kind === 'conflict' && isTransaction) return transactionCancelled(input, 'TransactionConflict')
    if (kind === 'conflict')
      return READS.has(operation) ? undefined : dynamoError('TransactionConflictException')
    if (kind === 'inProgress')
      return isTransaction ? dynamoError('TransactionInProgressException') : undefined
    if (kind === 'throttle') return dynamoError('ProvisionedThroughputExceededException')
    if (kind === 'fail') return { status: 500, body: { __type: 'InternalServerError' } }
    return kind === 'delay' ? { delay: random() * 200 } : kind
  }
  return (operation, input) => {
    let chance = random() * 100
    for (const kind of kinds) {
      chance -= faults[kind] ?? 0
      if (chance < 0) return made(kind, operation, input)
    }
    return undefined
  }
}

/** Whether a transaction only counts a request against rate limits. */
export const isRateLimitWrite = ({ TransactItems = [] }: Json): boolean =>
  TransactItems.length > 0 && TransactItems.every((one: Json) => JSON.stringify(one).includes('"limit#'))

/** Whether a call reads the write fence, which a process does once a second at most. */
export const isFenceReading = ({ Key }: Json): boolean =>
  Key !== undefined && isFenceRow({ pk: Key.pk?.S, sk: Key.sk?.S })

/** Rates of Amazon DynamoDB on a bad day. */
const AWS_FAULTS: FaultRates = { conflict: 4, inProgress: 1, throttle: 5, lose: 1, delay: 2 }
const PAGE = 25

const isTooLarge = (operation: string, { RequestItems = {}, TransactItems = [] }: Json): boolean => {
  const requests = Object.values<Json>(RequestItems).flatMap(one => one.Keys ?? one)
  const most = operation === 'BatchWriteItem' ? 25 : 100
  return (
    requests.length > most ||
    TransactItems.length > most ||
    JSON.stringify(TransactItems).length > 4 * 2 ** 20 ||
    JSON.stringify(RequestItems).length > 16 * 2 ** 20
  )
}

/**
 * Behaves as Amazon DynamoDB where the engine does not: throttles, lets transactions that meet fail, leaves batches for later, loses responses,
 * takes its time, gives short pages, and refuses what is larger than its limits.
 */
export const awsFaults = (random: Random): FaultPlan => {
  const faults = randomFaults(random, AWS_FAULTS)
  return (operation, input) => {
    if (isTooLarge(operation, input)) return dynamoError('ValidationException')
    const isLeft = random() < 0.05
    if (isLeft && operation === 'BatchGetItem')
      return { status: 200, body: { Responses: {}, UnprocessedKeys: input.RequestItems } }
    if (isLeft && operation === 'BatchWriteItem')
      return { status: 200, body: { UnprocessedItems: input.RequestItems } }
    if (isLeft && READS.has(operation)) return dynamoError('ThrottlingException')
    return (
      faults(operation, input) ?? (operation === 'Scan' ? { instead: { Limit: PAGE, ...input } } : undefined)
    )
  }
}

/** Starts the proxy before this engine, or that of the test file; `onAnswer` is called with each answer of the engine's. */
export const startFaultyEngine = async (
  before?: Pick<Engine, 'endpoint'>,
  onAnswer: (operation: string, input: Json, status: number) => void = () => {},
): Promise<FaultyEngine> => {
  const engine = before ?? (await getTestEngine())
  const pool = createPool(engine.endpoint, { connections: 64, connectTimeout: 1_000 })
  let plan: FaultPlan = () => undefined
  const calls: Record<string, number> = {}
  let faults = 0

  let isClosed = false

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const input = JSON.parse(body)
    if (!isFenceReading(input)) calls[operation] = (calls[operation] ?? 0) + 1
    const fault = await plan(operation, input)
    if (fault !== undefined) faults++
    if (fault === 'refuse') return request.socket.destroy()
    if (fault === 'reset' && faults % 2 === 0) return request.socket.resetAndDestroy()
    if (typeof fault === 'object' && 'delay' in fault) await sleep(fault.delay)
    if (typeof fault === 'object' && 'status' in fault)
      return response.writeHead(fault.status).end(JSON.stringify(fault.body))
    const headers = Object.fromEntries(
      ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'].map(name => [
        name,
        String(request.headers[name]),
      ]),
    )
    const sent = typeof fault === 'object' && 'instead' in fault ? JSON.stringify(fault.instead) : body
    const answer = await pool.send({ method: 'POST', path: '/', headers, body: sent })
    const text = answer.body.toString()
    onAnswer(operation, input, answer.status)
    if (typeof fault === 'object' && 'afterCommit' in fault) await fault.afterCommit()
    if (fault === 'reset') return request.socket.resetAndDestroy()
    response.writeHead(answer.status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(text),
    })
    if (fault === 'cut') return response.write(text.slice(0, text.length / 2), () => request.socket.destroy())
    if (fault === 'lose' || (typeof fault === 'object' && 'afterCommit' in fault))
      return request.socket.destroy()
    return response.end(text)
  }
  const server = createServer((request, response) => {
    // Calls still delayed when the tests have ended may fail.
    serve(request, response).catch(error => {
      if (!isClosed) throw error
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onCleanup(() => {
    isClosed = true
    server.close()
    server.closeAllConnections()
    void pool.destroy()
  })
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    plan: next => {
      plan = next
    },
    calls,
    faults: () => faults,
  }
}
