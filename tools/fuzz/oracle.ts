/** What is asked of every answer, whatever was sent; and whether what was refused has written anything. */
import type { Endpoint } from '#src/http/endpoint.ts'
import { Problem } from '#src/http/problem.ts'
import { errorsOf } from '#src/openapi/document.ts'
import { dumpTables } from '../../test/table-contents.ts'
import type { Seen, Sent, Target } from './target.ts'

/** The longest that anybody waits, in milliseconds. */
const LONGEST_MS = 2_000
/** What answers may not tell of the inside: files, stacks, tables, the store's own words. */
const INSIDE =
  /cloudshelf-(books|carts|users|orders|control)|node_modules|\.[mc]?[jt]s:\d|\bat \S+ \(|dynamo|dynoxide|ConditionalCheck|ValidationException|TypeError|ZodError|ECONN/i
/** What a path that was bent may lead to instead of its endpoint. */
const ELSEWHERE = new Set(['not_found', 'method_not_allowed'])

const declaredFault = (endpoint: Endpoint, body: unknown): string | undefined => {
  const { reply } = endpoint
  if (!reply) return body === '' ? undefined : 'has a body that it does not declare'
  const { data, success } = reply.safeParse(body)
  if (!success) return 'is not what it declares'
  return JSON.stringify(data).length === JSON.stringify(body).length
    ? undefined
    : 'has fields that it does not declare'
}

const refusalFaults = (endpoint: Endpoint, { status, headers, body, text }: Seen): string[] => {
  const problem = Problem.safeParse(body)
  const code = problem.data?.code
  return [
    ...(headers.get('content-type') === 'application/problem+json' ? [] : ['is no problem document']),
    ...(problem.success && problem.data.status === status ? [] : ['is no problem of the closed list']),
    ...(code === undefined || ELSEWHERE.has(code) || errorsOf(endpoint).includes(code)
      ? []
      : [`refuses with ${code}, which is not declared`]),
    ...(headers.get('set-cookie') === null ? [] : ['sets a cookie though it refuses']),
    ...(headers.get('cache-control') === 'no-store' ? [] : ['may be kept though it refuses']),
    ...(INSIDE.test(text) ? ['tells of the inside'] : []),
  ]
}

const successFaults = (endpoint: Endpoint, { status, headers, body }: Seen): string[] => {
  const fault = status === endpoint.status ? declaredFault(endpoint, body) : undefined
  const isPublic = endpoint.cache === 'public'
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(isPublic || headers.get('cache-control') === 'no-store' ? [] : ['is private and may be kept']),
    ...(isPublic && headers.get('set-cookie') !== null ? ['is public and sets a cookie'] : []),
  ]
}

/** What is wrong with an answer; nothing, as a rule. `elsewhere`: a bent path may have led to another endpoint. */
export const faultsOf = ({ endpoint }: Pick<Sent, 'endpoint'>, seen: Seen, elsewhere = false): string[] => [
  ...(seen.status >= 500 ? [`is a ${seen.status}`] : []),
  ...(seen.ms > LONGEST_MS ? [`took ${Math.round(seen.ms)} ms`] : []),
  ...(seen.status >= 400
    ? refusalFaults(endpoint, seen)
    : elsewhere || seen.status >= 300
      ? []
      : successFaults(endpoint, seen)),
]

/** Refusals that write: a mail that confirms the address, the count of wrong codes. */
const WRITING = new Set(['email_not_verified', 'code_wrong'])

export type Fault = { readonly request: string; readonly fault: string }

/** What a request was, in one line. */
export const inWords = ({ endpoint, as, path, body, headers, why }: Sent, seen?: Seen): string =>
  [
    `${endpoint.id} as ${as}: ${endpoint.method} ${path.slice(0, 160)}`,
    body === undefined ? '' : `body ${Buffer.from(body).toString('utf8').slice(0, 160)}`,
    headers ? JSON.stringify(headers).slice(0, 120) : '',
    why,
    seen ? `-> ${seen.status} ${seen.text.slice(0, 160)}` : '',
  ]
    .filter(Boolean)
    .join(' | ')

/** Sends requests in batches, and looks after each whether what was refused has left a trace in any table. */
export const ledger = (target: Target, every = 100) => {
  const { shop } = target
  const faults: Fault[] = []
  let [count, looks, proven] = [0, 0, 0]

  const note = (sent: Sent, seen: Seen | undefined, fault: string): void => {
    faults.push({ request: inWords(sent, seen), fault })
  }

  const ask = async (sent: Sent): Promise<Seen> => {
    count++
    const first = await target.send(sent)
    // What is slow is slow each time; a busy machine is not.
    const ms = first.ms > LONGEST_MS ? Math.min(first.ms, (await target.send(sent)).ms) : first.ms
    const seen = { ...first, ms }
    for (const fault of faultsOf(sent, seen, sent.elsewhere)) note(sent, seen, fault)
    for (const error of shop.reportedErrors.splice(0))
      note(sent, seen, `reports ${String(error).slice(0, 200)}`)
    return seen
  }

  /** Whether these requests, refused once, are refused again in the same words and write nothing. */
  const lookAt = async (refused: readonly (readonly [Sent, Seen])[], before: string): Promise<string> => {
    let again = 0
    for (const [sent, first] of refused) {
      const seen = await ask(sent)
      if (seen.status < 400 || WRITING.has(seen.body?.code)) again++
      else if (first.status === 400 && seen.status === 400 && seen.text !== first.text)
        note(sent, seen, 'is refused in other words the second time')
    }
    const after = await dumpTables(shop)
    looks++
    if (again === 0 && after !== before)
      for (const [sent, seen] of refused.slice(0, 1))
        note(sent, seen, 'this or one of the next hundred requests has written')
    return after
  }

  /** Sends them one by one; `judge` says what else is wrong with an answer. */
  const send = async (
    requests: readonly Sent[],
    judge?: (sent: Sent, seen: Seen) => string | undefined,
  ): Promise<void> => {
    let before = await dumpTables(shop)
    for (let i = 0; i < requests.length; i += every) {
      const refused: [Sent, Seen][] = []
      let wrote = false
      for (const sent of requests.slice(i, i + every)) {
        const seen = await ask(sent)
        const wrong = judge?.(sent, seen)
        if (wrong !== undefined) note(sent, seen, wrong)
        if (seen.status >= 400 && !WRITING.has(seen.body?.code)) refused.push([sent, seen])
        else if (sent.endpoint.method !== 'GET') wrote = true
      }
      proven += refused.length
      const after = await dumpTables(shop)
      looks++
      // What was taken has written, so that what was refused is sent once more, alone.
      if (wrote) before = await lookAt(refused, after)
      else if (after !== before) {
        for (const [sent, seen] of refused.slice(0, 1))
          note(sent, seen, 'this or one of the next hundred requests has written')
        before = after
      }
      await target.refresh()
      before = await dumpTables(shop)
    }
  }

  return { send, ask, note, faults, counts: () => ({ count, looks, proven }) }
}

export type Ledger = ReturnType<typeof ledger>
