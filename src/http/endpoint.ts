/** An endpoint as data: routes, OpenAPI, the typed client and the gateway's routes are all read from it. */
import type * as z from 'zod'
import type { ErrorCode } from '../core/errors.ts'
import type { RateLimit } from './rate-limits.ts'

/**
 * Access policy: who may call an endpoint. There is no default.
 *
 * - `anyone`
 * - `shopper`: a guest or an account, who is only shown what is their own
 * - `account`: a caller who has signed in
 * - `staff`: an account with a role, in a session with a second factor
 * - `signed`: another machine, such as a payment provider, by a signature over the raw body. The verifier of the route checks it
 *   before anything else is done. Cookies are ignored, so there is no CSRF check. The endpoint declares the header of the
 *   signature in `headers`, so that the API documentation lists it and the CDN forwards it
 */
export type Access = 'anyone' | 'shopper' | 'account' | 'staff' | 'signed'

type Shape = z.ZodType
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Endpoint = {
  readonly id: string
  readonly method: Method
  /** As in OpenAPI and API Gateway: /api/books/{book_id}. */
  readonly path: string
  readonly summary: string
  /** The last parameter of the path may contain slashes, which gateways decode. */
  readonly slashesInPath?: true
  readonly access: Access
  /**
   * Re-authentication: the owner of the account is asked again, because a borrowed session is not enough. This field of the body
   * has the account's password, where it has one. `second_factor` is for the second step of an operation
   * whose first endpoint asked for the password. The route has the check; the pipeline calls it before the handler.
   */
  readonly reauthenticate?: 'password' | 'current_password' | 'second_factor'
  /** Query parameters that only staff may use, on a route that is open to others. */
  readonly staffQuery?: readonly string[]
  /** How often it may be called. A request is counted once it has been parsed, before the handler. */
  readonly limits?: readonly RateLimit[]
  /** Limits on what only some requests do. The handler counts those, before anything is written. */
  readonly limitsInHandler?: readonly RateLimit[]
  /** The handler counts the request in its own transaction; otherwise it is counted when the handler returns. */
  readonly countsInTransaction?: true
  /** `public`: the same bytes for every caller, cached here and by CDNs. `private` is never stored. */
  readonly cache: 'public' | 'private'
  readonly params?: Shape
  readonly query?: Shape
  readonly headers?: z.ZodObject
  /** A JSON body; `bytes` is the raw body. */
  readonly body?: Shape | 'bytes'
  /** The largest body, in bytes; 64 KB if not given. */
  readonly maxBytes?: number
  /** Media types of a raw body, for the API documentation. */
  readonly mediaTypes?: readonly string[]
  /** The status of success and the shape of its body; no shape, no body. */
  readonly status: 200 | 201 | 202 | 204
  readonly reply?: Shape
  /** The shape of a reply with status 202, which the handler then returns as an Accepted. */
  readonly accepted?: Shape
  /**
   * Media types of its replies that are not JSON, for which the handler returns a TextReply or a FileReply. Where there is a `reply`
   * too, the caller chooses by a parameter.
   */
  readonly otherReplies?: readonly string[]
  /** What this endpoint may refuse beyond what every endpoint may. */
  readonly errors: readonly ErrorCode[]
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined

/** Input of a handler: only what the schemas have parsed. */
export type Input<E extends Endpoint> = {
  readonly params: Parsed<E['params']>
  readonly query: Parsed<E['query']>
  readonly headers: Parsed<E['headers']>
  readonly body: E['body'] extends 'bytes' ? Uint8Array : Parsed<E['body']>
}

export type Reply<E extends Endpoint> = E['reply'] extends z.ZodType ? z.input<E['reply']> : undefined

/** Gives the endpoint its exact type. */
export const endpoint = <const E extends Endpoint>(definition: E): E => definition
