/**
 * Order links: one-time links by mail that open an order for a guest without the cookie. The table holds only the hash of a
 * link's token, bound to the order and to this purpose, so a copy of all tables opens nothing.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { epochSeconds, newSecret } from '../core/ids.ts'

export const LINK_MINUTES = CONTROL_ROWS.orderLink.ttl / 60

export type OrderKey = { readonly user_id: string; readonly order_id: string }

export interface OrderLinks {
  /** Stores a link: for 30 minutes, `token` opens the order once. */
  save(token: string, order: OrderKey, now: Date): Promise<void>
  /**
   * A row that opens nothing, for a request that matches no order. It costs the same write as an announcement, so that the
   * response time does not tell whether there is such an order (timing attack).
   */
  decoy(now: Date): Write
  /** Redeems a token. Undefined where it is unknown, used or expired. */
  redeem(token: string, now: Date): Promise<OrderKey | undefined>
}

export const createOrderLinks = (db: Dynamo, names: { readonly control: string }): OrderLinks => {
  const table = names.control

  const put = (token: string, order: OrderKey | undefined, now: Date): Write => ({
    action: 'Put',
    table,
    item: {
      ...CONTROL_ROWS.orderLink.key(token),
      user_id: order?.user_id,
      order_id: order?.order_id,
      expires_at: epochSeconds(now) + CONTROL_ROWS.orderLink.ttl,
    },
  })

  const redeem: OrderLinks['redeem'] = async (token, now) => {
    const key = CONTROL_ROWS.orderLink.key(token)
    const found = await db.get(table, key)
    if (!isOpen(found, now)) return undefined
    const redeemed = await wasApplied(
      db.write({ action: 'Delete', table, key, condition: 'attribute_exists(pk)' }),
    )
    if (!redeemed) return undefined
    return { user_id: found.user_id, order_id: found.order_id }
  }

  return {
    save: (token, { user_id, order_id }, now) => db.transact([put(token, { user_id, order_id }, now)]),
    decoy: now => put(newSecret(), undefined, now),
    redeem,
  }
}

const isOpen = (item: Item | undefined, now: Date): item is Item & OrderKey =>
  item !== undefined &&
  Number(item.expires_at) > epochSeconds(now) &&
  typeof item.user_id === 'string' &&
  typeof item.order_id === 'string'
