/** Rate limits of endpoints: the limits as data, the counting of a request, and their wording in the API documentation. */
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import type { Limiter, RateLimitRequest } from '../core/rate-limit/limiter.ts'

export const MINUTE = 60
export const HOUR = 3600

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
  const scope = JSON.stringify([limit.counter ?? endpointId, storedName(limit.per)])
  return [{ scope, subject: counted, max: limit.max, seconds: limit.seconds }]
}

const tooManyRequests = (waitMs: number): ShopError => {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  const wait =
    seconds === 1 ? '1 second' : seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  return new ShopError('too_many_requests', `Too many requests. Please try again in ${wait}.`, {
    retry_after: seconds,
  })
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
  /** Carries out all writes or none, and counts the request in the same transaction if it is not counted yet. */
  readonly transact: (writes: readonly Write[]) => Promise<void>
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
  const transact: RequestCounter['transact'] = async writes => {
    try {
      refuse(await limiter.admit(isCounted ? [] : requests, writes))
      isCounted = true
    } catch (error) {
      // A write that failed, or may have been carried out, is not repeated only to count the request.
      isCounted ||= !(error instanceof TransactionRefused)
      throw error
    }
  }
  return { transact, count: async () => (isCounted || requests.length === 0 ? undefined : transact([])) }
}

const describeSpan = (seconds: number): string => {
  const minutes = seconds / MINUTE
  return seconds === HOUR ? 'an hour' : minutes === 1 ? 'a minute' : `${minutes} minutes`
}

const describeSubject = ({ per }: RateLimit): string => {
  if (per === 'ip') return 'from one network'
  if (per === 'account') return 'by one account'
  if (per === 'email') return 'for one account, with each of its known browsers counted separately'
  return `for the same ${per.join(' and ')}`
}

/** The limits as a sentence of the API documentation. */
export const describeLimits = (limits: readonly RateLimit[]): string =>
  `At most ${limits.map(one => `${one.max} in ${describeSpan(one.seconds)} ${describeSubject(one)}`).join('; ')}.`
