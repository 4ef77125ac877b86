/** Generator of the OpenAPI 3.1 document from endpoints and their zod schemas. */
import * as z from 'zod'
import { type ErrorCode, errorCodes, errorStatus } from '../core/errors.ts'
import { DEFAULT_SHOP_NAME } from '../core/shop-profile.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { Problem } from '../http/problem.ts'
import { describeLimits } from '../http/rate-limits.ts'
import { EXAMPLES } from './examples.ts'

type Json = { [name: string]: unknown }

/** Errors that follow from the kind of an endpoint: its input, its access policy and its limits. */
const commonErrors = (endpoint: Endpoint): ErrorCode[] => [
  'invalid_request',
  ...(endpoint.method === 'GET' ? [] : (['body_too_large', 'body_too_slow', 'malformed_request'] as const)),
  ...(endpoint.body === undefined || endpoint.body === 'bytes'
    ? []
    : (['malformed_json', 'unsupported_media_type'] as const)),
  ...(endpoint.access === 'account' ? (['not_signed_in'] as const) : []),
  ...(endpoint.access === 'staff' || endpoint.staffQuery ? (['not_signed_in', 'forbidden'] as const) : []),
  ...(endpoint.access === 'signed' ? (['forbidden'] as const) : []),
  ...(endpoint.method === 'GET' || endpoint.access === 'signed' ? [] : (['cross_site_request'] as const)),
  ...(endpoint.limits || endpoint.limitsInHandler ? (['too_many_requests'] as const) : []),
  'internal_error',
  'store_busy',
  'store_unavailable',
  ...(endpoint.method === 'GET' ? [] : (['shop_moving', 'writes_paused'] as const)),
]

/** All error codes of an endpoint, each once. */
export const endpointErrors = (endpoint: Endpoint): ErrorCode[] => [
  ...new Set([...endpoint.errors, ...commonErrors(endpoint)]),
]

const clean = (schema: Json): Json => {
  const { $schema: _schema, $id: _id, ...rest } = schema
  return rest
}

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): Json =>
  clean(z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json)

/** All schemas with an id, as components. */
const components = (endpoints: readonly Endpoint[]): Json => {
  const named: Record<string, Json> = {}
  const collect = (schema: z.ZodType | undefined, io: 'input' | 'output'): void => {
    const id = schema?.meta()?.id
    if (schema && typeof id === 'string') named[id] = toSchema(schema, io)
  }
  for (const { body, reply, accepted } of endpoints) {
    if (body !== 'bytes') collect(body, 'input')
    collect(reply, 'output')
    collect(accepted, 'output')
  }
  collect(Problem, 'output')
  return liftDefinitions(named)
}

/** Moves the definitions inside of components up to components of their own, and the references to them. */
const liftDefinitions = (named: Record<string, Json>): Json => {
  const all: Record<string, Json> = {}
  for (const [id, { $defs, ...schema }] of Object.entries(named)) {
    const definitions = ($defs ?? {}) as Record<string, Json>
    all[id] = clean(definitions[id] ?? schema)
    for (const [inner, definition] of Object.entries(definitions)) all[inner] ??= clean(definition)
  }
  const text = JSON.stringify(all).replaceAll('#/$defs/', '#/components/schemas/')
  return JSON.parse(text) as Json
}

const content = (schema: z.ZodType, type: string, example: unknown): Json => ({
  [type]: {
    schema: { $ref: `#/components/schemas/${String(schema.meta()?.id)}` },
    ...(example === undefined ? {} : { examples: { example: { value: example } } }),
  },
})

const parametersIn = (
  place: 'path' | 'query' | 'header',
  schema: z.ZodType | undefined,
  staffOnly: readonly string[] = [],
): Json[] => {
  if (!schema) return []
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name: name === 'idempotency-key' ? 'Idempotency-Key' : name === 'if-match' ? 'If-Match' : name,
    in: place,
    required: required.includes(name) || name === 'idempotency-key',
    ...(description || staffOnly.includes(name)
      ? { description: [description, staffOnly.includes(name) ? 'For staff.' : ''].filter(Boolean).join(' ') }
      : {}),
    schema: rest,
  }))
}

const requestBody = ({ id, body, mediaTypes = ['application/octet-stream'] }: Endpoint): Json | undefined => {
  if (body === undefined) return undefined
  if (body === 'bytes') {
    const binary = { schema: { type: 'string', format: 'binary' } }
    return { required: true, content: Object.fromEntries(mediaTypes.map(type => [type, binary])) }
  }
  return { required: true, content: content(body, 'application/json', EXAMPLES[id]?.request) }
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until the request may be repeated.', schema: { type: 'integer' } },
}

