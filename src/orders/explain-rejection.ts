/** Explanation of a refused checkout transaction: which of its conditions failed, and what the customer is told. */
import type { QuotedLine } from '../cart/quote.ts'
import { cartChanged } from '../cart/table.ts'
import type { Item, Refusal } from '../core/dynamo/write.ts'
import type { ShopError } from '../core/errors.ts'
import { outOfStock } from './checkout-lines.ts'
import type { CheckoutWrites, ReplacedHold } from './checkout-writes.ts'

/** Copies left of a book, from its item as the refused write met it. Undefined where there was no item. */
const remainingStock = (item: Item | undefined): number | undefined =>
  item === undefined ? undefined : Number(item.stock_quantity ?? 0)

/**
 * Conditions are looked at in this order: idempotency key, cart, stock. A replay after a success meets a cart that is gone,
 * so the key comes first.
 *
 * `key used`: an order exists under the key. `retry`: the id or the number was taken, or a book was moved, deleted or repriced since it
 * was read; another attempt reads it again and knows which.
 */
export const explainRejection = (
  { failed }: Refusal,
  writes: CheckoutWrites,
  lines: readonly QuotedLine[],
  replaced: ReplacedHold | undefined,
): ShopError | 'key used' | 'retry' => {
  if (failed.has(writes.idempotency)) return 'key used'
  if (failed.has(writes.cart)) return cartChanged()
  const own = new Map(replaced?.lines.map(({ book_id, quantity }) => [book_id, quantity]))
  const refused = lines.flatMap((line, i) => {
    const write = writes.stock[i]
    if (!write || !failed.has(write)) return []
    const remaining = remainingStock(failed.get(write))
    return [
      { ...line, remaining: remaining === undefined ? undefined : remaining + (own.get(line.book_id) ?? 0) },
    ]
  })
  const short = refused.flatMap(({ remaining, ...line }) =>
    remaining !== undefined && remaining < line.quantity ? [{ ...line, available: remaining }] : [],
  )
  return short.length > 0 && short.length === refused.length ? outOfStock(short) : 'retry'
}
