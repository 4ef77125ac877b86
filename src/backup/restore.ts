/** Restoring of an archive into an empty shop, which is quiet afterwards. Can be interrupted and repeated. */

import type { Blobs } from '../core/blobs.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type PutMode, putRaw } from '../core/dynamo/raw-items.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { TABLE_IDS, type TableId, type TableNames } from '../tables/definitions.ts'
import { createTables, passes, verifyTables } from '../tables/provision.ts'
import { type RestoredState, readRestored, writeRestored } from '../tables/quiet.ts'
import { isOfEmptyShop, withoutDatabaseRows } from './database-rows.ts'
import { parseDataFile } from './export-format.ts'
import { type ArchiveHead, BackupError, type Entry } from './format.ts'
import { type ReadOptions, readArchive } from './read.ts'

export type RestoreTarget = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly blobs: Pick<Blobs, 'put'>
  readonly now: () => Date
  /** How items are written; in transactions unless given. */
  readonly putMode?: PutMode
}

/** What `read` gives, or `other` where there is no table yet. */
const unlessMissing = async <T>(read: Promise<T>, other: T): Promise<T> => {
  try {
    return await read
  } catch (error) {
    if (error instanceof DynamoError && error.type === 'ResourceNotFoundException') return other
    throw error
  }
}

const hasItems = async ({ db, names }: RestoreTarget, id: TableId): Promise<boolean> => {
  for await (const items of db.scan(names[id], { pageSize: 10 }))
    if (items.some(item => id !== 'control' || !isOfEmptyShop(item))) return true
  return false
}

const isEmpty = async (target: RestoreTarget): Promise<boolean> => {
  for (const id of TABLE_IDS) if (await unlessMissing(hasItems(target, id), false)) return false
  return true
}

const notEmpty = (): BackupError =>
  new BackupError(
    'this shop is not empty, and a restore overwrites nothing: set CLOUDSHELF_DATA_DIR to a new folder (or DYNAMODB_ENDPOINT and the names of ' +
      'the tables to new ones), or delete everything with `cloudshelf tables delete --yes` first',
  )

/**
 * Throws BackupError unless this archive may be restored here: the shop is empty, or holds a part of the same archive, because an
 * earlier restore was cut off. Writes nothing.
 */
export const assertRestorable = async (
  target: RestoreTarget,
  head: ArchiveHead,
  currency: string,
): Promise<void> => {
  if (head.currency !== currency)
    throw new BackupError(
      `the archive is of a shop that sells in ${head.currency}: set CURRENCY=${head.currency}`,
    )
  const restored = await unlessMissing(readRestored(target), undefined)
  const isContinued = restored?.state === 'restoring' && restored.backup === head.id
  if (restored?.state === 'restoring' && !isContinued)
    throw new BackupError(
      `the restore of another backup (of ${restored.asOf.toISOString()}) was cut off here: repeat that one, or delete what it has ` +
        'restored with `cloudshelf tables delete --yes`',
    )
  if (!isContinued && !(await isEmpty(target))) throw notEmpty()
}

export type RestoreOptions = ReadOptions & {
  /** Called with how many items were written. */
  readonly wrote?: (items: number) => void
  /** Stores a setting or a secret. */
  readonly keep: (entry: Entry) => void
}

/**
 * Writes what a verified archive holds into a shop that `assertRestorable` has passed; creates missing tables. The shop cannot start until all of it is
 * there, and is quiet then. Throws BackupError, and the errors of the database.
 */
export const restoreArchive = async (
  target: RestoreTarget,
  file: string,
  head: ArchiveHead,
  { wrote, keep, ...options }: RestoreOptions,
): Promise<RestoredState> => {
  const { db, names, blobs, now, putMode } = target
  await createTables(db, names)
  for await (const check of verifyTables(db, names))
    if (!passes(check))
      throw new BackupError(
        `table ${check.table}: ${check.point} must be ${check.expected}, but is ${check.found}. Nothing was restored`,
      )
  const earlier = await readRestored(target)
  const restored = {
    backup: head.id,
    asOf: new Date(head.as_of),
    restoredAt: earlier?.restoredAt ?? now(),
  }
  await writeRestored(target, { ...restored, state: 'restoring' })
  for await (const entry of readArchive(file, options)) {
    const { kind, table } = entry
    if (entry.head.id !== head.id) throw new BackupError(`${file} was replaced during the restore`)
    if (kind === 'data' && table) {
      const items = await parseDataFile(table, entry)
      await putRaw(db, names[table], table === 'control' ? withoutDatabaseRows(items) : items, wrote, putMode)
    }
    if (kind === 'cover') await blobs.put(entry.name, entry.bytes)
    if (kind === 'setting' || kind === 'secret') keep(entry)
  }
  const state: RestoredState = { ...restored, state: 'quiet' }
  await writeRestored(target, state)
  return state
}
