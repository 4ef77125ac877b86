/** Purge of the CDN after a deployment: it keeps pages of the release before for an hour. */
import { createWaitingChange, EVERYTHING_CHANGED } from '#src/cdn/waiting-change.ts'
import type { Options } from '../settings/options.ts'
import { getStage, getTableNames } from '../settings/stage.ts'
import type { DataCalls } from './stored-data.ts'

/**
 * Lets everything wait for the purger of the active Region, which counts its path and is started within five minutes; nothing where
 * the shop does not purge its CDN. Throws OperatorError when the item cannot be stored.
 */
export const purgeAfterDeployment = async (
  { putItem }: Pick<DataCalls, 'putItem'>,
  { stage: name, cdnPaths }: Pick<Options, 'stage' | 'cdnPaths'>,
  now = new Date(),
): Promise<void> => {
  const stage = getStage(name)
  if ((cdnPaths ?? stage.cdnPaths) === 0) return
  await putItem(getTableNames(stage).control, createWaitingChange([EVERYTHING_CHANGED], now))
}
