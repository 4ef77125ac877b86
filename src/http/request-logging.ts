/** Request log: gives every request an id, which its response and all of its log lines have, and logs the outcome. */
import type { Log } from '../core/log/log.ts'
import { currentRequest, runInRequest, standardHeaders } from '../core/request.ts'
import type { Caller } from './client-ip.ts'
import { isVisit } from './visits.ts'

type Serve = (request: Request, caller?: Caller) => Response | Promise<Response>

/** Route label for unmatched paths, which may contain anything. */
const UNMATCHED_ROUTE = 'none'

/** Interval of the log line about shed requests (ms). */
const SHED_INTERVAL_MS = 5_000

/** Logs shed requests as one aggregated line every 5 s: a line for each would take time from the admitted ones. */
const createShedCounter = (log: Log): (() => void) => {
  let shed = 0
  const flush = () => {
    log.count({ ServerErrors: shed })
    log.event('busy', `shed ${shed} requests in ${SHED_INTERVAL_MS / 1000} s, because no slot was free`)
    shed = 0
  }
  return () => {
    shed++
    if (shed === 1) setTimeout(flush, SHED_INTERVAL_MS).unref()
  }
}

/** Milliseconds since a `performance.now()`, with one decimal. */
const elapsedMs = (since: number): number => Math.round((performance.now() - since) * 10) / 10

/**
 * `serve` with a request log. A request within another one is a part of it: a page that calls the API. Logged is the route's
 * pattern; path, query, headers and IP address are not.
 */
export const withRequestLogging = (
  serve: Serve,
  log: Log,
): ((request: Request, caller?: Caller) => Promise<Response>) => {
  const countShed = createShedCounter(log)
  return async (request, caller) => {
    const outer = currentRequest()
    if (outer)
      return runInRequest(outer.id, async inner => {
        inner.isVisit = outer.isVisit
        const response = await serve(request, caller)
        outer.calls += inner.calls
        return response
      })
    const since = performance.now()
    return runInRequest(caller?.requestId?.(), async current => {
      current.isVisit = () => isVisit(request)
      const response = await serve(request, caller)
      if (!current.hasStandardHeaders)
        for (const [name, value] of Object.entries(standardHeaders())) response.headers.set(name, value)
      const { status } = response
      const failed = status >= 500 && !current.isShed
      if (current.isShed) countShed()
      if (failed) log.count({ ServerErrors: 1 })
      if (failed || log.isEnabled('requests'))
        log.request({
          method: request.method,
          route: current.route ?? UNMATCHED_ROUTE,
          status,
          ms: elapsedMs(since),
          calls: current.calls,
          request_id: current.id,
        })
      return response
    })
  }
}
