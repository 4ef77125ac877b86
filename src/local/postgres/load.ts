/** PostgreSQL of a local shop with what follows the tables into it. Without DATABASE_URL none of it is loaded. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveIndex } from '../../catalog/index/live-index.ts'
import type { SearchSwitch } from '../../catalog/search-switch.ts'
import type { Settings } from '../../composition/settings.ts'
import type { Deps } from '../../composition/shop.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Log } from '../../core/log/log.ts'
import { endJournalReader } from '../journal/files.ts'
import type { Journal } from '../journal/journal.ts'

export type LoadedPostgres = Required<Pick<Deps, 'sql' | 'projection'>> & {
  /** Makes the switch between search engines. */
  readonly connectSearch: (liveIndex: Pick<LiveIndex, 'changedAt'>) => SearchSwitch
  /** Starts the embedded server, if it is that, and the follower, in the background. */
  readonly start: (deps: Deps) => void
  readonly stop: () => Promise<void>
}

/** How long a shutdown waits for the follower (ms): with a server that hangs it would wait for the timeouts of its statements. */
const FOLLOWER_STOP_MS = 5_000

/** Name of the reader of the journal that the shop's own projection is. */
export const PROJECTION_READER = 'projection'

/** Undefined without DATABASE_URL: then changes are captured no longer. Call it while the data folder is locked. */
export const loadPostgres = async (
  settings: Settings,
  given: { readonly db: Dynamo; readonly secret: string; readonly journal: Journal; readonly log: Log },
): Promise<LoadedPostgres | undefined> => {
  const { dataDir, names, currency } = settings
  if (!settings.postgres) {
    endJournalReader(dataDir, PROJECTION_READER)
    return undefined
  }
  const [{ createShopPostgres }, { createLocalProjection }, { createLocalSearch }] = await Promise.all([
    import('./shop.ts'),
    import('../projection.ts'),
    import('./search.ts'),
  ])
  const postgres = createShopPostgres({ ...settings, postgres: settings.postgres }, given.log)
  const sql = postgres.sql.writer
  const projection = createLocalProjection({
    ...given,
    sql,
    names,
    currency,
    dataDir,
    reader: PROJECTION_READER,
  })
  const search = createLocalSearch({
    ...given,
    settings,
    sql: postgres.searchSql,
    writer: sql,
    projection: projection.status,
  })
  return {
    sql: postgres.sql,
    projection,
    connectSearch: search.connect,
    start: deps => {
      postgres.start()
      projection.start(deps)
      search.start()
    },
    stop: async () => {
      await search.stop()
      const stopped = projection.stop().catch(given.log.failure)
      await Promise.race([stopped, sleep(FOLLOWER_STOP_MS, undefined, { ref: false })])
      await postgres.stop()
    },
  }
}
