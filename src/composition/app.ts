/** HTTP application over a list of routes: those of the whole shop, or of one function on AWS. */
import { createApp } from '../http/app.ts'
import { createLoadShedder } from '../http/load-shedding.ts'
import { shopOrigins } from '../http/origins.ts'
import { createResponseCache } from '../http/response-cache.ts'
import type { Route } from '../http/route.ts'
import type { AppContext } from './base.ts'

const RESPONSE_CACHE_BYTES = 24 * 1024 * 1024

/**
 * The application, with what the pages beside it share: its routes, its allowed origins and its load shedder. `sharedSeconds`: for
 * how long shared caches may keep a public response; briefly unless given.
 */
export const createHttpApp = (
  context: AppContext,
  routes: readonly Route[],
  sharedSeconds?: () => number,
) => {
  const { publicUrl, limiter, devices, sessions, log } = context
  const origins = shopOrigins(publicUrl)
  const loadShedder = createLoadShedder()
  const app = createApp(routes, {
    loadShedder,
    responseCache: createResponseCache(RESPONSE_CACHE_BYTES, sharedSeconds),
    limiter,
    deviceOf: devices.find,
    origins,
    https: publicUrl.startsWith('https:'),
    sessions,
    log,
  })
  return { ...app, routes, origins, loadShedder }
}
