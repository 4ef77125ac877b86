/** Access of a command to the projection: the running shop follows its tables, or the command does for as long as it works. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../core/log/log.ts'
import { migrate } from '../../core/sql/migrate.ts'
import type { Sql } from '../../core/sql/sql.ts'
import { readLockOwner } from '../../local/data-folder.ts'
import { endOwnJournalReader, isReaderRegistered } from '../../local/journal/files.ts'
import { PROJECTION_READER } from '../../local/postgres/load.ts'
import { followJournal } from '../../local/projection.ts'
import { readOrCreateSecret } from '../../local/secrets.ts'
import { MIGRATIONS } from '../../projection/migrations.ts'
import { claimDatabase, OtherShopError } from '../../projection/positions.ts'
import { createProjection, type ProjectionParts } from '../../projection/projection.ts'
import { readAsOf } from '../../projection/saved-position.ts'
import { CommandError } from '../errors.ts'
import { note } from '../output.ts'
import { withDeps } from '../with-deps.ts'
import { withPostgres } from './with-postgres.ts'

export type CommandProjection = ProjectionParts & {
  readonly dataDir: string
  readonly url: string
  /** Whether a shop on this machine follows the tables. */
  readonly isFollowed: boolean
  /** What a follower of this command is made with. */
  readonly given: Parameters<typeof followJournal>[0]
  /** Waits until what was captured before is applied; false when that does not happen. */
  readonly settled: (since: Date) => Promise<boolean>
}

export type ProjectionOptions = {
  /** Whether a database that another shop filled is taken: it will be emptied. */
  readonly takesOver?: boolean
  /** Whether nobody needs to follow while the command works. */
  readonly withoutFollower?: boolean
}

const POLL_MS = 100
const SETTLE_MS = 30_000

/** Waits until the follower of this database, in whichever process, has applied what was captured before `since`. */
export const settledIn = async (sql: Sql, since: Date, ms = SETTLE_MS): Promise<boolean> => {
  const deadline = performance.now() + ms
  while (performance.now() < deadline) {
    const asOf = await readAsOf(sql)
    if (asOf && asOf > since) return true
    await sleep(POLL_MS)
  }
  return false
}

/** Progress is on stderr: the log of a follower says no more than what failed. */
const COMMAND_LOG: Pick<Log, 'event' | 'failure'> = {
  event: (_, text) => note(`cloudshelf: ${text}`),
  failure: error => note(`cloudshelf: ${error instanceof Error ? error.message : error}`),
}

/**
 * Calls `work` with the projection of the settings, whose database is migrated first. Throws CommandError where another shop filled it,
 * and what withDeps and withPostgres throw.
 */
export const withProjection = <T>(
  work: (projection: CommandProjection) => Promise<T>,
  { takesOver = false, withoutFollower = false }: ProjectionOptions = {},
): Promise<T> =>
  withDeps(({ settings, db, names, currency }) =>
    withPostgres(async ({ sql, url }) => {
      const { dataDir } = settings
      const secret = settings.secret ?? readOrCreateSecret(dataDir, 'secret')
      const given = { db, sql, names, currency, secret, dataDir, log: COMMAND_LOG, isCommand: true }
      const projection = createProjection(given)
      await migrate(sql, MIGRATIONS)
      if (!takesOver)
        await claimDatabase(sql, projection.pseudonyms.fingerprint).catch((error: unknown) => {
          throw error instanceof OtherShopError ? new CommandError(error.message) : error
        })
      const isShopRunning = readLockOwner(dataDir)?.kind === 'shop'
      // A shop without DATABASE_URL follows nothing: then changes are captured for as long as this command works.
      const isFollowed = isShopRunning && isReaderRegistered(dataDir, PROJECTION_READER)
      const follower =
        isFollowed || withoutFollower
          ? undefined
          : followJournal({ ...given, endsWithProcess: isShopRunning })
      const settled = follower ? follower.settled : (since: Date) => settledIn(sql, since)
      try {
        return await work({ ...projection, dataDir, url, isFollowed, given, settled })
      } finally {
        await follower?.stop()
        if (follower) endOwnJournalReader(dataDir, PROJECTION_READER)
      }
    }),
  )
