/** A route: an endpoint with its handler, and with the verifier of its signature where machines call it. */
import type * as z from 'zod'
import type { Endpoint, Input, Reply } from './endpoint.ts'
import type { Identity, Session } from './identity.ts'
import type { ParsedInput } from './input.ts'
import type { RateLimit, RequestCounter } from './rate-limits.ts'
import type { RequestedMails } from './requested-mails.ts'
import type { Sharing } from './shared-caching.ts'

/** A reply that is not JSON, of an endpoint that has `otherReplies`. */
export class TextReply {
  readonly mediaType: string
  readonly text: string

  /** `mediaType` with its charset: `text/csv; charset=utf-8`. */
  constructor(mediaType: string, text: string) {
    this.mediaType = mediaType
    this.text = text
  }
}

/** A reply that is a file, of an endpoint that has `otherReplies`. */
export class FileReply {
  readonly mediaType: string
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>

  /** `name` is what a browser calls it: ASCII letters, digits, hyphens and dots. */
  constructor(mediaType: string, name: string, bytes: Uint8Array<ArrayBuffer>) {
    this.mediaType = mediaType
    this.name = name
    this.bytes = bytes
  }
}

/** A reply with status 202, of an endpoint that has `accepted`. */
export class Accepted<T> {
  readonly value: T

  constructor(value: T) {
    this.value = value
  }
}

/** What a handler gets besides the parsed input. */
export type HandlerContext = {
  readonly identity: Identity
  /** The request's headers; without cookies for a signed call. */
  readonly requestHeaders: Headers
  /** Headers that the response has besides the usual ones. */
  readonly responseHeaders: Map<string, string>
  /** Set-Cookie headers that the response has besides the guest's. */
  readonly setCookies: string[]
  /** For endpoints with `countsInTransaction`: the request's limits, and `transact`, which counts it with the first writes. */
  readonly counter: Pick<RequestCounter, 'requests' | 'transact'>
  /** Counts the request on one of its endpoint's `limitsInHandler`. Throws too_many_requests. */
  readonly countOn: (limit: RateLimit) => Promise<void>
  /** For mails that a caller causes before it is known that the recipient wants them. */
  readonly mails: RequestedMails
  /** For public endpoints: caches the response while `isFresh()`; the last call counts. Without it, nothing is cached. */
  readonly cacheWhile: (isFresh: () => boolean, sharing?: Sharing) => void
}

export type Context<E extends Endpoint> = Input<E> & HandlerContext

/**
 * Whether the signature of a request is valid for exactly these bytes. It must compare in constant time, and refuse a
 * signature that is too old, if the scheme has a timestamp.
 */
export type VerifySignature = (body: Uint8Array, headers: Headers) => boolean | Promise<boolean>

/**
 * Throws unless the owner of the account is there: password_wrong, second_factor_needed, reauthentication_needed. `password` is
 * what was sent, if anything; null where only a second factor that is set must have been shown.
 */
export type Reauthenticate = (session: Session, password: string | undefined | null) => Promise<void>

export type Route = {
  readonly endpoint: Endpoint
  readonly handle: (context: ParsedInput & HandlerContext) => Promise<unknown>
  readonly verify?: VerifySignature
  readonly reauthenticate?: Reauthenticate
}

type Checks<E extends Endpoint> = E['access'] extends 'signed'
  ? [check: VerifySignature]
  : E extends { readonly reauthenticate: string }
    ? [check: Reauthenticate]
    : []

/**
 * Binds a handler to its endpoint: its input is parsed, its result has the shape of the endpoint's reply. A signed endpoint needs
 * a check of the signature, which is called with the raw body before anything else is done; one with `reauthenticate` a check of
 * the owner, which is called before the handler.
 */
export const route = <E extends Endpoint>(
  endpoint: E,
  handler: (
    context: Context<E>,
  ) => Promise<
    | Reply<E>
    | (E extends { readonly otherReplies: readonly string[] } ? TextReply | FileReply : never)
    | (E extends { readonly accepted: z.ZodType } ? Accepted<z.input<E['accepted']>> : never)
  >,
  ...checks: Checks<E>
): Route => {
  const [check] = checks as readonly unknown[]
  return {
    endpoint,
    // The pipeline parses by this very endpoint before it calls.
    handle: handler as unknown as Route['handle'],
    ...(endpoint.access === 'signed' ? { verify: check as VerifySignature } : {}),
    ...(endpoint.reauthenticate ? { reauthenticate: check as Reauthenticate } : {}),
  }
}