const responses = (endpoint: Endpoint): Json => {
  const { id, status, reply, cache } = endpoint
  const byStatus = Map.groupBy(endpointErrors(endpoint), code => errorStatus[code])
  const problems = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([code, codes]) => [
      String(code),
      {
        description: codes.map(one => `\`${one}\``).join(', '),
        ...(code === 429 ? { headers: RETRY_AFTER } : {}),
        content: content(Problem, 'application/problem+json', undefined),
      },
    ])
  const others = (endpoint.otherReplies ?? []).map(type => [
    type,
    { schema: { type: 'string', ...(type.startsWith('text/') ? {} : { format: 'binary' }) } },
  ])
  const accepted = endpoint.accepted
    ? {
        '202': {
          description: 'Accepted.',
          content: content(endpoint.accepted, 'application/json', EXAMPLES[id]?.accepted),
        },
      }
    : {}
  const success = {
    description: 'Success.',
    ...(reply || others.length > 0
      ? {
          content: {
            ...(reply ? content(reply, 'application/json', EXAMPLES[id]?.reply) : {}),
            ...Object.fromEntries(others),
          },
        }
      : {}),
  }
  const unchanged =
    cache === 'public' ? { '304': { description: 'Not modified: the ETag matches If-None-Match.' } } : {}
  return { [String(status)]: success, ...accepted, ...unchanged, ...Object.fromEntries(problems) }
}

/** Alternatives of authentication. */
const securityRequirements = ({ access }: Endpoint): Json[] => {
  if (access === 'signed') return [{ signature: [] }]
  if (access === 'account' || access === 'staff') return [{ session: [] }]
  return [{}, { guest: [] }, { session: [] }]
}

const SIGNATURE_SCHEME: Json = {
  type: 'apiKey',
  in: 'header',
  name: 'signature',
  description:
    'A signature over the raw body, for calls of other machines. Each operation names its header; cookies are ignored.',
}

const REAUTHENTICATION =
  'Asks the owner again: the password of an account that has one, in a session with a second factor where one is set; an account without a password must have signed in with a passkey or single sign-on in the last 5 minutes.'

/** Limits on every request, then those on what only some do. */
const describeAllLimits = ({ limits = [], limitsInHandler = [] }: Endpoint): string[] => {
  const all = [...limits, ...limitsInHandler]
  return all.length > 0 ? [describeLimits(all)] : []
}

const operation = (endpoint: Endpoint): Json => {
  const body = requestBody(endpoint)
  const descriptions = [
    ...(endpoint.reauthenticate && endpoint.reauthenticate !== 'second_factor' ? [REAUTHENTICATION] : []),
    ...describeAllLimits(endpoint),
  ]
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    ...(descriptions.length > 0 ? { description: descriptions.join(' ') } : {}),
    tags: [endpoint.path.split('/')[2] ?? 'shop'],
    ...(endpoint.access === 'anyone' ? {} : { security: securityRequirements(endpoint) }),
    parameters: [
      ...parametersIn('path', endpoint.params),
      ...parametersIn('query', endpoint.query, endpoint.staffQuery),
      ...parametersIn('header', endpoint.headers),
    ],
    ...(body ? { requestBody: body } : {}),
    responses: responses(endpoint),
  }
}

const ABOUT =
  'An online bookshop. Amounts are decimals in the shop’s currency. Every refusal is a problem document (RFC 9457) with a code; ' +
  'each operation lists its codes.'

/** All error codes by status, collapsed: a reader wants the operations first. */
const errorTable = (): string => {
  const rows = [...Map.groupBy(errorCodes, code => errorStatus[code])]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]) => `| ${status} | ${codes.map(code => `\`${code}\``).join(', ')} |`)
  const table = ['| status | codes |', '| --- | --- |', ...rows].join('\n')
  return `<details><summary>All ${errorCodes.length} error codes</summary>\n\n${table}\n\n</details>`
}

/** The document of these endpoints under this title; `serverUrl` is where the API is served. */
export const createOpenApiDocument = (
  endpoints: readonly Endpoint[],
  serverUrl = '/',
  title = DEFAULT_SHOP_NAME,
): Json => ({
  openapi: '3.1.0',
  info: {
    title,
    version: '1.0.0',
    description: `${ABOUT}\n\n${errorTable()}`,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: serverUrl }],
  paths: Object.fromEntries(
    [...Map.groupBy(endpoints, one => one.path)].map(([path, group]) => [
      path,
      Object.fromEntries(group.map(one => [one.method.toLowerCase(), operation(one)])),
    ]),
  ),
  components: {
    schemas: components(endpoints),
    securitySchemes: {
      ...(endpoints.some(one => one.access === 'signed') ? { signature: SIGNATURE_SCHEME } : {}),
      guest: {
        type: 'apiKey',
        in: 'cookie',
        name: 'cloudshelf_guest',
        description:
          'Set when a guest first adds to a cart. Its name is `__Host-cloudshelf_guest` where the shop is on https.',
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'cloudshelf_session',
        description:
          'Set by sign-in; staff need a second factor. Its name is `__Host-cloudshelf_session` where the shop is on https.',
      },
    },
  },
})
