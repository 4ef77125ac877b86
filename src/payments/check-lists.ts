/** Lists of open work in the control table, compared with the payments and checkouts that they are about. */
import type { ControlKey } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Item } from '../core/dynamo/write.ts'
import { checkoutListRows, type ListRow, paymentListRows } from './check-rows.ts'
import type { PaymentDeps } from './deps.ts'
import type { Checkout, PaymentRecords } from './schema.ts'

type ListDeps = Pick<PaymentDeps, 'db' | 'names' | 'paymentTable' | 'checkouts'>

/** What lists must agree with. */
type Listed = { readonly records: PaymentRecords | undefined; readonly checkout: Checkout | undefined }

const { desk, openRefund, hold, liveCheckout } = CONTROL_ROWS
const LISTS = [desk, openRefund, hold, liveCheckout]

export const isListRow = (item: Item): boolean => LISTS.some(kind => kind.matches(item))
export const keyText = ({ pk, sk, order_id }: ListRow): string => `${pk} ${sk} ${order_id}`
export const toRow = (item: Item): ListRow => ({
  pk: String(item.pk),
  sk: String(item.sk),
  order_id: String(item.order_id),
})

/** The rows of lists that must be there for an order id. */
export const listRowsOf = (
  { paymentTable, checkouts }: ListDeps,
  { records, checkout }: Listed,
): ListRow[] => [
  ...(records ? paymentListRows(paymentTable, records) : []),
  ...(checkout ? checkoutListRows(checkouts, checkout) : []),
]

export type ListDifferences = { readonly missing: readonly ListRow[]; readonly extra: readonly ListRow[] }

/** Compares the lists with what they should say of an order id. `seen`: rows that named it. */
export const compareLists = async (
  deps: ListDeps,
  money: Listed,
  orderId: string,
  seen: readonly ListRow[],
): Promise<ListDifferences> => {
  const expected = listRowsOf(deps, money)
  const keys = new Map<string, ControlKey>(
    [...expected, ...seen].map(({ pk, sk }) => [`${pk} ${sk}`, { pk, sk }]),
  )
  const items = keys.size > 0 ? await deps.db.batchGet(deps.names.control, [...keys.values()]) : []
  const there = items.map(toRow).filter(row => row.order_id === orderId)
  const missingFrom = (rows: readonly ListRow[], others: readonly ListRow[]): ListRow[] => {
    const found = new Set(others.map(keyText))
    return rows.filter(row => !found.has(keyText(row)))
  }
  return { missing: missingFrom(expected, there), extra: missingFrom(there, expected) }
}

/** Rows of lists by the order id that they name; reads the whole table. */
export const readListRows = async ({
  db,
  names,
}: ListDeps): Promise<ReadonlyMap<string, readonly ListRow[]>> => {
  const rows: ListRow[] = []
  for await (const items of db.scan(names.control)) rows.push(...items.filter(isListRow).map(toRow))
  return Map.groupBy(rows, ({ order_id }) => order_id)
}

/** Writes the rows that are missing for an order id, and deletes those of `seen` that should not be there. */
export const repairLists = async (
  deps: ListDeps,
  money: Listed,
  orderId: string,
  seen: readonly ListRow[],
): Promise<void> => {
  const { db, names } = deps
  const { missing, extra } = await compareLists(deps, money, orderId, seen)
  for (const row of missing)
    await wasApplied(
      db.write({ action: 'Put', table: names.control, item: row, condition: 'attribute_not_exists(pk)' }),
    )
  for (const { pk, sk } of extra)
    await wasApplied(
      db.write({
        action: 'Delete',
        table: names.control,
        key: { pk, sk },
        // A shopper may have begun another checkout in between: its row has the same key.
        condition: 'order_id = :order_id',
        values: { ':order_id': orderId },
      }),
    )
}
