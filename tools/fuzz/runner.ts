/** Runner that sends fuzz requests, applies the oracle, and checks that refused requests have written nothing. */
import { dumpTables } from '../../test/table-contents.ts'
import { findFaults } from './oracle.ts'
import { MAX_MS, scaleToIdle } from './pace.ts'
import type { FuzzRequest, FuzzResponse, Target } from './target.ts'

/** The refusal that may write: the count of wrong codes. */
const WRITING_CODE = 'code_wrong'

export type Fault = { readonly request: string; readonly fault: string }

/** Describes a request, and its response, in one line. */
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

export type Runner = {
  /** Sends requests one by one; `judge` adds a fault of its own. */
  readonly send: (
    requests: readonly FuzzRequest[],
    judge?: (request: FuzzRequest, response: FuzzResponse) => string | undefined,
  ) => Promise<void>
  /** Sends one request and applies the oracle. */
  readonly ask: (request: FuzzRequest) => Promise<FuzzResponse>
  readonly note: (request: FuzzRequest, response: FuzzResponse | undefined, fault: string) => void
  readonly faults: Fault[]
  /** Requests sent, comparisons of all tables, and refusals shown to have written nothing. */
  readonly counts: () => { readonly count: number; readonly comparisons: number; readonly proven: number }
}

/** Creates a runner that compares all tables after every batch of `every` requests. */
export const createRunner = (target: Target, every = 100): Runner => {
  const { shop } = target
  const faults: Fault[] = []
  let [count, comparisons, proven] = [0, 0, 0]

  const note: Runner['note'] = (request, response, fault) => {
    faults.push({ request: describeRequest(request, response), fault })
  }

  /** Time of the repeated request, beside constant answers: a slow response may be caused by a busy machine. */
  const timeAgain = async (request: FuzzRequest): Promise<number> => {
    const { ms } = await target.send(request)
    return scaleToIdle(ms)
  }

  const ask: Runner['ask'] = async request => {
    count++
    const first = await target.send(request)
    const response = first.ms > MAX_MS ? { ...first, ms: await timeAgain(request) } : first
    for (const fault of findFaults(request, response, request.mayReroute)) note(request, response, fault)
    for (const error of shop.reportedErrors.splice(0))
      note(request, response, `reports ${String(error).slice(0, 200)}`)
    return response
  }

  /** Repeats refused requests without the accepted ones: they must be refused with the same message and write nothing. */
  const repeatRefused = async (
    refused: readonly (readonly [FuzzRequest, FuzzResponse])[],
    before: string,
  ): Promise<string> => {
    let again = 0
    for (const [request, first] of refused) {
      const response = await ask(request)
      if (response.status < 400 || response.body?.code === WRITING_CODE) again++
      else if (first.status === 400 && response.status === 400 && response.text !== first.text)
        note(request, response, 'is refused with another message the second time')
    }
    const after = await dumpTables(shop)
    comparisons++
    if (again === 0 && after !== before)
      for (const [request, response] of refused.slice(0, 1))
        note(request, response, `this or one of the next ${every} requests has written`)
    return after
  }

  const send: Runner['send'] = async (requests, judge) => {
    let before = await dumpTables(shop)
    for (let i = 0; i < requests.length; i += every) {
      const refused: [FuzzRequest, FuzzResponse][] = []
      let wrote = false
      for (const request of requests.slice(i, i + every)) {
        const response = await ask(request)
        const wrong = judge?.(request, response)
        if (wrong !== undefined) note(request, response, wrong)
        if (response.status >= 400 && response.body?.code !== WRITING_CODE) refused.push([request, response])
        else if (request.endpoint.method !== 'GET') wrote = true
      }
      proven += refused.length
      const after = await dumpTables(shop)
      comparisons++
      // Accepted requests have written, so the refused ones are repeated alone.
      if (wrote) before = await repeatRefused(refused, after)
      else if (after !== before) {
        for (const [request, response] of refused.slice(0, 1))
          note(request, response, `this or one of the next ${every} requests has written`)
        before = after
      }
      await target.refresh()
      before = await dumpTables(shop)
    }
  }

  return { send, ask, note, faults, counts: () => ({ count, comparisons, proven }) }
}
