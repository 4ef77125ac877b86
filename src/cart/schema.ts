/** What a cart is: the specification's item, what a shopper may ask of it, and what the shop answers. */
import * as z from 'zod'
import { BookId } from '../catalog/schema.ts'
import { type Cents, parseDecimal } from '../core/money.ts'
import { cartAmountFields, Money } from './amount-fields.ts'

export const MAX_LINES = 50
export const MAX_QUANTITY = 20

/** What bounds the lines of a cart that others wrote, so that no sum leaves the whole numbers. */
const MAX_STORED_PRICE = 1e7
const MAX_STORED_QUANTITY = 100

const Price = z
  .number()
  .min(0)
  .max(MAX_STORED_PRICE)
  .transform((value, context): Cents => {
    const price = parseDecimal(value)
    if (price !== undefined) return price
    context.addIssue({ code: 'custom', message: 'has more than two decimals' })
    return z.NEVER
  })

export const CartLine = z.object({
  book_id: BookId,
  category: z.string().min(1),
  title: z.string(),
  price: Price,
  quantity: z.int().positive().max(MAX_STORED_QUANTITY),
})
/** A line as it was put into the cart; its price, in whole cents, is the one shown then. */
export type CartLine = z.infer<typeof CartLine>

const Lines = z
  .array(z.unknown())
  .catch([])
  .transform(items => items.flatMap(item => CartLine.safeParse(item).data ?? []))

/** The last second that a date can say. */
export const MAX_EPOCH_SECONDS = 8.64e12

/**
 * An item of the carts table. `version` is ours: unguessable and new on each write; a cart of others' making has none.
 * Whatever else others put there is still a cart: lines that are none are skipped, and an expiry that is no time has passed.
 */
export const Cart = z.object({
  user_id: z.string(),
  cart_id: z.string(),
  items: Lines,
  version: z.string().optional().catch(undefined),
  created_at: z.string().catch('1970-01-01T00:00:00Z'),
  updated_at: z.string().catch('1970-01-01T00:00:00Z'),
  expires_at: z.number().max(MAX_EPOCH_SECONDS).catch(0),
})
export type Cart = z.infer<typeof Cart>

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
      'There when the price is not what it was when the line was added.',
    ),
    available_quantity: z
      .int()
      .optional()
      .describe('There when fewer are left than the line wants; 0: none.'),
  })
  .meta({ id: 'CartItem' })

/** The cart with today's prices. Lines of which too few are left count in no total until they are mended. */
export const CartView = z
  .object({
    version: z.string().nullable().describe('Send it with the order; null while the cart is empty.'),
    items: z.array(CartItem),
    item_count: z.int(),
    ...cartAmountFields,
    currency: z.string(),
    can_check_out: z.boolean(),
    expires_at: z.string().nullable(),
  })
  .meta({ id: 'Cart' })
export type CartView = z.infer<typeof CartView>
