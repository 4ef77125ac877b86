/** BookCatalog function: browsing, search, books and their edits by staff, the API documentation, and the health endpoint. */
import { setTimeout as sleep } from 'node:timers/promises'
import { explainTooLarge } from '../catalog/index/index-memory.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import { createCdnSharing } from '../cdn/sharing.ts'
import { createPurgeTable } from '../cdn/table.ts'
import { READ_INTERVAL_MS } from '../cdn/timing.ts'
import { createHttpApp } from '../composition/app.ts'
import { createAppContext } from '../composition/base.ts'
import { createCatalogDeps } from '../composition/catalog.ts'
import { createBucketBlobs } from '../composition/clients.ts'
import type { Settings } from '../composition/settings.ts'
import { indexAge } from '../health/ages.ts'
import { healthRoutes } from '../health/health.ts'
import type { Caller } from '../http/client-ip.ts'
import { createOutboxTable } from '../notifications/table.ts'
import { mountDocs } from '../openapi/routes.ts'
import { reportRoutes } from '../reports/routes.ts'
import { isQuiet } from '../tables/quiet.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

/** How long a cold start waits for the index (ms); until it is there, the table answers what it can. */
const MAX_LOAD_WAIT_MS = 5_000
/** How long a request waits for it then (ms): between requests Lambda stops the function, and the loading with it. */
const MAX_REQUEST_WAIT_MS = 1_000
const GAUGE_INTERVAL_MS = 60_000
/** How long a response waits until search terms are written (ms); what takes longer is written with a later request. */
const MAX_WRITE_WAIT_MS = 500

/** How long a report waits for a database that is paused (ms), and for its rows: the gateway waits 30 s. */
const REPORT_RESUME_MS = 6_000
const REPORT_ANSWER_MS = 20_000

/** PostgreSQL of the reports; undefined where the shop has none. */
const openReports = async (settings: Settings) => {
  if (!settings.aurora) return undefined
  const { createAuroraSql } = await import('../composition/aurora.ts')
  const limits = { resumeWithinMs: REPORT_RESUME_MS, answerWithinMs: REPORT_ANSWER_MS }
  return { reader: createAuroraSql(settings, settings.aurora, limits) }
}

const { base, secrets } = createFunctionContext(['secret', 'proxy'])
const catalog = createCatalogDeps(base, createBucketBlobs(base.settings))
const { liveIndex } = catalog
// An index that was built from the table is saved for the next cold start.
let isLoading = true
const loading = liveIndex
  .load()
  .then(() => {
    if (liveIndex.tooLarge) base.log.event('index', explainTooLarge(liveIndex.tooLarge), {})
    return liveIndex.save()
  })
  .catch(base.report)
  .finally(() => {
    isLoading = false
  })
const { secret, proxy } = await secrets
const deps = {
  ...createAppContext(base, secret),
  ...catalog,
  outbox: createOutboxTable(base.db, base.names),
  isQuiet: () => isQuiet(base),
  // Backups on AWS are those of DynamoDB.
  backupState: () => undefined,
}
/** Only where the CDN is purged; elsewhere it keeps responses briefly. */
const cdnSharing =
  base.settings.cdn.purger === undefined
    ? undefined
    : createCdnSharing({
        table: createPurgeTable(base.db, base.names),
        // Without the index, responses are those of the table, and no change of it is noticed.
        currentAt: () => (liveIndex.index ? liveIndex.asOf.getTime() : 0),
        now: base.now,
        report: base.report,
      })
const routes = [
  ...catalogRoutes(deps),
  ...healthRoutes(deps),
  ...reportRoutes({ ...deps, sql: await openReports(base.settings) }),
]
const app = createHttpApp(deps, routes, cdnSharing?.sharedSeconds)
mountDocs(app.hono, base.publicUrl, base.shop.name)
await Promise.race([loading, sleep(MAX_LOAD_WAIT_MS, undefined, { ref: false })])

let recordedAt = Date.now()
/** Records the age of the index once a minute, with requests: a function that gets none has nothing to report. */
const recordIndexAge = (): void => {
  const age = indexAge(deps)
  if (age === undefined || Date.now() - recordedAt < GAUGE_INTERVAL_MS) return
  recordedAt = Date.now()
  base.log.gauge({ IndexAge: age })
}

/** Writes counted search terms once a minute at most, before the function may be frozen. */
const writeSearchTerms = async (): Promise<void> => {
  const writing = deps.searchTerms?.flushIfDue()
  if (writing) await Promise.race([writing, sleep(MAX_WRITE_WAIT_MS, undefined, { ref: false })])
}

const fetch = async (request: Request, caller: Caller): Promise<Response> => {
  const { pathname } = new URL(request.url)
  if (/^\/api\/(books|categories|titles|front-page)/.test(pathname)) {
    if (isLoading) await Promise.race([loading, sleep(MAX_REQUEST_WAIT_MS, undefined, { ref: false })])
    await Promise.all([liveIndex.follow(READ_INTERVAL_MS), cdnSharing?.follow()])
  }
  recordIndexAge()
  const response = await app.fetch(request, caller)
  await writeSearchTerms()
  return response
}

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
