/** Check of the tables in a database of the operator's own at the start of a shop. */
import type { Settings } from '../composition/settings.ts'
import { MissingCredentials } from '../core/aws/sign.ts'
import { explainOutage } from '../core/dynamo/outage.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { ShopError } from '../core/errors.ts'
import { passes, verifyTables } from '../tables/provision.ts'
import { StartError } from './start-error.ts'

/** Tables there are checked but never created without a command. Throws StartError. */
export const assertTables = async (
  db: Parameters<typeof verifyTables>[0],
  settings: Pick<Settings, 'endpoint' | 'names'>,
): Promise<void> => {
  try {
    for await (const check of verifyTables(db, settings.names))
      if (!passes(check))
        throw new StartError(
          `table ${check.table} at ${settings.endpoint}: ${check.point} must be ${check.expected}, but is ${check.found}: run \`npx cloudshelf tables create\``,
        )
  } catch (error) {
    if (!(error instanceof ShopError || error instanceof DynamoError)) throw error
    const reason =
      error.cause instanceof MissingCredentials
        ? error.cause.message
        : (explainOutage(error)?.text ?? error.message)
    throw new StartError(`cannot use the database at ${settings.endpoint}: ${reason}`)
  }
}
