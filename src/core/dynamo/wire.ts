/** Transport of DynamoDB calls over HTTP: signs, sends, retries with backoff and full jitter, and turns failures into typed errors. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#pool'
import { headerOf } from '../aws/http-pool.ts'
import { type Headers, MissingCredentials, type ServiceSigner, type Signer } from '../aws/sign.ts'
import { timeLeft } from '../deadline.ts'
import { ShopError } from '../errors.ts'
import { currentRequest } from '../request.ts'
import { backoff } from '../retry.ts'
import { writesItems } from './operations.ts'

/** An exception of DynamoDB: `type` is its short name, `body` the whole response (cancellation reasons, old item). */
export class DynamoError extends Error {
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
  /** Whether the response of an earlier try was lost, so that the call may have been carried out nevertheless. */
  afterLoss = false

  constructor(type: string, message: string, body: Readonly<Record<string, unknown>>) {
    super(`${type}: ${message}`)
    this.name = 'DynamoError'
    this.type = type
    this.body = body
  }
}

/** The signature was refused because of this machine's clock, which has been corrected: the call was not carried out. */
class ClockCorrected extends Error {}

export type CallOptions = {
  /** Whether the call may be sent again after a lost response: true for reads and for transactions with a token. */
  readonly repeatable: boolean
}

export type Wire = {
  call(operation: string, input: object, options: CallOptions): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** What each sending of a write passes: see core/fence/write-guard.ts. */
export type WriteGuard = {
  /**
   * Resolves when a write may be sent at once. Throws `shop_moving` or `writes_paused`, and the error of the database when the fence
   * cannot be read. The result is to be called with the response's arrival: it throws WriteUncertain, and nothing else.
   */
  readonly admit: () => Promise<() => Promise<void>>
}

/** A write was carried out or not: its response came after the fence may have been closed. */
export class WriteUncertain extends Error {
  override readonly name = 'WriteUncertain'

  constructor(options?: ErrorOptions) {
    super('the database stopped taking writes before the response to a write came', options)
  }
}

/** At most 5 tries within 2.5 s, with pauses of up to 400 ms. */
const MAX_TRIES = 5
const BUDGET_MS = 2_500
const PAUSE = backoff(20, 400)

/** The call was not carried out, so another try cannot do it twice. */
const NOT_CARRIED_OUT = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ThroughputExceededException',
  'TransactionConflictException',
])
const STALE_CREDENTIALS = new Set(['ExpiredTokenException', 'UnrecognizedClientException'])
/** It is unknown whether the call was carried out. */
const UNKNOWN_OUTCOME = new Set([
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionInProgressException',
])
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** 'busy': not carried out; 'lost': unknown; undefined: another try would not change the response. */
const kindOf = (error: unknown): 'busy' | 'lost' | undefined => {
  if (error instanceof ClockCorrected) return 'busy'
  if (!(error instanceof DynamoError)) return NEVER_SENT.has(codeOf(error)) ? 'busy' : 'lost'
  if (NOT_CARRIED_OUT.has(error.type) || STALE_CREDENTIALS.has(error.type)) return 'busy'
  if (UNKNOWN_OUTCOME.has(error.type)) return 'lost'
  return undefined
}

const asShopError = (error: unknown): unknown => {
  if (error instanceof DynamoError && NOT_CARRIED_OUT.has(error.type))
    return new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
  const unavailable = new ShopError(
    'store_unavailable',
    'The shop cannot reach its database right now. Please try again.',
  )
  // For the operator; a client does not see it.
  return error === undefined ? unavailable : Object.assign(unavailable, { cause: error })
}

const parse = (status: number, text: string): Record<string, unknown> => {
  let body: Record<string, unknown> = {}
  try {
    body = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Not a response of DynamoDB: a proxy's, or one that ended early.
    throw new DynamoError(
      status >= 500 || status === 200 ? 'ServiceUnavailable' : 'UnreadableAnswer',
      text.slice(0, 200),
      {},
    )
  }
  if (status === 200) return body
  const type =
    String(body.__type ?? '')
      .split('#')
      .at(-1) || (status >= 500 ? 'ServiceUnavailable' : `Http${status}`)
  throw new DynamoError(type, String(body.message ?? body.Message ?? ''), body)
}

