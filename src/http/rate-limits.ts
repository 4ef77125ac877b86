/** Rate limits of endpoints: the limits as data, the counting of a request, and their wording in the API documentation. */
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { HoldRefused, type Limiter, type RateLimitRequest } from '../core/rate-limit/limiter.ts'

export const MINUTE = 60
export const HOUR = 3600
export const DAY = 24 * HOUR

/**
 * At most `max` requests in any `seconds`, counted per
 *
 * - `ip`: the client's network (an IPv4 address or an IPv6 /64)
 * - `account`: the account that has signed in
 * - `email`: the email that is tried. A browser that has signed in with it before is counted on its own, so that guessing
 *   strangers cannot lock the owner out
 * - or the values of these fields of the body
 */
export type RateLimit = {
  readonly per: 'ip' | 'account' | 'email' | readonly string[]
  readonly max: number
  readonly seconds: number
  /** Endpoints whose limits have the same counter are counted together; without one, each endpoint is counted alone. */
  readonly counter?: string
  /** A shorter window in which fewer are allowed. */
  readonly burst?: { readonly max: number; readonly seconds: number }
  /** Counted in batches by each process: cheaper, and less exact. */
  readonly batch?: number
  /** What is counted, where it is not every request: 'new carts'. */
  readonly of?: string
  /** Seconds for which requests can hold amounts on the item of this limit. */
  readonly heldSeconds?: number
}

/** What rate limits look at in a request. */
export type CountedRequest = {
  readonly clientNetwork: () => string
  /** Undefined for a guest: a new cookie makes another guest, so guests are counted per IP alone. */
  readonly account: string | undefined
  readonly body: unknown
  /** The id of the browser, if it has signed in with this email before. */
  readonly deviceOf: (email: string) => Promise<string | undefined>
}

/** How stored keys name what is counted. They are hashed into the keys of counts that must go on across releases. */
const STORED_NAMES = { ip: 'source', account: 'account', email: 'address' } as const

const storedName = (per: RateLimit['per']): string | readonly string[] =>
  typeof per === 'string' ? STORED_NAMES[per] : per

const readField = (body: unknown, name: string): string =>
  String((body as Readonly<Record<string, unknown>> | undefined)?.[name] ?? '')

/** What sent the request, as far as it is known before its body. */
type Sender = Pick<CountedRequest, 'clientNetwork' | 'account'>

const senderOf = ({ per }: RateLimit, { clientNetwork, account }: Sender): string | undefined =>
  per === 'ip' ? clientNetwork() : per === 'account' ? account : undefined

const subject = async (limit: RateLimit, request: CountedRequest): Promise<string | undefined> => {
  const { per } = limit
  if (per === 'ip' || per === 'account') return senderOf(limit, request)
  if (per !== 'email') return JSON.stringify(per.map(name => readField(request.body, name)))
  const email = readField(request.body, 'email')
  const device = await request.deviceOf(email)
  return JSON.stringify(device === undefined ? [email] : [email, device])
}

const toLimitRequests = (
  endpointId: string,
  limit: RateLimit,
  counted: string | undefined,
): RateLimitRequest[] => {
  if (counted === undefined) return []
  const { per, counter = endpointId, of: _, ...rest } = limit
  return [{ scope: JSON.stringify([counter, storedName(per)]), subject: counted, ...rest }]
}

/** The request as this limit counts it; undefined where it does not concern the caller. */
export const countedBy = async (
  endpointId: string,
  limit: RateLimit,
  request: CountedRequest,
): Promise<RateLimitRequest | undefined> =>
  toLimitRequests(endpointId, limit, await subject(limit, request))[0]

const waitText = (seconds: number): string =>
  seconds === 1
    ? '1 second'
    : seconds < 90
      ? `${seconds} seconds`
      : seconds < 2 * HOUR
        ? `${Math.ceil(seconds / MINUTE)} minutes`
        : `${Math.ceil(seconds / HOUR)} hours`

