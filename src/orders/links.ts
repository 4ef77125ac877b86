/**
 * Links that open an order once, for whoever reads its address's mail. Control holds the token's hash alone, bound to the
 * order and to this purpose; so a copy of all tables opens nothing.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type Item, TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { epochSeconds, newSecret } from '../core/ids.ts'
import type { Order } from './schema.ts'

export const LINK_MINUTES = CONTROL_ROWS.orderLink.ttl / 60

export type OrderKey = { readonly user_id: string; readonly order_id: string }
export type OrderLinks = ReturnType<typeof createOrderLinks>

export const createOrderLinks = (db: Dynamo, names: { readonly control: string }) => {
  const table = names.control
  const expiry = (now: Date): number => epochSeconds(now) + CONTROL_ROWS.orderLink.ttl

  const link = (token: string, order: OrderKey | undefined, now: Date): Write => ({
    action: 'Put',
    table,
    item: {
      ...CONTROL_ROWS.orderLink.key(token),
      user_id: order?.user_id,
      order_id: order?.order_id,
      expires_at: expiry(now),
    },
  })

  /** Keeps `token` as the key to this order, for 30 minutes. */
  const keep = (token: string, { user_id, order_id }: Order, now: Date): Promise<void> =>
    db.transact([link(token, { user_id, order_id }, now)])

  /** What is written in place of an announcement where there is no such order: as large, and a key to nothing. */
  const decoy = (now: Date): Write => link(newSecret(), undefined, now)

  /** The order that `token` opens, this once; undefined for one that is unknown, used or expired. */
  const spend = async (token: string, now: Date): Promise<OrderKey | undefined> => {
    const key = CONTROL_ROWS.orderLink.key(token)
    const found = await db.get(table, key)
    if (!isOpen(found, now)) return undefined
    try {
      await db.write({ action: 'Delete', table, key, condition: 'attribute_exists(pk)' })
    } catch (error) {
      if (error instanceof TransactionRefused) return undefined
      throw error
    }
    return { user_id: found.user_id, order_id: found.order_id }
  }

  return { keep, decoy, spend }
}

const isOpen = (item: Item | undefined, now: Date): item is Item & OrderKey =>
  item !== undefined &&
  Number(item.expires_at) > epochSeconds(now) &&
  typeof item.user_id === 'string' &&
  typeof item.order_id === 'string'
