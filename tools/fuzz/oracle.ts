/** Oracle: what must be true of every response, whatever was sent. */
import type { Endpoint } from '#src/http/endpoint.ts'
import { Problem } from '#src/http/problem.ts'
import { endpointErrors } from '#src/openapi/document.ts'
import { MAX_MS } from './pace.ts'
import type { FuzzRequest, FuzzResponse } from './target.ts'

/** Internals that a response must not reveal: files, stack traces, table names, database errors. */
export const INTERNALS =
  /cloudshelf-(books|carts|users|orders|control)|node_modules|\.[mc]?[jt]s:\d|\bat \S+ \(|dynamo|dynoxide|ConditionalCheck|ValidationException|TypeError|ZodError|ECONN/i
/** Codes that a request with a mutated path may get instead of its endpoint's. */
const REROUTED_CODES = new Set(['not_found', 'method_not_allowed'])

const findSchemaFault = (endpoint: Endpoint, body: unknown): string | undefined => {
  const { reply } = endpoint
  if (!reply && endpoint.otherReplies) return undefined
  if (!reply) return body === '' ? undefined : 'has an undeclared body'
  const { data, success } = reply.safeParse(body)
  if (!success) return 'does not match its schema'
  return JSON.stringify(data).length === JSON.stringify(body).length ? undefined : 'has undeclared fields'
}

const findRefusalFaults = (endpoint: Endpoint, { status, headers, body, text }: FuzzResponse): string[] => {
  const problem = Problem.safeParse(body)
  const code = problem.data?.code
  return [
    ...(headers.get('content-type') === 'application/problem+json' ? [] : ['is not a problem document']),
    ...(problem.success && problem.data.status === status ? [] : ['is not a problem with a known code']),
    ...(code === undefined || REROUTED_CODES.has(code) || endpointErrors(endpoint).includes(code)
      ? []
      : [`refuses with ${code}, which is an undeclared code`]),
    ...(headers.get('set-cookie') === null ? [] : ['sets a cookie although it refuses']),
    ...(headers.get('cache-control') === 'no-store' ? [] : ['is cacheable although it refuses']),
    ...(INTERNALS.test(text) ? ['reveals internals'] : []),
  ]
}

const findSuccessFaults = (endpoint: Endpoint, { status, headers, body }: FuzzResponse): string[] => {
  const fault = status === endpoint.status ? findSchemaFault(endpoint, body) : undefined
  const isPublic = endpoint.cache === 'public'
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(isPublic || headers.get('cache-control') === 'no-store' ? [] : ['is private but cacheable']),
    ...(isPublic && headers.get('set-cookie') !== null ? ['is public but sets a cookie'] : []),
  ]
}

/** Finds the faults of a response. `mayReroute`: its mutated path may have matched another endpoint. */
export const findFaults = (
  { endpoint }: Pick<FuzzRequest, 'endpoint'>,
  response: FuzzResponse,
  mayReroute = false,
): string[] => [
  ...(response.status >= 500 ? [`is a ${response.status}`] : []),
  ...(response.headers.get('x-content-type-options') === 'nosniff' ? [] : ['lets browsers guess its type']),
  ...(response.ms > MAX_MS ? [`took ${Math.round(response.ms)} ms`] : []),
  ...(response.status >= 400
    ? findRefusalFaults(endpoint, response)
    : mayReroute || response.status >= 300
      ? []
      : findSuccessFaults(endpoint, response)),
]