/** The refusal of a request that a limit does not admit, with the seconds to wait. `reason` is a sentence. */
export const limitReached = (
  code: 'too_many_requests' | 'mail_limit',
  reason: string,
  waitMs: number,
): ShopError => {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new ShopError(code, `${reason} Please try again in ${waitText(seconds)}.`, { retry_after: seconds })
}

const tooManyRequests = (waitMs: number): ShopError =>
  limitReached('too_many_requests', 'Too many requests.', waitMs)

/** What a request counts on instead of the limits of its endpoint alone. */
export type Counting = {
  /** The limits of the endpoint, which may hold amounts, and others. */
  readonly requests: readonly RateLimitRequest[]
  /** The refusal of the others. */
  readonly refuse: (waitMs: number) => ShopError
}

/** Throws too_many_requests where this process knows that a limit of the sender is used up. Makes no call and counts nothing. */
export const refuseKnown = (
  limiter: Limiter,
  endpointId: string,
  limits: readonly RateLimit[],
  sender: Sender,
): void => {
  const wait = limiter.knownWait(
    limits.flatMap(limit => toLimitRequests(endpointId, limit, senderOf(limit, sender))),
  )
  if (wait > 0) throw tooManyRequests(wait)
}

/** A request that is counted once: alone, or together with what is written for it. */
export type RequestCounter = {
  /** The request as the limits of its endpoint count it. */
  readonly requests: readonly RateLimitRequest[]
  /**
   * Carries out all writes or none, and counts the request in the same transaction if it is not counted yet. Throws HoldRefused where
   * `counting` holds amounts that find no room.
   */
  readonly transact: (writes: readonly Write[], counting?: Counting) => Promise<void>
  /** Counts the request if it is not counted yet. */
  readonly count: () => Promise<void>
}

/**
 * Counts a request on all limits of its endpoint, or on none. Throws too_many_requests, with the seconds to wait: at once
 * where this process knows it, otherwise when the request is counted.
 */
export const createRequestCounter = async (
  limiter: Limiter,
  endpointId: string,
  limits: readonly RateLimit[],
  request: CountedRequest,
): Promise<RequestCounter> => {
  const requests = (
    await Promise.all(
      limits.map(async limit => toLimitRequests(endpointId, limit, await subject(limit, request))),
    )
  ).flat()
  const refuse = (wait: number): void => {
    if (wait > 0) throw tooManyRequests(wait)
  }
  refuse(limiter.knownWait(requests))
  let isCounted = false
  const transact: RequestCounter['transact'] = async (writes, counting) => {
    const counted = counting?.requests ?? (isCounted ? [] : requests)
    const wait = await limiter.admit(counted, writes).catch(error => {
      // A write that failed, or may have been carried out, is not repeated only to count the request.
      isCounted ||= !(error instanceof TransactionRefused || error instanceof HoldRefused)
      throw error
    })
    if (wait > 0) {
      refuse(limiter.knownWait(requests))
      throw counting?.refuse(wait) ?? tooManyRequests(wait)
    }
    isCounted = true
  }
  return {
    requests,
    transact,
    count: async () => (isCounted || requests.length === 0 ? undefined : transact([])),
  }
}

const describeSpan = (seconds: number): string => {
  const minutes = seconds / MINUTE
  if (seconds === DAY) return '24 hours'
  return seconds === HOUR ? 'an hour' : minutes === 1 ? 'a minute' : `${minutes} minutes`
}

const describeSubject = ({ per }: RateLimit): string => {
  if (per === 'ip') return 'from one network'
  if (per === 'account') return 'by one account'
  if (per === 'email') return 'for one account, with each of its known browsers counted separately'
  return `for the same ${per.join(' and ')}`
}

const describeLimit = (limit: RateLimit): string => {
  const { max, seconds, burst, of } = limit
  const shorter = burst ? `${burst.max} in ${describeSpan(burst.seconds)} and ` : ''
  return `${shorter}${max}${of === undefined ? '' : ` ${of}`} in ${describeSpan(seconds)} ${describeSubject(limit)}`
}

/** The limits as a sentence of the API documentation. */
export const describeLimits = (limits: readonly RateLimit[]): string =>
  `At most ${limits.map(describeLimit).join('; ')}.`
