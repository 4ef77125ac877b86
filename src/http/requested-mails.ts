/**
 * Mails that callers cause before it is known that the recipient wants them: orders of guests, sign-up, and every link that is sent to
 * an address that somebody typed. One limit counts them all, by recipient, so that the shop floods nobody. A mail about an existing
 * order or account that staff or a confirmed account cause does not go through here, and is never dropped.
 */
import type { Write } from '../core/dynamo/write.ts'
import type { ShopError } from '../core/errors.ts'
import type { Limiter, RateLimitRequest } from '../core/rate-limit/limiter.ts'
import { type CountedRequest, countedBy, DAY, HOUR, limitReached, type RateLimit } from './rate-limits.ts'

/**
 * Eight an hour, enough for somebody who orders, signs up and loses a mail or two; twenty a day, which is a nuisance and no flood. A
 * browser that has signed in with the address is counted on its own, so that strangers cannot keep its owner from a reset.
 */
export const MAILS_PER_RECIPIENT = {
  per: 'email',
  max: 20,
  seconds: DAY,
  burst: { max: 8, seconds: HOUR },
  counter: 'mails',
  heldSeconds: DAY,
} as const satisfies RateLimit

export const mailLimitReached = (waitMs: number): ShopError =>
  limitReached(
    'mail_limit',
    'We’ve sent too many emails to this address, so we can’t confirm an order to it now. Sign in to order, use another address, or contact us.',
    waitMs,
  )

export type RequestedMails = {
  /** The limit of a recipient, for a request that is refused when it is used up. `to` is normalized. */
  readonly limitOf: (to: string) => Promise<RateLimitRequest>
  /** Counts a mail to `to`; false where the recipient has had too many. For a mail that is announced afterwards. */
  readonly admit: (to: string) => Promise<boolean>
  /**
   * Carries out `others` with the announcement of a mail; or without it, where the recipient has had too many. A `decoy` is written in
   * its place then, and the caller is told the same. `to` is what the caller typed, normalized, whether or not a mail is due: counts
   * must not tell. Throws what a transaction throws.
   */
  readonly send: (to: string, mail: Write, decoy?: Write, others?: readonly Write[]) => Promise<void>
}

/** The mails that this request may cause. */
export const createRequestedMails = (limiter: Limiter, request: CountedRequest): RequestedMails => {
  const limitOf: RequestedMails['limitOf'] = async to => {
    const counted = { ...request, body: { email: to } }
    const limit = await countedBy('mails', MAILS_PER_RECIPIENT, counted)
    if (!limit) throw new TypeError('every email is counted')
    return limit
  }
  const send: RequestedMails['send'] = async (to, mail, decoy, others = []) => {
    const wait = await limiter.admit([await limitOf(to)], [...others, mail])
    if (wait > 0) await limiter.admit([], [...others, ...(decoy ? [decoy] : [])])
  }
  const admit: RequestedMails['admit'] = async to => (await limiter.admit([await limitOf(to)])) === 0
  return { limitOf, admit, send }
}
