/** Secrets of a local shop: generated once and stored in the data folder, readable by its owner only. There is no default secret. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cannotWrite } from './data-folder.ts'
import { StartError } from './start-error.ts'

const BYTES = 32
/** Length of 32 bytes in base64url. */
const CHARACTERS = 43

/** What the shop derives from its secret, and so what is lost with it. */
export const LOST_WITH_SECRET =
  'everybody is signed out, and authenticator apps and recovery codes stop working, those of staff too (`npx cloudshelf admin create` makes a new admin)'

/**
 * The secret in the file `name` (43 characters, 256 bits), generated with mode 0600 if the file does not exist. Call it while the
 * folder is locked. `lost` says what is lost with a secret.
 * Throws StartError when the file is too short to be a secret, or cannot be written.
 */
export const readOrCreateSecret = (
  dataDir: string,
  name: string,
  lost: string = LOST_WITH_SECRET,
): string => {
  const path = join(dataDir, name)
  const draft = `${path}.new`
  if (!existsSync(path))
    try {
      writeFileSync(draft, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600 })
      renameSync(draft, path) // the whole secret or no file: a full disk must not leave an empty one
    } catch (error) {
      rmSync(draft, { force: true })
      throw cannotWrite(dataDir, error)
    }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < CHARACTERS)
    throw new StartError(
      `${path} must contain a secret of at least ${CHARACTERS} characters, but has ${secret.length}: put back the file of a backup. ` +
        `Otherwise delete it, and the next start generates a new secret; then ${lost}`,
    )
  return secret
}
