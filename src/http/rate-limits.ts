/** How often an endpoint may be called, as data beside it; and what is counted together. */
import { TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import type { Limiter, RateLimitRequest } from '../core/rate-limit/limiter.ts'

export const MINUTE = 60
export const HOUR = 3600

/**
 * At most `max` in any `seconds`, of those that have in common: `source`, the network they come from; `account`, the one that
 * has signed in; `address`, the e-mail address that is tried, each browser that has signed in with it before being counted on
 * its own, so that nobody can lock its owner out; or these fields of the body.
 */
export type RateLimit = {
  readonly per: 'source' | 'account' | 'address' | readonly string[]
  readonly max: number
  readonly seconds: number
  /** Endpoints whose limits have the same counter are counted together; an endpoint is otherwise counted alone. */
  readonly counter?: string
}

/** What limits look at in a request. */
export type Hit = {
  readonly clientNetwork: () => string
  /** undefined: a guest, who is another as soon as a cookie is thrown away, and is counted by source alone. */
  readonly account: string | undefined
  readonly body: unknown
  /** The browser as one that has signed in with this address before, if it has. */
  readonly deviceOf: (email: string) => Promise<string | undefined>
}

const fieldOf = (body: unknown, name: string): string =>
  String((body as Readonly<Record<string, unknown>> | undefined)?.[name] ?? '')

const subjectOf = async ({ per }: RateLimit, hit: Hit): Promise<string | undefined> => {
  if (per === 'source') return hit.clientNetwork()
  if (per === 'account') return hit.account
  if (per !== 'address') return JSON.stringify(per.map(name => fieldOf(hit.body, name)))
  const email = fieldOf(hit.body, 'email')
  const device = await hit.deviceOf(email)
  return JSON.stringify(device === undefined ? [email] : [email, device])
}

const demandOf = async (endpointId: string, limit: RateLimit, hit: Hit): Promise<RateLimitRequest[]> => {
  const subject = await subjectOf(limit, hit)
  if (subject === undefined) return []
  const scope = JSON.stringify([limit.counter ?? endpointId, limit.per])
  return [{ scope, subject, max: limit.max, seconds: limit.seconds }]
}

export const tooMany = (waitMs: number): ShopError => {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  return new ShopError('too_many_requests', `That was too often. Please try again in ${wait}.`, {
    retry_after: seconds,
  })
}

/** A request that is to be counted, once: alone, or with what is written for it. */
export type RequestCounter = {
  /** Carries out all writes or none, and counts the request in the same transaction if it is not counted yet. */
  readonly transact: (writes: readonly Write[]) => Promise<void>
  /** Counts it if it is not counted yet. */
  readonly count: () => Promise<void>
}

/**
 * Counts a request on all limits of its endpoint, or on none. Throws too_many_requests, with the seconds to wait: at once
 * where that is known, otherwise when it is counted.
 */
export const createRequestCounter = async (
  limiter: Limiter,
  endpointId: string,
  limits: readonly RateLimit[],
  hit: Hit,
): Promise<RequestCounter> => {
  const demands = (await Promise.all(limits.map(limit => demandOf(endpointId, limit, hit)))).flat()
  const refuse = (wait: number): void => {
    if (wait > 0) throw tooMany(wait)
  }
  refuse(limiter.knownWait(demands))
  let isOver = false
  const transact: RequestCounter['transact'] = async writes => {
    try {
      refuse(await limiter.admit(isOver ? [] : demands, writes))
      isOver = true
    } catch (error) {
      // What the store fails to write or may have written is not tried once more for the sake of counting.
      isOver ||= !(error instanceof TransactionRefused)
      throw error
    }
  }
  return { transact, count: async () => (isOver || demands.length === 0 ? undefined : transact([])) }
}

const spanInWords = (seconds: number): string => {
  const minutes = seconds / MINUTE
  return seconds === HOUR ? 'an hour' : minutes === 1 ? 'a minute' : `${minutes} minutes`
}

const subjectInWords = ({ per }: RateLimit): string => {
  if (per === 'source') return 'from one network'
  if (per === 'account') return 'by one account'
  if (per === 'address') return 'for one account, each of its known browsers counted on its own'
  return `for the same ${per.join(' and ')}`
}

/** The limits as a sentence of the documentation. */
export const inWords = (limits: readonly RateLimit[]): string =>
  `At most ${limits.map(one => `${one.max} in ${spanInWords(one.seconds)} ${subjectInWords(one)}`).join('; ')}.`
