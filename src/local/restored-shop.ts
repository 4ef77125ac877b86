/** Start of a shop that was restored from a backup: not before all of it is there, and then quiet. */
import type { Log } from '../core/log/log.ts'
import { type RestoredState, readRestored } from '../tables/quiet.ts'
import { StartError } from './start-error.ts'

const describeQuiet = ({ asOf }: RestoredState): string =>
  `quiet: restored from a backup of ${asOf.toISOString()}. It sends no mail and deletes nothing that has expired until \`npx cloudshelf resume\``

/** The state of a restored shop, which is logged; undefined for another one. Throws StartError for one whose restore was cut off. */
export const requireRestored = async (
  deps: Parameters<typeof readRestored>[0] & { readonly log: Pick<Log, 'event'> },
): Promise<RestoredState | undefined> => {
  const restored = await readRestored(deps)
  if (restored?.state === 'quiet') deps.log.event('shop', describeQuiet(restored))
  if (restored?.state !== 'restoring') return restored
  throw new StartError(
    'the restore of a backup was cut off here: repeat `npx cloudshelf restore` with the same file, or set CLOUDSHELF_DATA_DIR to another folder',
  )
}
