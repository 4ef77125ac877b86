/** Schemas of orders: the item of the specification, the request bodies, and the JSON of the API. */
import * as z from 'zod'
import { Email } from '../accounts/email.ts'
import { PostalAddress, UncheckedDeliveryAddress } from '../addresses/schema.ts'
import { Money, orderAmountFields, storedAmountFields, withAmounts } from '../cart/amount-fields.ts'
import { dayOfOrderId } from '../core/ids.ts'
import { parseDecimal } from '../core/money.ts'
import { LinkToken } from '../core/secrets.ts'
import { StoredMoney } from '../core/stored-money.ts'
import { orderNumber, parseOrderNumber } from './number.ts'
import { OrderStatus } from './status.ts'

export const OrderLine = z.object({
  book_id: z.string(),
  category: z.string().optional(),
  title: z.string(),
  price: StoredMoney,
  quantity: z.int().positive(),
})
export type OrderLine = z.infer<typeof OrderLine>

/** Fields in the order of an envelope, since the table keeps none. Fields of other clients come last, by name. */
const ADDRESS_FIELDS = Object.keys(PostalAddress.shape)
const addressRank = (name: string): number => {
  const rank = ADDRESS_FIELDS.indexOf(name)
  return rank < 0 ? ADDRESS_FIELDS.length : rank
}

/** An address that another client wrote may hold anything: its texts and numbers are shown, the rest stays in the table. */
const StoredAddress = z.unknown().transform((value): Record<string, string> | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const readable = Object.entries(value).filter(([, part]) => ['string', 'number'].includes(typeof part))
  const ordered = readable.sort(([a], [b]) => addressRank(a) - addressRank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(ordered.map(([name, part]) => [name, String(part)]))
})

/** An item of the orders table. The specification's own `create_order` leaves out amounts and address. */
export const Order = z
  .object({
    user_id: z.string(),
    order_id: z.string(),
    order_date: z.string(),
    items: z.array(OrderLine),
    ...storedAmountFields,
    status: OrderStatus,
    shipping_address: StoredAddress.optional(),
    email: z.string().optional(),
    version: z.int().optional(),
    retain_until: z.string().optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(withAmounts)
/** An order inside the shop, with amounts in whole cents. */
export type Order = z.infer<typeof Order>

const hasCents = (value: number): boolean => parseDecimal(value) !== undefined

export const PlaceOrder = z
  .strictObject({
    cart_version: z.string().min(1).max(64).describe('The version of the cart that the shopper saw.'),
    expected_total: z
      .number()
      .min(0)
      .max(1e9)
      .refine(hasCents, { error: 'must have at most two decimals' })
      .describe('The total that the shopper saw.'),
    email: Email,
    // Checked by checkout, so that a retry of a request that an earlier release took is still recognised.
    shipping_address: UncheckedDeliveryAddress,
  })
  .meta({ id: 'PlaceOrder' })
export type PlaceOrder = z.infer<typeof PlaceOrder>

export const SetStatus = z.strictObject({ status: OrderStatus }).meta({ id: 'SetStatus' })
export const LookUpOrder = z
  .strictObject({
    order_id: z
      .string()
      .max(100)
      .trim()
      .refine(text => dayOfOrderId(text) !== undefined || parseOrderNumber(text) !== undefined, {
        error: 'must be an order number, for example 7K3M2-QX8VD',
      })
      .describe('The order number or the order id.'),
    email: Email,
  })
  .transform(({ order_id, email }) => {
    const number = parseOrderNumber(order_id)
    return { order_id: number ?? order_id, order_number: number ?? orderNumber(order_id), email }
  })
  .meta({ id: 'LookUpOrder' })
export type LookUpOrder = z.infer<typeof LookUpOrder>
export const LookUpAnswer = z
  .object({ detail: z.string().describe('The same for known and unknown orders.') })
  .meta({ id: 'LookUpAnswer' })
export const OpenOrderLink = z
  .strictObject({
    token: LinkToken,
  })
  .meta({ id: 'OpenOrderLink' })

export const OrderView = z
  .object({
    order_id: z.string(),
    order_number: z.string().describe('For people, for example 7K3M2-QX8VD.'),
    order_date: z.string().describe('The day, UTC.'),
    status: OrderStatus,
    items: z.array(
      z.object({
        book_id: z.string(),
        category: z.string().optional(),
        title: z.string(),
        price: Money,
        quantity: z.int(),
      }),
    ),
    ...orderAmountFields,
    currency: z.string(),
    payment: z.literal('invoice').describe('Orders are paid on invoice.'),
    email: z.string().optional(),
    shipping_address: z.record(z.string(), z.string()).optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Order' })
export type OrderView = z.infer<typeof OrderView>
