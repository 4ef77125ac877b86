/** Input of an endpoint: path, query, headers and body of a request, each parsed by the endpoint's schema. */

import type * as z from 'zod'
import { ShopError } from '../core/errors.ts'
import { truncate } from '../core/truncate.ts'
import { DEFAULT_MAX_BYTES, parseJson } from './body.ts'
import type { ReceiveBody } from './body-budget.ts'
import type { Endpoint } from './endpoint.ts'
import { authorize, type Identity } from './identity.ts'
import { describeIssue } from './issue-message.ts'
import { invalidRequest } from './problem.ts'
import { repeatableNames } from './repeatable-param.ts'

export type ParsedInput = { readonly [part in 'params' | 'query' | 'headers' | 'body']: unknown }

const parse = (part: string, schema: z.ZodType | undefined, value: unknown): unknown => {
  if (!schema) return undefined
  const parsed = schema.safeParse(value, { error: describeIssue })
  if (!parsed.success) throw invalidRequest(part, parsed.error)
  return parsed.data
}

/**
 * The query as an object; a repeatable parameter as a list. Any other one that is there twice is refused, because it is unclear
 * which one counts.
 */
const parseQuery = async (
  request: Request,
  { query, staffQuery }: Endpoint,
  identity: Identity,
): Promise<unknown> => {
  const start = request.url.indexOf('?')
  if (start < 0 && !query) return undefined
  const params = new URLSearchParams(start < 0 ? '' : request.url.slice(start))
  const names = [...params.keys()]
  const repeatable = repeatableNames(query)
  const repeated = names.find((name, i) => names.indexOf(name) !== i && !repeatable.has(name))
  if (repeated !== undefined)
    throw new ShopError('invalid_request', `query.${truncate(repeated, 60)}: must be there only once`)
  if (staffQuery?.some(name => params.has(name))) await authorize('staff', identity)
  if (!query && names[0] !== undefined)
    throw new ShopError('invalid_request', `query.${truncate(names[0], 60)}: is not a known parameter`)
  const values = names.map(name => [name, repeatable.has(name) ? params.getAll(name) : params.get(name)])
  return parse('query', query, Object.fromEntries(values))
}

const parseHeaders = (request: Request, { headers }: Endpoint): unknown => {
  if (!headers) return undefined
  const sent = Object.keys(headers.shape).map(name => [name, request.headers.get(name) ?? undefined])
  return parse('headers', headers, Object.fromEntries(sent))
}

const parseBody = async (request: Request, endpoint: Endpoint, receive: ReceiveBody): Promise<unknown> => {
  const { body, method } = endpoint
  if (body === undefined && method === 'GET') return undefined
  // What the headers tell is refused before the body is received.
  const type = request.headers.get('content-type') ?? ''
  if (body !== undefined && body !== 'bytes' && !/^application\/json\s*(;|$)/i.test(type))
    throw new ShopError('unsupported_media_type', 'Send the body as content-type: application/json.')
  const bytes = await receive(endpoint.maxBytes ?? DEFAULT_MAX_BYTES)
  if (body === 'bytes') return bytes
  if (body !== undefined) return parse('body', body, parseJson(bytes))
  if (bytes.length > 0) throw new ShopError('invalid_request', 'body: must be empty')
  return undefined
}

/** Everything that the handler gets. `received` is a raw body that was read before, to verify its signature. */
export const parseInput = async (
  request: Request,
  endpoint: Endpoint,
  params: unknown,
  identity: Identity,
  receive: ReceiveBody,
  received: Uint8Array | undefined,
): Promise<ParsedInput> => ({
  params: parse('path', endpoint.params, params),
  query: await parseQuery(request, endpoint, identity),
  headers: parseHeaders(request, endpoint),
  body: received ?? (await parseBody(request, endpoint, receive)),
})
