/** Health of the shop: the database, whether it responds and which calls fail, the state and age of the index, invalid books, backups, and the age of the outbox. */
import type * as z from 'zod'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import type { SearchSwitch, ShadowCounts } from '../catalog/search-switch.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type Route, route } from '../http/route.ts'
import { indexAge, type OutboxAgeDeps, outboxAge, shareReads } from './ages.ts'
import { getHealth, type Health } from './api.ts'

export type HealthDeps = OutboxAgeDeps & {
  readonly liveIndex: LiveIndex
  readonly db: Pick<Dynamo, 'outages'>
  readonly isQuiet: () => Promise<boolean>
  /** How the scheduled backups are doing; undefined where there are none. Throws where their folder cannot be read. */
  readonly backupState: () =>
    | { readonly state: 'ok' | 'late'; readonly latest: { readonly at: Date } | undefined }
    | undefined
  /** `endpoint` is the URL of the database; undefined for the embedded engine. */
  readonly settings: { readonly endpoint: string | undefined }
  readonly projection?: ProjectionHealth | undefined
  readonly searchSwitch?: SearchSwitch | undefined
}

/** PostgreSQL beside the database. */
export type ProjectionHealth = {
  /** Undefined before it is started. */
  readonly status: () =>
    | {
        readonly state: 'starting' | 'backfill' | 'verifying' | 'following' | 'waiting' | 'refused'
        /** Everything that was written before is in it. */
        readonly asOf: Date | undefined
      }
    | undefined
}

const describeProjection = (projection: ProjectionHealth, now: Date) => {
  const { state, asOf } = projection.status() ?? { state: 'starting' as const, asOf: undefined }
  return {
    state,
    lag_seconds: asOf ? Math.max(0, Math.round((now.getTime() - asOf.getTime()) / 100) / 10) : null,
  }
}

const describeSearch = ({ status }: SearchSwitch) => {
  const { mode, engine, fallbacks, shadow } = status()
  return { mode, engine, fallbacks, shadow: shadowHealth(shadow) }
}

const shadowHealth = ({ asked, agreed, differed, failed, dropped }: ShadowCounts) => ({
  asked,
  agreed,
  differed,
  failed,
  dropped,
})

const identifyEngine = (endpoint: string | undefined): z.infer<typeof Health>['engine'] => {
  if (endpoint === undefined) return 'embedded'
  return new URL(endpoint).hostname.endsWith('.amazonaws.com') ? 'dynamodb' : 'compatible'
}

const backupHealth = ({ backupState }: HealthDeps): z.infer<typeof Health>['backup'] => {
  try {
    const found = backupState()
    return found ? { state: found.state, latest_at: found.latest?.at.toISOString() ?? null } : null
  } catch {
    return { state: 'unknown', latest_at: null }
  }
}

/** For as long one reading of the outbox is good for everybody who asks (ms). */
const SHARED_MS = 1_000

const createHealthRoute = (deps: HealthDeps): Route => {
  const readOutboxAge = shareReads(() => outboxAge(deps), SHARED_MS, deps.now)
  const readQuiet = shareReads(deps.isQuiet, SHARED_MS, deps.now)
  return route(getHealth, async () => {
    const waiting = await readOutboxAge()
    const { index, tooLarge, badRows } = deps.liveIndex
    const outages = deps.db.outages()
    const isStarted = index !== undefined || tooLarge !== undefined
    return {
      status:
        outages.length > 0 ? ('degraded' as const) : isStarted ? ('ok' as const) : ('starting' as const),
      engine: identifyEngine(deps.settings.endpoint),
      store: 'up' as const,
      outages: outages.map(one => ({ ...one, since: one.since.toISOString() })),
      index: {
        ready: index !== undefined,
        state: index ? ('ready' as const) : tooLarge ? ('too_large' as const) : ('loading' as const),
        ...(tooLarge ? { needed_megabytes: tooLarge.neededMegabytes } : {}),
        books: index?.rows.size ?? tooLarge?.extent.books ?? 0,
        age_seconds: indexAge(deps) ?? null,
      },
      ...(deps.projection && { projection: describeProjection(deps.projection, deps.now()) }),
      ...(deps.searchSwitch && { search: describeSearch(deps.searchSwitch) }),
      unreadable_books: badRows.length,
      quiet: await readQuiet(),
      backup: backupHealth(deps),
      mail: { waiting_seconds: waiting },
    }
  })
}

export const healthRoutes = (deps: HealthDeps): Route[] => [createHealthRoute(deps)]
