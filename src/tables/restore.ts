/** Restore of a table from a copy, item by item, so that its name, streams and settings stay. */
import { isDeepStrictEqual } from 'node:util'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { primaryKey, type TableId } from './definitions.ts'

export type RestoreResult = { readonly written: number; readonly deleted: number; readonly same: number }

/** `compared` of the table's items are done, and then `written` of the `toWrite` items that it lacked or had changed. */
export type RestoreProgress = {
  readonly compared: number
  readonly deleted: number
  readonly written: number
  /** Undefined while the table is compared. */
  readonly toWrite: number | undefined
}

/** Writes at once, fewer than the connections of the database client. */
const WRITES_AT_ONCE = 32

/** Carries out the writes, so many at once. Throws the first error, after the writes that had begun. */
const writeAll = async (db: Dynamo, writes: Iterator<Write>, done: () => void): Promise<void> => {
  let isCutOff = false
  const work = async (): Promise<void> => {
    for (let next = writes.next(); !next.done && !isCutOff; next = writes.next()) {
      // A put and a delete of a whole item can be done twice.
      await db.write(next.value, true)
      done()
    }
  }
  const cutOff = (error: unknown): never => {
    isCutOff = true
    throw error
  }
  const ends = await Promise.allSettled(Array.from({ length: WRITES_AT_ONCE }, () => work().catch(cutOff)))
  const failed = ends.find(one => one.status === 'rejected')
  if (failed) throw failed.reason
}

/**
 * Makes the items of the table `name` equal to those of the table `from`, a restored copy of it. Tombstones of erased accounts are
 * kept. No other process may write to the table at the same time. The whole copy is held in memory.
 *
 * Can be interrupted and repeated: what is done already is found by comparing the tables again, which is read and not written, so
 * there is no record of the progress that could be wrong. `report` gets the progress after each page that was compared and each
 * write.
 */
export const restoreTable = async (
  db: Dynamo,
  id: TableId,
  { name, from }: { readonly name: string; readonly from: string },
  report: (progress: RestoreProgress) => void = () => {},
): Promise<RestoreResult> => {
  const keyText = (item: Item): string => JSON.stringify(Object.values(primaryKey(id, item)))
  const copy = new Map<string, Item>()
  for await (const items of db.scan(from)) for (const item of items) copy.set(keyText(item), item)

  const result = { written: 0, deleted: 0, same: 0 }
  let [compared, toWrite]: [number, number | undefined] = [0, undefined]
  const tell = (): void => report({ compared, deleted: result.deleted, written: result.written, toWrite })
  for await (const items of db.scan(name)) {
    const surplus: Write[] = []
    for (const item of items) {
      const copied = copy.get(keyText(item))
      // A request for erasure remains valid, whatever is restored.
      const isTombstone = id === 'control' && item.pk === CONTROL_ROWS.erasure.pk
      if (isTombstone || (copied && isDeepStrictEqual(copied, item))) {
        copy.delete(keyText(item))
        result.same++
      } else if (!copied) surplus.push({ action: 'Delete', table: name, key: primaryKey(id, item) })
    }
    await writeAll(db, surplus.values(), () => result.deleted++)
    compared += items.length
    tell()
  }
  toWrite = copy.size
  const missing = function* (): Generator<Write> {
    for (const item of copy.values()) yield { action: 'Put', table: name, item }
  }
  await writeAll(db, missing(), () => {
    result.written++
    tell()
  })
  return result
}
