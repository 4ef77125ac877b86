/** Secrets of a local shop: made once, kept in the data folder for its owner alone. There is no default one. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

/**
 * The secret of that name (43 characters, 256 bits); made, with mode 0600, when there is none yet. Throws StartError for
 * a file that holds too little to be one.
 */
export const secretFile = (dataDir: string, name: string): string => {
  const path = join(dataDir, name)
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < 43) throw new StartError(`${path} holds no secret: delete it, and a new one is made`)
  return secret
}
