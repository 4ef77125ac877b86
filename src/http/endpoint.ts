/** An endpoint as data: routes, OpenAPI, the typed client and the gateway's routes are all read from it. */
import type * as z from 'zod'
import type { ErrorCode } from '../core/errors.ts'
import type { RateLimit } from './rate-limits.ts'

/**
 * Who may call: `anyone`; `shopper`, a guest or an account, who is only ever shown what is their own; `account`, who has
 * signed in; `staff`. There is no default.
 */
export type Access = 'anyone' | 'shopper' | 'account' | 'staff'

type Shape = z.ZodType
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Endpoint = {
  readonly id: string
  readonly method: Method
  /** As in OpenAPI and API Gateway: /api/books/{book_id}. */
  readonly path: string
  readonly summary: string
  readonly access: Access
  /** Query parameters that only staff may use, on a route that is open to others. */
  readonly staffQuery?: readonly string[]
  /** How often it may be called; counted once a request has been parsed, before anything is done. */
  readonly limits?: readonly RateLimit[]
  /** It is counted by its handler, in the transaction of what it does; if it does nothing, when it has come to that. */
  readonly countsInTransaction?: true
  /** `public`: the same bytes for everyone, kept by CDNs; the rest is never stored by anybody. */
  readonly cache: 'public' | 'private'
  readonly params?: Shape
  readonly query?: Shape
  readonly headers?: z.ZodObject
  /** A JSON body; `image` is a body of bytes. */
  readonly body?: Shape | 'image'
  /** The status of success and the shape of its body; no shape, no body. */
  readonly status: 200 | 201 | 202 | 204
  readonly reply?: Shape
  /** What this endpoint may refuse beyond what every endpoint may. */
  readonly errors: readonly ErrorCode[]
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined

/** What a handler gets: everything parsed, nothing else. */
export type Input<E extends Endpoint> = {
  readonly params: Parsed<E['params']>
  readonly query: Parsed<E['query']>
  readonly headers: Parsed<E['headers']>
  readonly body: E['body'] extends 'image' ? Uint8Array : Parsed<E['body']>
}

export type Reply<E extends Endpoint> = E['reply'] extends z.ZodType ? z.input<E['reply']> : undefined

/** Gives the endpoint its exact type. */
export const endpoint = <const E extends Endpoint>(definition: E): E => definition
