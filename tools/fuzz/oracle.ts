/** What is asked of every answer, whatever was sent; and whether what was refused has written anything. */
import type { Endpoint } from '#src/http/endpoint.ts'
import { Problem } from '#src/http/problem.ts'
import { errorsOf } from '#src/openapi/document.ts'
import { dumpTables } from '../../test/table-contents.ts'
import type { FuzzRequest, FuzzResponse, Target } from './target.ts'

/** The longest that anybody waits, in milliseconds. */
const MAX_MS = 2_000
/** What answers may not tell of the inside: files, stacks, tables, the store's own words. */
const INTERNALS =
  /cloudshelf-(books|carts|users|orders|control)|node_modules|\.[mc]?[jt]s:\d|\bat \S+ \(|dynamo|dynoxide|ConditionalCheck|ValidationException|TypeError|ZodError|ECONN/i
/** What a path that was bent may lead to instead of its endpoint. */
const REROUTED_CODES = new Set(['not_found', 'method_not_allowed'])

const findSchemaFault = (endpoint: Endpoint, body: unknown): string | undefined => {
  const { reply } = endpoint
  if (!reply) return body === '' ? undefined : 'has a body that it does not declare'
  const { data, success } = reply.safeParse(body)
  if (!success) return 'is not what it declares'
  return JSON.stringify(data).length === JSON.stringify(body).length
    ? undefined
    : 'has fields that it does not declare'
}

const findRefusalFaults = (endpoint: Endpoint, { status, headers, body, text }: FuzzResponse): string[] => {
  const problem = Problem.safeParse(body)
  const code = problem.data?.code
  return [
    ...(headers.get('content-type') === 'application/problem+json' ? [] : ['is no problem document']),
    ...(problem.success && problem.data.status === status ? [] : ['is no problem of the closed list']),
    ...(code === undefined || REROUTED_CODES.has(code) || errorsOf(endpoint).includes(code)
      ? []
      : [`refuses with ${code}, which is not declared`]),
    ...(headers.get('set-cookie') === null ? [] : ['sets a cookie though it refuses']),
    ...(headers.get('cache-control') === 'no-store' ? [] : ['may be kept though it refuses']),
    ...(INTERNALS.test(text) ? ['tells of the inside'] : []),
  ]
}

const findSuccessFaults = (endpoint: Endpoint, { status, headers, body }: FuzzResponse): string[] => {
  const fault = status === endpoint.status ? findSchemaFault(endpoint, body) : undefined
  const isPublic = endpoint.cache === 'public'
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(isPublic || headers.get('cache-control') === 'no-store' ? [] : ['is private and may be kept']),
    ...(isPublic && headers.get('set-cookie') !== null ? ['is public and sets a cookie'] : []),
  ]
}

/** What is wrong with an answer; nothing, as a rule. `elsewhere`: a bent path may have led to another endpoint. */
export const findFaults = (
  { endpoint }: Pick<FuzzRequest, 'endpoint'>,
  response: FuzzResponse,
  elsewhere = false,
): string[] => [
  ...(response.status >= 500 ? [`is a ${response.status}`] : []),
  ...(response.ms > MAX_MS ? [`took ${Math.round(response.ms)} ms`] : []),
  ...(response.status >= 400
    ? findRefusalFaults(endpoint, response)
    : elsewhere || response.status >= 300
      ? []
      : findSuccessFaults(endpoint, response)),
]

/** Refusals that write: a mail that confirms the address, the count of wrong codes. */
const WRITING_CODES = new Set(['email_not_verified', 'code_wrong'])

export type Fault = { readonly request: string; readonly fault: string }

/** What a request was, in one line. */
export const describeRequest = (
  { endpoint, as, path, body, headers, why }: FuzzRequest,
  response?: FuzzResponse,
): string =>
  [
    `${endpoint.id} as ${as}: ${endpoint.method} ${path.slice(0, 160)}`,
    body === undefined ? '' : `body ${Buffer.from(body).toString('utf8').slice(0, 160)}`,
    headers ? JSON.stringify(headers).slice(0, 120) : '',
    why,
    response ? `-> ${response.status} ${response.text.slice(0, 160)}` : '',
  ]
    .filter(Boolean)
    .join(' | ')

/** Sends requests in batches, and looks after each whether what was refused has left a trace in any table. */
export const createRunner = (target: Target, every = 100) => {
  const { shop } = target
  const faults: Fault[] = []
  let [count, looks, proven] = [0, 0, 0]

  const note = (request: FuzzRequest, response: FuzzResponse | undefined, fault: string): void => {
    faults.push({ request: describeRequest(request, response), fault })
  }

  const ask = async (request: FuzzRequest): Promise<FuzzResponse> => {
    count++
    const first = await target.send(request)
    // What is slow is slow each time; a busy machine is not.
    const ms = first.ms > MAX_MS ? Math.min(first.ms, (await target.send(request)).ms) : first.ms
    const response = { ...first, ms }
    for (const fault of findFaults(request, response, request.mayReroute)) note(request, response, fault)
    for (const error of shop.reportedErrors.splice(0))
      note(request, response, `reports ${String(error).slice(0, 200)}`)
    return response
  }

  /** Whether these requests, refused once, are refused again in the same words and write nothing. */
  const lookAt = async (
    refused: readonly (readonly [FuzzRequest, FuzzResponse])[],
    before: string,
  ): Promise<string> => {
    let again = 0
    for (const [request, first] of refused) {
      const response = await ask(request)
      if (response.status < 400 || WRITING_CODES.has(response.body?.code)) again++
      else if (first.status === 400 && response.status === 400 && response.text !== first.text)
        note(request, response, 'is refused in other words the second time')
    }
    const after = await dumpTables(shop)
    looks++
    if (again === 0 && after !== before)
      for (const [request, response] of refused.slice(0, 1))
        note(request, response, 'this or one of the next hundred requests has written')
    return after
  }

  /** Sends them one by one; `judge` says what else is wrong with an answer. */
  const send = async (
    requests: readonly FuzzRequest[],
    judge?: (request: FuzzRequest, response: FuzzResponse) => string | undefined,
  ): Promise<void> => {
    let before = await dumpTables(shop)
    for (let i = 0; i < requests.length; i += every) {
      const refused: [FuzzRequest, FuzzResponse][] = []
      let wrote = false
      for (const request of requests.slice(i, i + every)) {
        const response = await ask(request)
        const wrong = judge?.(request, response)
        if (wrong !== undefined) note(request, response, wrong)
        if (response.status >= 400 && !WRITING_CODES.has(response.body?.code))
          refused.push([request, response])
        else if (request.endpoint.method !== 'GET') wrote = true
      }
      proven += refused.length
      const after = await dumpTables(shop)
      looks++
      // What was taken has written, so that what was refused is sent once more, alone.
      if (wrote) before = await lookAt(refused, after)
      else if (after !== before) {
        for (const [request, response] of refused.slice(0, 1))
          note(request, response, 'this or one of the next hundred requests has written')
        before = after
      }
      await target.refresh()
      before = await dumpTables(shop)
    }
  }

  return { send, ask, note, faults, counts: () => ({ count, looks, proven }) }
}

export type Runner = ReturnType<typeof createRunner>
