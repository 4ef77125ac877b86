/** Doctor's checks of this machine: Node, the engine and the data folder. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import type { Settings } from '../composition/settings.ts'
import { readLockOwner } from '../local/data-folder.ts'
import { findEngineBinary } from '../local/engine-binary.ts'
import type { Finding } from './doctor-checks.ts'
import { explainError } from './errors.ts'

const MIN_NODE_VERSION = 24

export const checkNode = (version = process.versions.node): Finding =>
  Number.parseInt(version, 10) >= MIN_NODE_VERSION
    ? { state: 'ok', what: 'node', found: version }
    : {
        state: 'fail',
        what: 'node',
        found: `${version}, but ${MIN_NODE_VERSION} or newer is needed`,
        mend: `run \`npm install\`, which brings Node 26, then \`npx cloudshelf doctor\``,
      }

export const checkEngine = ({ endpoint }: Settings, findBinary = findEngineBinary): Finding => {
  const what = 'engine'
  if (endpoint !== undefined)
    return { state: 'ok', what, found: `not used: the database is ${endpoint} (DYNAMODB_ENDPOINT)` }
  try {
    const version = execFileSync(findBinary(), ['--version'], { encoding: 'utf8', timeout: 5_000 }).trim()
    return { state: 'ok', what, found: version }
  } catch (error) {
    const found = explainError(error) ?? (error instanceof Error ? error.message : String(error))
    return { state: 'fail', what, found, mend: 'run `npm install`, or set DYNAMODB_ENDPOINT' }
  }
}

export const checkDataFolder = ({ dataDir }: Settings): Finding => {
  const what = 'data folder'
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { state: 'ok', what, found: `${dataDir} (does not exist yet)` }
    return {
      state: 'fail',
      what,
      found: `cannot write to ${dataDir}`,
      mend: 'set CLOUDSHELF_DATA_DIR to a folder that can be written',
    }
  }
  const holder = readLockOwner(dataDir)
  const use = holder ? `in use by a ${holder.kind} (pid ${holder.pid})` : 'not in use'
  return { state: 'ok', what, found: `${dataDir} (${use})` }
}
