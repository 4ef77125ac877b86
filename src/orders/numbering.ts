/**
 * Numbering pass: writes the pointers by which orders are found by number, for orders of earlier releases and of other
 * clients; checkout writes those of new orders. It can be interrupted anywhere and repeated, and continues where it was.
 */
import { auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo, Key } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { OrderKey } from './links.ts'
import { orderNumber } from './number.ts'
import type { OrderTable } from './table.ts'

export type NumberingDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly orders: Pick<OrderTable, 'putNumberPointer'>
  readonly now: () => Date
  /** Called with each order whose number leads to another order: it is found by its id alone. */
  readonly report: (error: unknown) => void
}

export type Numbering = {
  /** Orders that had no pointer. */
  readonly numbered: number
  /** Orders whose number leads to another order. */
  readonly conflicts: number
  /** Whether the pass came to the end of the table. */
  readonly isComplete: boolean
}

const PAGE_SIZE = 200
const WRITES_AT_ONCE = 20

const keyOf = ({ user_id, order_id }: Item): OrderKey => ({
  user_id: String(user_id),
  order_id: String(order_id),
})

/** The orders of a page that have no pointer yet, and those whose number leads to another order. */
const comparePage = async ({ db, names }: NumberingDeps, page: readonly Item[]) => {
  const byNumber = new Map(page.map(keyOf).map(key => [orderNumber(key.order_id), key]))
  const pointers = await db.batchGet(
    names.control,
    [...byNumber.keys()].map(number => CONTROL_ROWS.orderNumber.key(number)),
  )
  const known = new Map(pointers.map(item => [CONTROL_ROWS.orderNumber.idOf(item.pk), keyOf(item)]))
  const isSame = (a: OrderKey, b: OrderKey) => a.user_id === b.user_id && a.order_id === b.order_id
  const missing: OrderKey[] = []
  const conflicting: OrderKey[] = []
  for (const key of page.map(keyOf)) {
    const number = orderNumber(key.order_id)
    const owner = known.get(number) ?? byNumber.get(number)
    if (owner && !isSame(owner, key)) conflicting.push(key)
    else if (!known.has(number)) missing.push(key)
  }
  return { missing, conflicting }
}

/**
 * Numbers the orders that have no pointer yet. `actor` is who started the pass, for the audit; it ends early when `signal`
 * is aborted, and the next pass continues there.
 */
export const numberOrders = async (
  deps: NumberingDeps,
  actor: string,
  signal?: AbortSignal,
): Promise<Numbering> => {
  const { db, names, orders, now, report } = deps
  const row = CONTROL_ROWS.orderNumbering.key('progress')
  const progress = await db.get(names.control, row)
  const after = progress?.after as Key | undefined
  let numbered = Number(progress?.numbered ?? 0)
  let conflicts = Number(progress?.conflicts ?? 0)
  const save = (state: Item): Write => ({ action: 'Put', table: names.control, item: { ...row, ...state } })
  for await (const page of db.scan(names.orders, { pageSize: PAGE_SIZE, ...(after ? { after } : {}) })) {
    const { missing, conflicting } = await comparePage(deps, page)
    for (let i = 0; i < missing.length; i += WRITES_AT_ONCE) {
      const writes = missing.slice(i, i + WRITES_AT_ONCE).map(key => db.write(orders.putNumberPointer(key)))
      const applied = await Promise.all(writes.map(write => wasApplied(write)))
      numbered += applied.filter(Boolean).length
    }
    for (const { order_id } of conflicting)
      report(new Error(`the number of order ${order_id} leads to another order: find it by its id`))
    conflicts += conflicting.length
    const last = page.at(-1)
    if (!last) continue
    await db.write(save({ after: keyOf(last), numbered, conflicts }))
    if (signal?.aborted) return { numbered, conflicts, isComplete: false }
  }
  const what = { actor, what: 'order.numbers', subject: 'orders', after: { numbered, conflicts } }
  await db.transact([
    save({ done_at: now().toISOString() }),
    ...(numbered > 0 ? auditWrites(names.control, what, now()) : []),
  ])
  return { numbered, conflicts, isComplete: true }
}
