/** Schemas of orders: the item of the specification, the request bodies, and the JSON of the API. */
import * as z from 'zod'
import { Email } from '../accounts/email.ts'
import { StoredAddress, UncheckedDeliveryAddress } from '../addresses/schema.ts'
import { Money, orderAmountFields, storedAmountFields } from '../cart/amount-fields.ts'
import type { Amounts } from '../cart/amounts.ts'
import type { Currency } from '../core/currency.ts'
import { dayOfOrderId } from '../core/ids.ts'
import type { MinorUnits } from '../core/money.ts'
import { LinkToken } from '../core/secrets.ts'
import { orderNumber, parseOrderNumber } from './number.ts'
import { PaymentMethod, PaymentView } from './payment.ts'
import { OrderStatus } from './status.ts'

export const StoredOrderLine = z.object({
  book_id: z.string(),
  category: z.string().optional(),
  title: z.string(),
  price: z.number(),
  quantity: z.int().positive(),
})
/** A line of an order, its price in minor units of the order's currency. */
export type OrderLine = Omit<z.infer<typeof StoredOrderLine>, 'price'> & { readonly price: MinorUnits }

const UNKNOWN_TIME = '1970-01-01T00:00:00Z'

/**
 * An item of the orders table. The specification's own `create_order` leaves out amounts and address. Parsing is lenient
 * towards other clients, so that an order is shown whatever its status is. Without `currency` it is in the shop's.
 */
export const StoredOrder = z.object({
  user_id: z.string(),
  order_id: z.string(),
  order_date: z.string(),
  items: z.array(z.unknown()),
  ...storedAmountFields,
  currency: z.string().min(1).optional().catch(undefined),
  status: z.string().catch('unknown'),
  shipping_address: StoredAddress.optional(),
  email: z.string().optional().catch(undefined),
  method: z.string().optional().catch(undefined),
  version: z.int().optional().catch(undefined),
  retain_until: z.string().optional().catch(undefined),
  created_at: z.string().catch(UNKNOWN_TIME),
  updated_at: z.string().catch(UNKNOWN_TIME),
})
type StoredOrder = z.infer<typeof StoredOrder>

/** An order inside the shop, with amounts in minor units of its currency. */
export type Order = Omit<StoredOrder, 'items' | 'currency' | keyof Amounts> & {
  readonly items: readonly OrderLine[]
  readonly amounts: Amounts
  readonly currency: Currency
}

/** How an order gets to its customer. */
export const Delivery = z.enum(['ship', 'collect'])
export type Delivery = z.infer<typeof Delivery>

export const PlaceOrder = z
  .strictObject({
    cart_version: z.string().min(1).max(64).describe('The version of the cart that the shopper saw.'),
    expected_total: z.number().min(0).max(1e11).describe('The total that the shopper saw.'),
    email: Email,
    payment_method: PaymentMethod.optional().describe(
      'One of those that checkout offers; the first of them if not given.',
    ),
    delivery: Delivery.optional().describe('By parcel, or collected in the shop; ship if not given.'),
    // Checked by checkout, so that a retry of a request that an earlier release took is still recognised.
    shipping_address: UncheckedDeliveryAddress.describe(
      'Of an order that is collected, the name and phone number of who collects it.',
    ),
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
export const ViewOrder = z.strictObject({ token: LinkToken }).meta({ id: 'ViewOrder' })
export const EndedLinks = z
  .object({ ended: z.int().describe('Links that no longer work.') })
  .meta({ id: 'EndedLinks' })

export const OrderView = z
  .object({
    order_id: z.string(),
    order_number: z.string().describe('For people, for example 7K3M2-QX8VD.'),
    order_date: z.string().describe('The day, UTC.'),
    status: z
      .string()
      .describe(`${OrderStatus.options.join(', ')}; another text where another client has stored it.`),
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
    currency: z.string().describe('ISO 4217: the currency of all amounts of the order.'),
    payment: PaymentView,
    delivery: Delivery.describe('By parcel, or collected in the shop.'),
    email: z.string().optional(),
    shipping_address: z.record(z.string(), z.string()).optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Order' })
export type OrderView = z.infer<typeof OrderView>
