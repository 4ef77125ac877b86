/** Health endpoint: the database, whether it responds and which calls fail, the state and age of the index, invalid books, backups, and the age of the outbox. */
import * as z from 'zod'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { OUTAGE_CAUSES } from '../core/dynamo/outage.ts'
import { endpoint } from '../http/endpoint.ts'
import { type Route, route } from '../http/route.ts'
import { indexAge, type OutboxAgeDeps, outboxAge, shareReads } from './ages.ts'

const Health = z
  .object({
    status: z
      .enum(['ok', 'starting', 'degraded'])
      .describe('`degraded`: the shop is up, and some calls of its database fail.'),
    engine: z
      .enum(['embedded', 'dynamodb', 'compatible'])
      .describe('The database: the embedded engine, Amazon DynamoDB, or a compatible one.'),
    store: z.literal('up'),
    outages: z
      .array(
        z.object({
          calls: z.enum(['reads', 'writes']),
          cause: z.enum(OUTAGE_CAUSES),
          since: z.iso.datetime(),
        }),
      )
      .describe(
        'Calls of the database that fail, as far as this process has noticed, until one of them succeeds. The log says more.',
      ),
    index: z.object({
      ready: z.boolean(),
      state: z
        .enum(['ready', 'loading', 'too_large'])
        .describe(
          'too_large: the function has too little memory for it. Categories and exact titles are answered from the table.',
        ),
      needed_megabytes: z.int().optional().describe('Memory that the function needs, where it is too small.'),
      books: z.int(),
      age_seconds: z
        .number()
        .nullable()
        .describe('Seconds since the changes of other processes were last read.'),
    }),
    projection: z
      .object({
        state: z
          .enum(['starting', 'backfill', 'verifying', 'following', 'waiting', 'refused'])
          .describe('waiting: PostgreSQL cannot be used now; what changes meanwhile is applied later.'),
        lag_seconds: z
          .number()
          .nullable()
          .describe('How old what reports show is; null while it is being filled for the first time.'),
      })
      .optional()
      .describe('PostgreSQL beside the database, where there is one.'),
    unreadable_books: z
      .int()
      .describe('Items of the books table that are not valid books; `cloudshelf doctor` lists them.'),
    quiet: z
      .boolean()
      .describe(
        'The shop was restored from a backup and not resumed: it sends no mail and deletes nothing that has expired.',
      ),
    backup: z
      .object({
        state: z
          .enum(['ok', 'late', 'unknown'])
          .describe('late: none was made since one was due. unknown: their folder cannot be read.'),
        latest_at: z.iso.datetime().nullable().describe('When the latest verified backup was begun.'),
      })
      .nullable()
      .describe('Scheduled backups; null where there are none.'),
    mail: z.object({
      waiting_seconds: z
        .number()
        .describe(
          'How long the next mail has been waiting. More than a few seconds means that mails are not being sent.',
        ),
    }),
  })
  .meta({ id: 'Health' })

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Health of the shop; 503 store_unavailable when its database does not respond',
  access: 'anyone',
  cache: 'private',
  status: 200,
  reply: Health,
  errors: [],
})

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
      unreadable_books: badRows.length,
      quiet: await readQuiet(),
      backup: backupHealth(deps),
      mail: { waiting_seconds: waiting },
    }
  })
}

export const healthRoutes = (deps: HealthDeps): Route[] => [createHealthRoute(deps)]
