/** A route: an endpoint with its handler, and with the verifier of its signature where machines call it. */
import type { Endpoint, Input, Reply } from './endpoint.ts'
import type { Identity } from './identity.ts'
import type { ParsedInput } from './input.ts'
import type { RateLimit, RequestCounter } from './rate-limits.ts'
import type { RequestedMails } from './requested-mails.ts'

/** What a handler gets besides the parsed input. */
export type HandlerContext = {
  readonly identity: Identity
  /** The request's headers; without cookies for a signed call. */
  readonly requestHeaders: Headers
  /** Headers that the response has besides the usual ones. */
  readonly responseHeaders: Map<string, string>
  /** Set-Cookie headers that the response has besides the guest's. */
  readonly setCookies: string[]
  /** For endpoints with `countsInTransaction`: carries out writes, and counts the request with the first. */
  readonly counter: Pick<RequestCounter, 'requests' | 'transact'>
  /** Counts the request on one of its endpoint's `limitsInHandler`. Throws too_many_requests. */
  readonly countOn: (limit: RateLimit) => Promise<void>
  /** For mails that a caller causes before it is known that the recipient wants them. */
  readonly mails: RequestedMails
  /** For public endpoints: caches the response while `isFresh()`; the last call counts. Without it, nothing is cached. */
  readonly cacheWhile: (isFresh: () => boolean) => void
}

export type Context<E extends Endpoint> = Input<E> & HandlerContext

/**
 * Whether the signature of a request is valid for exactly these bytes. It must compare in constant time, and refuse a
 * signature that is too old, if the scheme has a timestamp.
 */
export type VerifySignature = (body: Uint8Array, headers: Headers) => boolean | Promise<boolean>

export type Route = {
  readonly endpoint: Endpoint
  readonly handle: (context: ParsedInput & HandlerContext) => Promise<unknown>
  readonly verify?: VerifySignature
}

/**
 * Binds a handler to its endpoint: its input is parsed, its result has the shape of the endpoint's reply. A signed endpoint needs
 * `verify`, which is called with the raw body before anything else is done.
 */
export const route = <E extends Endpoint>(
  endpoint: E,
  handler: (context: Context<E>) => Promise<Reply<E>>,
  ...verify: E['access'] extends 'signed' ? [verify: VerifySignature] : []
): Route => {
  const [check] = verify as readonly VerifySignature[]
  return {
    endpoint,
    // The pipeline parses by this very endpoint before it calls.
    handle: handler as unknown as Route['handle'],
    ...(check ? { verify: check } : {}),
  }
}
