/** Restore of a table from a copy, item by item, so that its name, streams and settings stay. */
import { isDeepStrictEqual } from 'node:util'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { primaryKey, type TableId } from './definitions.ts'

export type RestoreResult = { readonly written: number; readonly deleted: number; readonly same: number }

/**
 * Makes the items of the table `name` equal to those of the table `from`, a restored copy of it. Tombstones of erased accounts are
 * kept. No other process may write to the table at the same time. The whole copy is held in memory. Can be interrupted and repeated.
 */
export const restoreTable = async (
  db: Dynamo,
  id: TableId,
  { name, from }: { readonly name: string; readonly from: string },
): Promise<RestoreResult> => {
  const keyText = (item: Item): string => JSON.stringify(Object.values(primaryKey(id, item)))
  const copy = new Map<string, Item>()
  for await (const items of db.scan(from)) for (const item of items) copy.set(keyText(item), item)

  const result = { written: 0, deleted: 0, same: 0 }
  for await (const items of db.scan(name))
    for (const item of items) {
      const copied = copy.get(keyText(item))
      // A request for erasure remains valid, whatever is restored.
      const isTombstone = id === 'control' && item.pk === CONTROL_ROWS.erasure.pk
      if (isTombstone || (copied && isDeepStrictEqual(copied, item))) {
        copy.delete(keyText(item))
        result.same++
      } else if (!copied) {
        await db.write({ action: 'Delete', table: name, key: primaryKey(id, item) })
        result.deleted++
      }
    }
  for (const item of copy.values()) {
    await db.write({ action: 'Put', table: name, item })
    result.written++
  }
  return result
}
