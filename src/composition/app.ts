/** An HTTP application of the shop's, over any of its routes. */

import { createApp, type Route } from '../http/app.ts'
import { createLoadShedder } from '../http/load-shedding.ts'
import { originsOf } from '../http/origins.ts'
import { createResponseCache } from '../http/response-cache.ts'
import type { AppContext } from './base.ts'

const ANSWER_BYTES = 24 * 1024 * 1024
/** An application of these routes, which may be all of the shop's or those of one function. */
export const createHttpApp = (deps: AppContext, routes: readonly Route[]) => {
  const { publicUrl } = deps
  const origins = originsOf(publicUrl)
  const loadShedder = createLoadShedder()
  const app = createApp(routes, {
    loadShedder,
    responseCache: createResponseCache(ANSWER_BYTES),
    limiter: deps.limiter,
    deviceOf: deps.devices.find,
    origins,
    https: publicUrl.startsWith('https:'),
    sessions: deps.sessions,
    log: deps.log,
  })
  return { ...app, routes, origins, loadShedder }
}
