/** BookCatalog: browsing, searching, single books, the staff's edits of them, the API's documentation, and the shop's health. */
import { setTimeout as sleep } from 'node:timers/promises'
import { catalogRoutes } from '../catalog/routes.ts'
import { createHttpApp } from '../composition/app.ts'
import { createAppContext } from '../composition/base.ts'
import { createCatalogDeps } from '../composition/catalog.ts'
import { createBucketBlobs } from '../composition/clients.ts'
import { indexAge } from '../health/ages.ts'
import { healthRoutes } from '../health/health.ts'
import type { Caller } from '../http/client-ip.ts'
import { createOutboxTable } from '../notifications/table.ts'
import { mountDocs } from '../openapi/routes.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

/** How old the memory may be when somebody asks it. */
const FRESH_MS = 2_000
/** A start waits so long for an index that has to be built from the table; meanwhile the table answers what it can. */
const PATIENCE_MS = 5_000
const GAUGE_MS = 60_000

const { base, secrets } = createFunctionContext(['secret', 'proxy'])
const part = createCatalogDeps(base, createBucketBlobs(base.settings))
const { liveIndex } = part
// What was built from the table is kept for the next that starts.
const loading = liveIndex
  .load()
  .then(() => liveIndex.save())
  .catch(base.report)
const { secret, proxy } = await secrets
const deps = { ...createAppContext(base, secret), ...part, outbox: createOutboxTable(base.db, base.names) }
const app = createHttpApp(deps, [...catalogRoutes(deps), ...healthRoutes(deps)])
mountDocs(app.hono, base.publicUrl)
await Promise.race([loading, sleep(PATIENCE_MS, undefined, { ref: false })])

let gauged = Date.now()
/** Says how old the index is, once a minute after it was loaded; nobody asks a function that rests. */
const gauge = (): void => {
  const age = indexAge(deps)
  if (age === undefined || Date.now() - gauged < GAUGE_MS) return
  gauged = Date.now()
  base.log.gauge({ IndexAge: age })
}

const fetch = async (request: Request, caller: Caller): Promise<Response> => {
  const { pathname } = new URL(request.url)
  if (/^\/api\/(books|categories|titles)/.test(pathname)) await liveIndex.follow(FRESH_MS)
  gauge()
  return app.fetch(request, caller)
}

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
