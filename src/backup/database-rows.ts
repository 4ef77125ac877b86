/** Rows of control that belong to a database and not to the shop in it, so that no copy of the shop has them. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import type { Item } from '../core/dynamo/write.ts'
import { isFenceRow } from '../core/fence/fence.ts'
import { RESTORED_KEY } from '../tables/quiet.ts'

/** Whether a row of control is the write fence, or the state of a restored shop. */
const isDatabaseRow = (row: Item): boolean =>
  isFenceRow(row) || (row.pk === RESTORED_KEY.pk && row.sk === RESTORED_KEY.sk)

/** The items of a page of control that are the shop's. */
export const withoutDatabaseRows = (items: readonly RawItem[]): readonly RawItem[] =>
  items.filter(({ pk, sk }) => !isDatabaseRow({ pk: pk?.S, sk: sk?.S }))

/** Whether a row of control may be there in a shop that is empty: those of the database, and the currency of its first start. */
export const isOfEmptyShop = (row: Item): boolean => isDatabaseRow(row) || row.pk === CONTROL_ROWS.shop.pk
