/** Every request under its id: the answer bears it, whatever is done meanwhile finds it, and the log tells what came of it. */
import type { Log } from '../core/log/log.ts'
import { currentRequest, REQUEST_ID, runInRequest } from '../core/request.ts'
import type { Caller } from './client-ip.ts'

type Serve = (request: Request, caller?: Caller) => Response | Promise<Response>

/** Of addresses that lead nowhere, which may hold anything. */
const UNMATCHED_ROUTE = 'none'

/** A crowd that was turned away is told of so often (ms). */
const CROWD_TOLD_MS = 5_000

/** Tells of those for whom there was no place, together: a line for each would take the time of those who have one. */
const countShed = (log: Log): (() => void) => {
  let turnedAway = 0
  const tell = () => {
    log.count({ ServerErrors: turnedAway })
    log.event('busy', `turned ${turnedAway} requests away in ${CROWD_TOLD_MS / 1000} s, for want of a place`)
    turnedAway = 0
  }
  return () => {
    turnedAway++
    if (turnedAway === 1) setTimeout(tell, CROWD_TOLD_MS).unref()
  }
}

const milliseconds = (since: number): number => Math.round((performance.now() - since) * 10) / 10

/**
 * `serve`, told of in `log`. A request that comes while another is being answered is a part of that one: a page that asks
 * the API. Neither address nor query nor header is logged, only the route's pattern.
 */
export const withRequestLogging = (serve: Serve, log: Log) => {
  const turnedAway = countShed(log)
  return async (request: Request, caller?: Caller): Promise<Response> => {
    const outer = currentRequest()
    if (outer)
      return runInRequest(outer.id, async inner => {
        const answer = await serve(request, caller)
        outer.calls += inner.calls
        return answer
      })
    const since = performance.now()
    return runInRequest(caller?.requestId?.(), async current => {
      const answer = await serve(request, caller)
      if (!current.hasIdHeader) answer.headers.set(REQUEST_ID, current.id)
      const { status } = answer
      const failed = status >= 500 && !current.isShed
      if (current.isShed) turnedAway()
      if (failed) log.count({ ServerErrors: 1 })
      if (failed || log.isEnabled('requests'))
        log.request({
          method: request.method,
          route: current.route ?? UNMATCHED_ROUTE,
          status,
          ms: milliseconds(since),
          calls: current.calls,
          request_id: current.id,
        })
      return answer
    })
  }
}