const poolTo = (endpoint: string) => {
  const { host, origin } = new URL(endpoint)
  return { endpoint, host, pool: createPool(origin, { connections: 48, connectTimeout: 1_000 }) }
}

/** Time for a call of the guard itself, which is nobody's request (ms). */
const GUARD_BUDGET_MS = 1_000

/**
 * `endpoint()` is asked for each call: the embedded engine may come back on another port. `sign.forget` is called when the
 * database refuses the credentials as stale, `sign.correctClock` with every refusal. Each sending of a write passes the guard, which
 * `createGuard` makes of calls that do not.
 */
export const createWire = (
  endpoint: () => string,
  sign: Signer & Partial<ServiceSigner>,
  createGuard?: (call: Wire['call']) => WriteGuard,
): Wire => {
  let target = poolTo(endpoint())

  const send = async (operation: string, body: string, within: number): Promise<Record<string, unknown>> => {
    const plain: Headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    }
    if (endpoint() !== target.endpoint) {
      const { pool } = target
      target = poolTo(endpoint())
      await pool.destroy()
    }
    const signed = sign(target.host, plain, body)
    const headers = signed instanceof Promise ? await signed : signed
    const answer = await target.pool.send({
      method: 'POST',
      path: '/',
      headers,
      body,
      headersTimeout: within,
      bodyTimeout: within,
    })
    if (answer.status === 400 && sign.correctClock?.(headers, headerOf(answer, 'date')))
      throw new ClockCorrected()
    return parse(answer.status, answer.body.toString())
  }

  /** Sends once; what a write may not be sent for, or its response not believed for, is thrown. */
  const sendGuarded = async (operation: string, body: string, deadline: number) => {
    const confirm = guard && writesItems(operation) ? await guard.admit() : undefined
    // The guard took all the time there was: a write that is sent now would be carried out after its caller was refused.
    if (confirm && Date.now() >= deadline) throw asShopError(undefined)
    const request = currentRequest()
    if (request) request.calls++
    const sent = send(operation, body, Math.max(1, deadline - Date.now()))
    if (!confirm) return sent
    // A refusal is an answer too: it says what the table holds.
    const answered = await sent.then(
      answer => ({ answer }),
      (error: unknown) => ({ error }),
    )
    if ('answer' in answered || answered.error instanceof DynamoError) await confirm()
    if ('error' in answered) throw answered.error
    return answered.answer
  }

  const callWith = async (
    sendOnce: (operation: string, body: string, deadline: number) => Promise<Record<string, unknown>>,
    budget: number,
    operation: string,
    input: object,
    { repeatable }: CallOptions,
  ): Promise<Record<string, unknown>> => {
    const body = JSON.stringify(input)
    // The deadline of the request has passed: the call is not sent, so it is not carried out.
    if (budget <= 0) throw asShopError(undefined)
    const deadline = Math.ceil(Date.now() + budget)
    let lost = false
    for (let tries = 1; ; tries++) {
      try {
        return await sendOnce(operation, body, deadline)
      } catch (error) {
        if (error instanceof MissingCredentials) throw asShopError(error)
        // An earlier try may have been carried out, so a refusal by the guard must not say that nothing was written.
        if (error instanceof ShopError) throw lost ? asShopError(error) : error
        if (error instanceof WriteUncertain) throw asShopError(error)
        const kind = kindOf(error)
        if (kind === undefined) {
          if (error instanceof DynamoError) error.afterLoss = lost
          throw error
        }
        lost ||= kind === 'lost'
        if (error instanceof DynamoError && STALE_CREDENTIALS.has(error.type)) sign.forget?.()
        const pause = PAUSE(tries)
        if ((kind === 'lost' && !repeatable) || tries === MAX_TRIES || Date.now() + pause > deadline)
          throw asShopError(error)
        await sleep(pause)
      }
    }
  }

  const guard = createGuard?.((operation, input, options) =>
    callWith(
      (name, body, deadline) => send(name, body, Math.max(1, deadline - Date.now())),
      GUARD_BUDGET_MS,
      operation,
      input,
      options,
    ),
  )

  const call: Wire['call'] = (operation, input, options) =>
    callWith(sendGuarded, Math.min(BUDGET_MS, timeLeft()), operation, input, options)

  return { call, close: () => target.pool.destroy() }
}
