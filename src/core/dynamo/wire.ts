/** One DynamoDB call over HTTP: signed, sent, retried with full jitter, its failure turned into a typed error. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#pool'
import { type Headers, MissingCredentials, type Signer } from '../aws/sign.ts'
import { timeLeft } from '../deadline.ts'
import { ShopError } from '../errors.ts'
import { currentRequest } from '../request.ts'
import { backoff } from '../retry.ts'

/** DynamoDB's own refusal: `type` is its exception's short name, `body` the whole answer (cancellation reasons, old item). */
export class DynamoError extends Error {
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
  /** Whether an answer was lost before this one came: what was asked may have been carried out all the same. */
  afterLoss = false

  constructor(type: string, message: string, body: Readonly<Record<string, unknown>>) {
    super(`${type}: ${message}`)
    this.name = 'DynamoError'
    this.type = type
    this.body = body
  }
}

export type CallOptions = {
  /** Whether the call may be sent again after an answer was lost: true for reads and for transactions with a token. */
  readonly repeatable: boolean
}

export type Wire = {
  call(operation: string, input: object, options: CallOptions): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** Tries at most 5 times, 20 to 400 ms apart with full jitter, inside 2.5 s: see reliability of checkout. */
const MAX_TRIES = 5
const BUDGET_MS = 2_500
const PAUSE = backoff(20, 400)

/** The request was not carried out: another try cannot do it twice. */
const NOT_CARRIED_OUT = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ThroughputExceededException',
  'TransactionConflictException',
])
const STALE_CREDENTIALS = new Set(['ExpiredTokenException', 'UnrecognizedClientException'])
/** Answers after which nobody knows whether it was carried out. */
const UNKNOWN_OUTCOME = new Set([
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionInProgressException',
])
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** 'busy': not carried out; 'lost': nobody knows; undefined: an answer that another try would not change. */
const kindOf = (error: unknown): 'busy' | 'lost' | undefined => {
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
    'The shop cannot reach its books just now. Please try again.',
  )
  // Not a shopper's business, but the operator's.
  return error instanceof MissingCredentials ? Object.assign(unavailable, { cause: error }) : unavailable
}

const parse = (status: number, text: string): Record<string, unknown> => {
  let body: Record<string, unknown> = {}
  try {
    body = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Not DynamoDB's words: a proxy's, or an answer cut off.
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

/**
 * Calls go to what `endpoint()` says at that moment: the embedded engine may come back on another port. `sign.forget` is
 * called when the store says that the credentials are no longer good.
 */
export const createWire = (endpoint: () => string, sign: Signer & { forget?: () => void }): Wire => {
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
    const request = currentRequest()
    if (request) request.calls++
    const answer = await target.pool.send({
      method: 'POST',
      path: '/',
      headers,
      body,
      headersTimeout: within,
      bodyTimeout: within,
    })
    return parse(answer.status, answer.body.toString())
  }

  const call: Wire['call'] = async (operation, input, { repeatable }) => {
    const body = JSON.stringify(input)
    const budget = Math.min(BUDGET_MS, timeLeft())
    // Nobody waits for it any more: not begun, so not carried out.
    if (budget <= 0) throw asShopError(undefined)
    const deadline = Math.ceil(Date.now() + budget)
    let lost = false
    for (let tries = 1; ; tries++) {
      try {
        return await send(operation, body, Math.max(1, deadline - Date.now()))
      } catch (error) {
        if (error instanceof MissingCredentials) throw asShopError(error)
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

  return { call, close: () => target.pool.destroy() }
}
