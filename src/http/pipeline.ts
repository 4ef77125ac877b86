/**
 * The steps of a request, in their order, for the endpoints of the API and for the pages:
 *
 * 1. request log     every request under its id                              request-logging.ts
 * 2. response cache  a cached response that is fresh is sent, nothing else   response-cache.ts, pages/page-cache.ts
 *    routing         to an endpoint or a page                                app.ts, pages/serve.ts
 * 3. CSRF check      not for signed calls, which no cookie authenticates     csrf.ts
 * 4. load shedding   one of 32 slots, and a deadline                         load-shedding.ts
 * 5. identity        who calls: session, guest, or a verified signature      identity.ts
 * 6. authorization   whether the access policy lets the caller in, and no    identity.ts,
 *                    rate limit of the caller is known to be used up         rate-limits.ts
 * 7. parsing         path, query, headers, media type; then the body is      input.ts,
 *                    received, within the budget of the process              body-budget.ts
 * 8. rate limit      refused here, or counted                                rate-limits.ts
 * 9. owner           asked again, where a session is not enough              endpoint.ts: reauthenticate
 * 10. handler        the work, and its response
 *
 * What a step refuses, it throws as a ShopError; no later step has run then. So no body is received before its sender is authorized,
 * except that of a signed call, whose signature covers it.
 */
import type { Log } from '../core/log/log.ts'
import { currentRequest } from '../core/request.ts'
import type { ReceiveBody } from './body-budget.ts'
import type { Caller } from './client-ip.ts'
import { checkCsrf } from './csrf.ts'
import type { LoadShedder } from './load-shedding.ts'
import { withRequestLogging } from './request-logging.ts'

type Fetch = (request: Request, caller?: Caller) => Response | Promise<Response>

/** Steps 1 and 2. `cached` finds a fresh response; `route` goes on with step 3 for what the request is routed to. */
export const createFetch = (
  log: Log,
  cached: (request: Request) => Response | Promise<Response> | undefined,
  route: Fetch,
): ((request: Request, caller?: Caller) => Promise<Response>) =>
  withRequestLogging((request, caller) => cached(request) ?? route(request, caller), log)

export type PipelineRules = {
  /** Origins of the shop's own pages, such as https://shop.example. */
  readonly origins: ReadonlySet<string>
  readonly loadShedder: LoadShedder
}

/** Steps 3 to 10 of one request; `skip` stands for a step that it does not need. */
export type Steps<Identity, Input, Counter, Result> = {
  /** The route's pattern, for the request log. */
  readonly route: string
  readonly checksCsrf: boolean
  /** Waits for what the handler needs, before a slot is taken and the deadline begins. */
  readonly prepare?: () => Promise<unknown>
  readonly identify: (receive: ReceiveBody) => Promise<Identity>
  readonly authorize: (identity: Identity) => Promise<void>
  readonly parse: (identity: Identity, receive: ReceiveBody) => Promise<Input>
  readonly limit: (identity: Identity, input: Input) => Promise<Counter>
  readonly reauthenticate: (identity: Identity, input: Input) => Promise<void>
  readonly handle: (identity: Identity, input: Input, counter: Counter) => Promise<Result>
}

export const skip = async (): Promise<undefined> => undefined

/** Runs steps 3 to 10. Throws what a step refuses. */
export const runSteps = async <Identity, Input, Counter, Result>(
  request: Request,
  { origins, loadShedder }: PipelineRules,
  steps: Steps<Identity, Input, Counter, Result>,
): Promise<Result> => {
  const current = currentRequest()
  if (current) current.route = steps.route
  if (steps.checksCsrf) checkCsrf(request, origins)
  if (steps.prepare) await steps.prepare()
  return loadShedder.admit(async () => {
    const bodies = loadShedder.holdBodies()
    const receive: ReceiveBody = maxBytes =>
      loadShedder.yieldSlotWhile(() => bodies.receive(request, maxBytes))
    try {
      const identity = await steps.identify(receive)
      await steps.authorize(identity)
      const input = await steps.parse(identity, receive)
      const counter = await steps.limit(identity, input)
      await steps.reauthenticate(identity, input)
      return await steps.handle(identity, input, counter)
    } finally {
      bodies.release()
    }
  })
}
