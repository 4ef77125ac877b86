/** Schemas of carts: the item of the specification, the request bodies, and the JSON of the API. */
import * as z from 'zod'
import { BookId, StoredPrice } from '../catalog/schema.ts'
import type { MinorUnits } from '../core/money.ts'
import { cartAmountFields, Money } from './amount-fields.ts'

export const MAX_LINES = 50
export const MAX_QUANTITY = 20

/** Bounds for lines that other clients wrote, so that sums stay exact. */
const MAX_STORED_QUANTITY = 100

export const StoredCartLine = z.object({
  book_id: BookId,
  category: z.string().min(1),
  title: z.string(),
  price: StoredPrice,
  quantity: z.int().positive().max(MAX_STORED_QUANTITY),
})
type StoredCartLine = z.infer<typeof StoredCartLine>
/** A line as it was added to the cart. Its price, in minor units, is the one that was shown then. */
export type CartLine = Omit<StoredCartLine, 'price'> & { readonly price: MinorUnits }

/** The last second that a `Date` can represent. */
export const MAX_EPOCH_SECONDS = 8.64e12

/**
 * An item of the carts table. `version` is unguessable and new on each write (optimistic locking); other clients do not
 * write one. Parsing is lenient towards other clients: a malformed expiry counts as expired, and the table leaves out lines
 * that are malformed.
 */
export const StoredCart = z.object({
  user_id: z.string(),
  cart_id: z.string(),
  items: z.array(z.unknown()).catch([]),
  version: z.string().optional().catch(undefined),
  created_at: z.string().catch('1970-01-01T00:00:00Z'),
  updated_at: z.string().catch('1970-01-01T00:00:00Z'),
  expires_at: z.number().max(MAX_EPOCH_SECONDS).catch(0),
})
type StoredCart = z.infer<typeof StoredCart>
export type Cart = Omit<StoredCart, 'items'> & { readonly items: readonly CartLine[] }

export const Quantity = z.int().min(1).max(MAX_QUANTITY)

export const AddItem = z
  .strictObject({ book_id: BookId, quantity: Quantity.default(1) })
  .meta({ id: 'AddItem' })
export type AddItem = z.infer<typeof AddItem>

export const SetQuantity = z.strictObject({ quantity: Quantity }).meta({ id: 'SetQuantity' })

export const CartItem = z
  .object({
    book_id: BookId,
    category: z.string(),
    title: z.string(),
    author: z.string().optional(),
    price: Money,
    quantity: z.int(),
    line_total: Money,
    previous_price: Money.optional().describe(
      'The price when the line was added, where it has changed since.',
    ),
    available_quantity: z
      .int()
      .optional()
      .describe('Copies left, where there are fewer than `quantity`; 0 when sold out.'),
  })
  .meta({ id: 'CartItem' })

/** The cart at today's prices. Lines of which too few copies are left are not included in the totals. */
export const CartView = z
  .object({
    version: z.string().nullable().describe('Send it with the order. Null while the cart is empty.'),
    items: z.array(CartItem),
    item_count: z.int(),
    ...cartAmountFields,
    currency: z.string(),
    can_check_out: z.boolean(),
    expires_at: z.string().nullable(),
  })
  .meta({ id: 'Cart' })
export type CartView = z.infer<typeof CartView>
