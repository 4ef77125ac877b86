/** Secrets of a local shop: generated once and stored in the data folder, readable by its owner only. There is no default secret. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

const BYTES = 32
/** Length of 32 bytes in base64url. */
const CHARACTERS = 43

/**
 * The secret in the file `name` (43 characters, 256 bits), generated with mode 0600 if the file does not exist.
 * Throws StartError when the file is too short to be a secret.
 */
export const readOrCreateSecret = (dataDir: string, name: string): string => {
  const path = join(dataDir, name)
  try {
    writeFileSync(path, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < CHARACTERS)
    throw new StartError(
      `${path} must contain a secret of at least ${CHARACTERS} characters: delete the file, and the next start generates a new one`,
    )
  return secret
}
