/** What `doctor` looks at on this machine and in the store, each as a finding with what to do about it. */

import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import type { AccountCheck } from '../accounts/check.ts'
import type { CatalogCheck } from '../catalog/check.ts'
import { LOG_KEPT_MS } from '../catalog/index/change-log.ts'
import { readSnapshot } from '../catalog/index/snapshot.ts'
import type { Settings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { readHolder } from '../local/data-folder.ts'
import { findEngineBinary } from '../local/engine-process.ts'
import { passes, verifyTables } from '../tables/provision.ts'
import { messageOf } from './output.ts'

export type Finding = {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly what: string
  readonly found: string
  /** What to do; nothing where all is well. */
  readonly mend?: string
  /** Everything that is concerned, where it can be named. */
  readonly items?: readonly unknown[]
}

const OLDEST_NODE = 24

export const nodeFinding = (version = process.versions.node): Finding =>
  Number.parseInt(version, 10) >= OLDEST_NODE
    ? { state: 'ok', what: 'node', found: version }
    : {
        state: 'fail',
        what: 'node',
        found: version,
        mend: `run npm install, which brings Node ${OLDEST_NODE}, and call \`npx cloudshelf\``,
      }

export const engineFinding = ({ endpoint }: Settings, find = findEngineBinary): Finding => {
  if (endpoint !== undefined)
    return { state: 'ok', what: 'engine', found: `${endpoint} (DYNAMODB_ENDPOINT), none of our own` }
  try {
    const version = execFileSync(find(), ['--version'], { encoding: 'utf8', timeout: 5_000 }).trim()
    return { state: 'ok', what: 'engine', found: version }
  } catch (error) {
    const found = messageOf(error) ?? (error instanceof Error ? error.message : String(error))
    return { state: 'fail', what: 'engine', found, mend: 'run npm install, or set DYNAMODB_ENDPOINT' }
  }
}

export const folderFinding = ({ dataDir }: Settings): Finding => {
  const what = 'data folder'
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { state: 'ok', what, found: `${dataDir}, not made yet` }
    return {
      state: 'fail',
      what,
      found: `${dataDir} cannot be written`,
      mend: 'set CLOUDSHELF_DATA_DIR to another',
    }
  }
  const holder = readHolder(dataDir)
  const held = holder ? `held by a ${holder.kind} (pid ${holder.pid})` : 'held by nobody'
  return { state: 'ok', what, found: `${dataDir}, ${held}` }
}

export const tablesFinding = async ({ db, settings }: Deps): Promise<Finding> => {
  const what = 'tables'
  let points = 0
  for await (const point of verifyTables(db, settings.names)) {
    points++
    if (passes(point)) continue
    const found = `${point.table} ${point.point}: ${point.found}, expected: ${point.expected}`
    const mend = 'run cloudshelf tables create; a table that is there with other keys has to be made anew'
    return { state: 'fail', what, found, mend }
  }
  return { state: 'ok', what, found: `${points} points of the checklist hold` }
}

type Kind = Pick<Finding, 'what' | 'mend'> & {
  readonly bad: 'warn' | 'fail'
  readonly none: string
  readonly some: string
}
const listFinding = (items: readonly unknown[], { what, bad, none, some, mend = '' }: Kind): Finding =>
  items.length === 0
    ? { state: 'ok', what, found: none }
    : { state: bad, what, found: `${items.length} ${some}`, mend, items }

const REINDEX = 'run cloudshelf doctor --reindex'

export const catalogFindings = (check: CatalogCheck): Finding[] => [
  listFinding(check.badRows, {
    what: 'rows',
    bad: 'fail',
    none: `${check.keys.length} books, ${check.forSale} of them for sale`,
    some: 'rows are no books, and the shop does not show them',
    mend: 'change or delete these items of the books table',
  }),
  listFinding(check.duplicates, {
    what: 'ids',
    bad: 'fail',
    none: 'every id is in one category',
    some: 'ids are in more than one category',
    mend: 'delete all but one item of each from the books table',
  }),
  listFinding(check.withoutPointer, {
    what: 'books without pointers',
    bad: 'warn',
    none: 'none',
    some: 'books cannot be found by their id alone',
    mend: REINDEX,
  }),
  listFinding(check.dangling, {
    what: 'pointers without books',
    bad: 'warn',
    none: 'none',
    some: 'ids are taken by books that are gone',
    mend: REINDEX,
  }),
]

export const accountFindings = (check: AccountCheck): Finding[] => [
  listFinding(check.invalidRows, {
    what: 'accounts',
    bad: 'fail',
    none: `${check.accounts}, each with an address in its normal form`,
    some: 'rows are no accounts, and nobody can sign in to them',
    mend: 'change or delete these items of the users table',
  }),
  listFinding(check.duplicates, {
    what: 'addresses',
    bad: 'fail',
    none: 'each has one account',
    some: 'accounts have the address of another',
    mend: 'delete these items of the users table, or give them other addresses',
  }),
  listFinding(check.missingReservations, {
    what: 'accounts without guards',
    bad: 'warn',
    none: 'none',
    some: 'accounts cannot be signed in to, and their addresses may be taken',
    mend: REINDEX,
  }),
  listFinding(check.orphanedReservations, {
    what: 'guards without accounts',
    bad: 'warn',
    none: 'none',
    some: 'addresses are taken by accounts that are gone',
    mend: REINDEX,
  }),
]

export const snapshotFinding = async ({ blobs, now }: Deps): Promise<Finding> => {
  const what = 'snapshot'
  const snapshot = await readSnapshot(blobs)
  if (!snapshot) return { state: 'ok', what, found: 'none: the next start reads the table' }
  const age = now().getTime() - snapshot.asOf.getTime()
  const found = `${snapshot.index.rows.size} books, ${Math.round(age / 60_000)} minutes old`
  return {
    state: 'ok',
    what,
    found: age < LOG_KEPT_MS / 2 ? found : `${found}: the next start reads the table`,
  }
}
