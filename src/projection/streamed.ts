/**
 * The projection of a shop on AWS, which has no journal: the streams of the tables name the keys that changed, and functions apply them. Whoever
 * comes first migrates the database, and claims it for the shop.
 */
import * as z from 'zod'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import { migrate } from '../core/sql/migrate.ts'
import type { SqlQueries } from '../core/sql/sql.ts'
import type { Applied } from './apply.ts'
import { backfill, isBackfilled, type PassOptions } from './backfill.ts'
import { MIGRATIONS } from './migrations.ts'
import { claimDatabase, readGeneration } from './positions.ts'
import type { ProjectionParts } from './projection.ts'
import { readSaved, writeSaved } from './saved-position.ts'
import { isSearchCurrent, recordFilledSearch } from './search-check.ts'

/** `startedAt`: since when keys are applied. */
const StreamPosition = z.object({ startedAt: z.string(), appliedAt: z.string() })

/** How long the streams collect changes before a function gets them. */
export const STREAM_WINDOW_SECONDS = 20
/** How long after a change its key is captured at the latest, unless a stream is behind (ms). */
export const STREAM_DELAY_MS = STREAM_WINDOW_SECONDS * 1_000 + 5_000

const NEVER = new Date(0).toISOString()

export type StreamedProjection = {
  /**
   * Applies keys. `until`: everything that changed before is among them and those of earlier calls; undefined where that is not known.
   * Throws SqlError, OtherShopError, RebuiltError, and ShopError when DynamoDB cannot be read; then they can be applied again.
   */
  readonly apply: (keys: readonly CapturedKey[], until?: Date) => Promise<Applied>
  /** Applies every item once, and goes on where it was cut off. Returns how many items it read. Throws as `apply`. */
  readonly backfill: (options?: PassOptions) => Promise<number>
}

const later = (one: string, other: string): string => (one > other ? one : other)

export const createStreamedProjection = (projection: ProjectionParts): StreamedProjection => {
  const { sql, pseudonyms, tables } = projection
  let prepared: Promise<void> | undefined

  const prepare = (): Promise<void> => {
    const preparing = async () => {
      await migrate(sql, MIGRATIONS)
      await claimDatabase(sql, pseudonyms.fingerprint)
    }
    prepared ??= preparing().catch((error: unknown) => {
      prepared = undefined
      throw error
    })
    return prepared
  }

  /**
   * Saves up to when everything is applied: nothing while the projection is being filled, then at least the time since which keys are
   * applied, because whatever was older was read by the backfill.
   */
  const save = async (
    transaction: SqlQueries,
    generation: string,
    until: Date | undefined,
  ): Promise<void> => {
    const saved = await readSaved(transaction)
    const known = StreamPosition.safeParse(saved?.reader)
    const now = new Date().toISOString()
    const startedAt = known.success ? known.data.startedAt : now
    const before = saved?.asOf ?? NEVER
    const isFilled = before > NEVER || (await isBackfilled({ sql: transaction, tables }))
    const asOf = isFilled ? later(later(before, startedAt), until?.toISOString() ?? NEVER) : NEVER
    const reader = { startedAt, appliedAt: now }
    await writeSaved(transaction, { reader, asOf, machineRun: '', isStopped: false, reasons: [] }, generation)
  }

  const apply: StreamedProjection['apply'] = async (keys, until) => {
    await prepare()
    const generation = await readGeneration(sql)
    return projection.apply(keys, transaction => save(transaction, generation, until))
  }

  return {
    apply,
    backfill: async options => {
      await apply([])
      const generation = await readGeneration(sql)
      const items = await backfill(projection, options)
      const isFilled = await isBackfilled(projection)
      if (isFilled && !(await isSearchCurrent(sql)))
        await projection.apply([], transaction => recordFilledSearch(transaction, generation))
      await apply([])
      return items
    },
  }
}
