/** Search of a local shop with PostgreSQL: the switch between both engines, which one is in use, and what shadow mode has counted. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveIndex } from '../../catalog/index/live-index.ts'
import { priceBands } from '../../catalog/price-bands.ts'
import { createSqlSearch } from '../../catalog/search/sql/sql-search.ts'
import { readSearchMode, type SearchMode } from '../../catalog/search-mode.ts'
import { createSearchSwitch, type SearchSwitch } from '../../catalog/search-switch.ts'
import type { Settings } from '../../composition/settings.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import { ShopError } from '../../core/errors.ts'
import type { Log } from '../../core/log/log.ts'
import type { Sql } from '../../core/sql/sql.ts'
import type { ProjectionStatus } from '../../projection/follower.ts'
import { recordShadow } from '../../projection/shadow.ts'

export type LocalSearch = {
  readonly connect: (liveIndex: Pick<LiveIndex, 'changedAt'>) => SearchSwitch
  readonly start: () => void
  readonly stop: () => Promise<void>
}

type Given = {
  readonly settings: Pick<Settings, 'search' | 'currency' | 'names'>
  readonly db: Dynamo
  /** For searches, with short timeouts. */
  readonly sql: Sql
  /** For what shadow mode has counted. */
  readonly writer: Sql
  readonly projection: () => ProjectionStatus | undefined
  readonly log: Pick<Log, 'event' | 'failure'>
  readonly now?: () => number
  /** How long a stop waits for PostgreSQL (ms), 1,000 by default. */
  readonly stopWithinMs?: number
}

/** PostgreSQL that is further behind answers no searches (ms). */
export const MAX_SEARCH_LAG_MS = 10_000
const POLL_MS = 1_000
/** How often what shadow mode has counted is written (ms). */
const RECORD_MS = 10_000
/** What shadow mode has counted is a sample: a server that hangs must not hold up a shutdown for it (ms). */
const STOP_WITHIN_MS = 1_000
/** The same reason of a fallback is logged again once there was none for so long (ms). */
const QUIET_MS = 60_000

export const createLocalSearch = ({
  settings,
  db,
  sql,
  writer,
  projection,
  log,
  now = () => performance.now(),
  stopWithinMs = STOP_WITHIN_MS,
}: Given): LocalSearch => {
  const stopping = new AbortController()
  const { signal } = stopping
  let mode: SearchMode = settings.search
  let connected: SearchSwitch | undefined
  let running: Promise<void> = Promise.resolve()
  let fallback = { message: '', at: 0 }

  const readMode = async (): Promise<void> => {
    try {
      const found = (await readSearchMode(db, settings.names.control)) ?? settings.search
      if (found !== mode) log.event('search', `${found} (it was ${mode})`)
      mode = found
    } catch (error) {
      if (!(error instanceof ShopError)) log.failure(error)
    }
  }

  const record = async (): Promise<void> => {
    const counts = connected?.takeShadow()
    // What cannot be written is lost: it is a sample.
    if (counts && counts.asked + counts.dropped > 0) await recordShadow(writer, counts).catch(() => {})
  }

  const run = async (): Promise<void> => {
    for (let recordedAt = performance.now(); !signal.aborted; ) {
      await readMode()
      if (performance.now() - recordedAt > RECORD_MS) {
        await record()
        recordedAt = performance.now()
      }
      await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => {})
    }
    await record()
  }

  return {
    connect: liveIndex => {
      connected = createSearchSwitch({
        postgres: createSqlSearch({
          sql,
          bands: priceBands(settings.currency),
          generation: () => projection()?.generation ?? '',
        }),
        mode: () => mode,
        isCurrent: () => {
          const { state, asOf } = projection() ?? {}
          if (state !== 'following' || !asOf) return false
          return asOf.getTime() > liveIndex.changedAt && Date.now() - asOf.getTime() < MAX_SEARCH_LAG_MS
        },
        onFallback: error => {
          const message = error instanceof Error ? error.message : String(error)
          const at = now()
          if (message !== fallback.message || at - fallback.at > QUIET_MS)
            log.event('search', `memory answers in the place of PostgreSQL: ${message}`)
          fallback = { message, at }
        },
      })
      return connected
    },
    start: () => {
      running = run()
    },
    stop: async () => {
      stopping.abort()
      await Promise.race([running, sleep(stopWithinMs, undefined, { ref: false })])
    },
  }
}
