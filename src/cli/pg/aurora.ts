/** Access of a command to the projection of a shop on AWS, through the Data API: its streams are followed by a function, whichever command runs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createAuroraSql } from '../../composition/aurora.ts'
import { createSigner } from '../../composition/clients.ts'
import type { AuroraSettings } from '../../composition/database-settings.ts'
import { readSecrets } from '../../composition/function-secrets.ts'
import { type Settings, SettingsError } from '../../composition/settings.ts'
import { createQueue } from '../../core/aws/sqs.ts'
import { newSecret } from '../../core/ids.ts'
import { migrate } from '../../core/sql/migrate.ts'
import { allowIamSignIn, prepareReaderRole } from '../../core/sql/reader-role.ts'
import type { Sql } from '../../core/sql/sql.ts'
import { drainKeys } from '../../projection/key-queue.ts'
import { MIGRATIONS } from '../../projection/migrations.ts'
import { OtherShopError } from '../../projection/positions.ts'
import { createProjection, type ProjectionParts } from '../../projection/projection.ts'
import {
  createStreamedProjection,
  STREAM_DELAY_MS,
  type StreamedProjection,
} from '../../projection/streamed.ts'
import { CommandError } from '../errors.ts'
import { withDeps } from '../with-deps.ts'

export type AuroraProjection = ProjectionParts & {
  readonly streamed: StreamedProjection
  /** Waits until what changed before is applied; keys in the queue are applied by the command itself. */
  readonly settled: (since: Date) => Promise<boolean>
}

/** How long the function may take for a batch that it applies at once (ms). */
const APPLY_MS = 15_000

/** The cluster of the settings, as a command waits for it. */
export const openAurora = (settings: Settings, aurora: AuroraSettings): Sql =>
  createAuroraSql(settings, aurora)

/** Calls `work` with the projection in the cluster. Throws CommandError, SettingsError, and what withDeps throws. */
export const withAurora = <T>(
  aurora: AuroraSettings,
  work: (projection: AuroraProjection) => Promise<T>,
): Promise<T> =>
  withDeps(async ({ settings, db, names, currency }) => {
    if (settings.endpoint === undefined)
      throw new SettingsError(
        'DATABASE_ARN is of a shop on AWS: set DYNAMODB_ENDPOINT=aws and its tables too',
      )
    const { secret } = await readSecrets(settings, ['secret'])
    const sql = openAurora(settings, aurora)
    const projection = createProjection({ db, sql, names, currency, secret })
    const streamed = createStreamedProjection(projection)
    const { keysQueue, queued, region } = aurora
    const queue =
      keysQueue === undefined ? undefined : createQueue(keysQueue, createSigner(settings, 'sqs', region))
    const settled = async (since: Date): Promise<boolean> => {
      const captured = since.getTime() + STREAM_DELAY_MS + (queue && queued === 'all' ? 0 : APPLY_MS)
      await sleep(Math.max(0, captured - Date.now()))
      if (!queue) return true
      const { isEmpty } = await drainKeys(queue, streamed, { capturedUntil: since, hasTime: () => true })
      return isEmpty
    }
    try {
      await migrate(sql, MIGRATIONS)
      return await work({ ...projection, streamed, settled })
    } catch (error) {
      throw error instanceof OtherShopError ? new CommandError(error.message) : error
    } finally {
      await sql.close()
    }
  })

/** Lets BI tools sign in with IAM as the role that reads reports: it then has no password that could be used. */
export const prepareBiRole = async (sql: Sql): Promise<void> => {
  await prepareReaderRole(sql, { password: newSecret() })
  await allowIamSignIn(sql)
}
