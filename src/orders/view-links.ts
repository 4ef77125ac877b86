/**
 * View links: links in the mails about a guest's order that show this one order, many times, until 60 days after it was
 * delivered or canceled. The table holds only the hash of a link's token, in the partition of its order, with a hash of the
 * email that it was mailed to: a link of an order without an email, or with another one, shows nothing.
 */
import { normalizeEmail } from '../accounts/email.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { epochSeconds, newSecret, sha256 } from '../core/ids.ts'
import type { Order } from './schema.ts'
import { isFinal } from './status.ts'
import type { OrderTable } from './table.ts'

/** Days after delivery or cancellation during which links still show the order. */
export const VIEW_LINK_DAYS = 60

export interface ViewLinks {
  /** Stores a new link of the order and returns its token. An order without an email has none. */
  create(order: Order, now: Date): Promise<string | undefined>
  /** The order that a token shows. Undefined where the token is unknown, of another order, or has ended. */
  find(orderId: string, token: string, now: Date): Promise<Order | undefined>
  /** Rows of all links of an order. */
  list(orderId: string): Promise<readonly Item[]>
  /** Writes that end all links of an order. */
  removals(orderId: string): Promise<Write[]>
}

/** When links of the order end, in epoch seconds; undefined while it is neither delivered nor canceled. */
const endOf = ({ status, updated_at }: Order): number | undefined => {
  if (!isFinal(status)) return undefined
  const changed = Date.parse(updated_at)
  return Number.isNaN(changed) ? 0 : epochSeconds(new Date(changed)) + VIEW_LINK_DAYS * 86_400
}

/** Hash of the order's email, by which a link is bound to it. */
const emailHash = ({ email }: Order): string | undefined => {
  const normalized = normalizeEmail(email ?? '')
  return normalized === undefined ? undefined : sha256(`order-view-email:${normalized}`)
}

export const createViewLinks = (
  db: Dynamo,
  names: { readonly control: string },
  orders: Pick<OrderTable, 'get'>,
): ViewLinks => {
  const table = names.control

  const list: ViewLinks['list'] = async orderId => {
    const rows: Item[] = []
    for await (const page of db.pages(partition(table, CONTROL_ROWS.orderView.pk(orderId))))
      rows.push(...page)
    return rows
  }

  const find: ViewLinks['find'] = async (orderId, token, now) => {
    const row = await db.get(table, CONTROL_ROWS.orderView.key(orderId, token))
    if (typeof row?.user_id !== 'string') return undefined
    const order = await orders.get(row.user_id, orderId)
    if (!order || emailHash(order) !== row.email_hash) return undefined
    const end = endOf(order) ?? Number(row.expires_at)
    return epochSeconds(now) < Math.min(end, Number(row.expires_at)) ? order : undefined
  }

  return {
    create: async (order, now) => {
      const email_hash = emailHash(order)
      if (email_hash === undefined) return undefined
      const token = newSecret()
      await db.write({
        action: 'Put',
        table,
        item: {
          ...CONTROL_ROWS.orderView.key(order.order_id, token),
          user_id: order.user_id,
          email_hash,
          created_at: now.toISOString(),
          expires_at: epochSeconds(now) + CONTROL_ROWS.orderView.ttl,
        },
      })
      return token
    },
    find,
    list,
    removals: async orderId =>
      (await list(orderId)).map(({ pk, sk }) => ({ action: 'Delete', table, key: { pk, sk } })),
  }
}
