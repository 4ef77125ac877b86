/** Typed client of the API for the shop's own pages: calls an endpoint over any `fetch`, of the network or of the application. */
import type * as z from 'zod'
import { type ErrorCode, errorCodes, ShopError } from '../core/errors.ts'
import type { Endpoint } from './endpoint.ts'

type Sent<T> = T extends z.ZodType ? z.input<T> : undefined
type Part<Name extends string, T> = [T] extends [z.ZodType]
  ? { readonly [name in Name]: z.input<T> }
  : unknown

/** Input of a call: the parts that the endpoint has. */
export type CallInput<E extends Endpoint> = Part<'params', E['params']> &
  (E['query'] extends z.ZodType ? { readonly query?: Sent<E['query']> } : unknown) &
  Part<'headers', E['headers']> &
  (E['body'] extends 'bytes' ? { readonly body: Uint8Array } : Part<'body', E['body']>)

export type CallReply<E extends Endpoint> =
  | (E['reply'] extends z.ZodType
      ? z.output<E['reply']>
      : E extends { readonly otherReplies: readonly string[] }
        ? Uint8Array<ArrayBuffer>
        : undefined)
  | (E extends { readonly accepted: z.ZodType } ? z.output<E['accepted']> : never)

type AnyInput = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}

const toPath = (path: string, { params = {}, query = {} }: AnyInput): string => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value = []]) => [value].flat().map(one => [name, one])),
  )
  return search.size > 0 ? `${filled}?${search}` : filled
}

const toShopError = (status: number, text: string): ShopError => {
  try {
    const {
      type: _type,
      title: _title,
      status: _status,
      code,
      detail,
      ...extra
    } = JSON.parse(text) as Record<string, unknown>
    if (errorCodes.includes(code as ErrorCode)) return new ShopError(code as ErrorCode, String(detail), extra)
  } catch {
    // Not a problem document: a response of a proxy, or one that ended early.
  }
  if (status === 429)
    return new ShopError('too_many_requests', 'Too many requests. Please try again in a moment.')
  return new ShopError(
    status >= 500 ? 'store_unavailable' : 'malformed_request',
    `The shop responded with ${status}.`,
  )
}

export type Client = <E extends Endpoint>(endpoint: E, input: CallInput<E>) => Promise<CallReply<E>>

/**
 * A client of the shop at `origin`. `forwarded` are headers of every call, for example the visitor's cookie. A call resolves to
 * the endpoint's reply and rejects with the ShopError of the API.
 */
export const createShopClient = (
  origin: string,
  fetch: (request: Request) => Promise<Response>,
  forwarded: Readonly<Record<string, string>> = {},
): Client => {
  return async (endpoint, input) => {
    const { body, headers = {}, ...location } = input as AnyInput
    const request = new Request(`${origin}${toPath(endpoint.path, location)}`, {
      method: endpoint.method,
      headers: {
        ...(body === undefined || endpoint.body === 'bytes' ? {} : { 'content-type': 'application/json' }),
        ...forwarded,
        ...(headers as Record<string, string>),
      },
      ...(body === undefined
        ? {}
        : { body: endpoint.body === 'bytes' ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const response = await fetch(request)
    // An endpoint without JSON replies with a file.
    if (response.ok && !endpoint.reply && endpoint.otherReplies)
      return new Uint8Array(await response.arrayBuffer()) as CallReply<typeof endpoint>
    const text = await response.text()
    if (!response.ok) throw toShopError(response.status, text)
    return (text === '' ? undefined : JSON.parse(text)) as CallReply<typeof endpoint>
  }
}
