/** A table as it was, put back into the table as it is: row by row, so that its name, streams and settings stay. */
import { isDeepStrictEqual } from 'node:util'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { TABLES, type TableDefinition, type TableId } from './definitions.ts'

export type RestoreResult = { readonly written: number; readonly deleted: number; readonly same: number }

/**
 * Makes the rows of the table `name` those of the table `from`, a restored copy of it, except for the tombstones of people who
 * were erased, which are kept. For when nobody else writes; all of `from` is in memory meanwhile. Can be cut off and done again.
 */
export const restoreTable = async (
  db: Dynamo,
  id: TableId,
  { name, from }: { readonly name: string; readonly from: string },
): Promise<RestoreResult> => {
  const { key }: TableDefinition = TABLES[id]
  const keyOf = (item: Item): Item => ({
    [key.hash]: item[key.hash],
    ...(key.range ? { [key.range]: item[key.range] } : {}),
  })
  const rowName = (item: Item): string => JSON.stringify(Object.values(keyOf(item)))
  const wanted = new Map<string, Item>()
  for await (const items of db.scan(from)) for (const item of items) wanted.set(rowName(item), item)

  const count = { written: 0, deleted: 0, same: 0 }
  for await (const items of db.scan(name))
    for (const item of items) {
      const as = wanted.get(rowName(item))
      // An erasure that was asked for since the backup still holds.
      const isTombstone = id === 'control' && item.pk === CONTROL_ROWS.erasure.pk
      if (isTombstone || (as && isDeepStrictEqual(as, item))) {
        wanted.delete(rowName(item))
        count.same++
      } else if (!as) {
        await db.write({ action: 'Delete', table: name, key: keyOf(item) })
        count.deleted++
      }
    }
  for (const item of wanted.values()) {
    await db.write({ action: 'Put', table: name, item })
    count.written++
  }
  return count
}
