/** Endpoints of checkout and orders, as data. */
import * as z from 'zod'
import { dayOf } from '../core/ids.ts'
import { endpoint } from '../http/endpoint.ts'
import { IdempotencyHeaders } from '../http/idempotency-key.ts'
import { PageSize } from '../http/page-size.ts'
import { DAY, HOUR, MINUTE } from '../http/rate-limits.ts'
import { HeldCheckout } from './payment.ts'
import {
  EndedLinks,
  LookUpAnswer,
  LookUpOrder,
  OpenOrderLink,
  OrderView,
  PlaceOrder,
  SetStatus,
  ViewOrder,
} from './schema.ts'

const OrderPath = z.object({
  order_id: z.string().min(1).max(100).describe('The order id or the order number.'),
})

const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(day => !Number.isNaN(Date.parse(day)) && dayOf(new Date(day)) === day, {
    error: 'must be a day, for example 2025-09-05',
  })

const OrderPage = z
  .object({ items: z.array(OrderView), next_cursor: z.string().nullable() })
  .meta({ id: 'OrderPage' })

export const placeOrder = endpoint({
  id: 'placeOrder',
  method: 'POST',
  path: '/api/orders',
  summary:
    'Check out: place an order of the cart, or hold it until it is paid on a payment page (202). The same Idempotency-Key gives the same again',
  access: 'shopper',
  limits: [
    { per: 'account', max: 30, seconds: 10 * MINUTE },
    // What guests hold without having paid is on the item of this limit (guest-limits.ts).
    { per: 'ip', max: 300, seconds: 10 * MINUTE, heldSeconds: DAY },
  ],
  countsInTransaction: true,
  cache: 'private',
  headers: IdempotencyHeaders,
  body: PlaceOrder,
  status: 201,
  reply: OrderView,
  accepted: HeldCheckout,
  errors: [
    'idempotency_key_missing',
    'idempotency_key_reused',
    'cart_empty',
    'cart_changed',
    'line_limit',
    'quantity_limit',
    'out_of_stock',
    'price_changed',
    'order_not_found',
    'mail_limit',
    'unpaid_limit',
    'invoice_not_allowed',
    'payment_method_unavailable',
    'collection_unavailable',
    'payment_unavailable',
    'checkout_over',
    'checkout_paid',
  ],
})

export const listOrders = endpoint({
  id: 'listOrders',
  method: 'GET',
  path: '/api/orders',
  summary: 'The caller’s orders, latest first. For staff, with `date`: the orders of a day (UTC)',
  access: 'shopper',
  staffQuery: ['date'],
  cache: 'private',
  query: z.strictObject({
    date: Day.optional(),
    limit: PageSize,
    cursor: z.string().min(1).max(1_000).optional(),
  }),
  status: 200,
  reply: OrderPage,
  errors: ['bad_cursor'],
})

export const getOrder = endpoint({
  id: 'getOrder',
  method: 'GET',
  path: '/api/orders/{order_id}',
  summary: 'One of the caller’s orders. For staff, any order',
  access: 'shopper',
  cache: 'private',
  params: OrderPath,
  status: 200,
  reply: OrderView,
  errors: ['order_not_found'],
})

export const lookUpOrder = endpoint({
  id: 'lookUpOrder',
  method: 'POST',
  path: '/api/orders/lookup',
  summary:
    'Request a link to a guest’s order by mail, with its number and the email address that it was placed with',
  access: 'anyone',
  limits: [
    { per: ['order_id', 'email'], max: 3, seconds: HOUR },
    // The id and the number of an order are counted together.
    { per: ['order_number', 'email'], max: 3, seconds: HOUR },
    { per: 'ip', max: 20, seconds: HOUR },
  ],
  cache: 'private',
  body: LookUpOrder,
  status: 202,
  reply: LookUpAnswer,
  errors: [],
})

export const openOrderLink = endpoint({
  id: 'openOrderLink',
  method: 'POST',
  path: '/api/orders/lookup/open',
  summary: 'Open the order of a mailed link, once, within 30 minutes',
  access: 'anyone',
  limits: [{ per: 'ip', max: 60, seconds: HOUR }],
  cache: 'private',
  body: OpenOrderLink,
  status: 200,
  reply: OrderView,
  errors: ['link_invalid'],
})

export const cancelByLink = endpoint({
  id: 'cancelByLink',
  method: 'POST',
  path: '/api/orders/lookup/cancel',
  summary: 'Cancel the order of a mailed link, once, within 30 minutes',
  access: 'anyone',
  limits: [{ per: 'ip', max: 60, seconds: HOUR }],
  cache: 'private',
  body: OpenOrderLink,
  status: 200,
  reply: OrderView,
  errors: ['line_limit', 'link_invalid', 'status_conflict'],
})

export const viewOrder = endpoint({
  id: 'viewOrder',
  method: 'POST',
  path: '/api/orders/{order_id}/view',
  summary:
    'Show a guest’s order by the token of the link in its mails, any number of times until 60 days after delivery or cancellation. Changes nothing',
  access: 'anyone',
  limits: [{ per: 'ip', max: 600, seconds: HOUR }],
  cache: 'private',
  params: OrderPath,
  body: ViewOrder,
  status: 200,
  reply: OrderView,
  errors: ['link_invalid'],
})

export const endViewLinks = endpoint({
  id: 'endViewLinks',
  method: 'POST',
  path: '/api/orders/{order_id}/view/end',
  summary: 'End the links in the mails about an order that show it',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  status: 200,
  reply: EndedLinks,
  errors: ['order_not_found'],
})

export const cancelOrder = endpoint({
  id: 'cancelOrder',
  method: 'POST',
  path: '/api/orders/{order_id}/cancel',
  summary: 'Cancel one of the caller’s orders before it ships. Its books are returned to stock, once',
  access: 'shopper',
  cache: 'private',
  params: OrderPath,
  status: 200,
  reply: OrderView,
  errors: ['line_limit', 'order_not_found', 'status_conflict'],
})

export const setOrderStatus = endpoint({
  id: 'setOrderStatus',
  method: 'POST',
  path: '/api/orders/{order_id}/status',
  summary: 'Move an order to its next status',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  body: SetStatus,
  status: 200,
  reply: OrderView,
  errors: ['line_limit', 'order_not_found', 'status_conflict', 'payment_conflict'],
})

export const ORDERS_PER_PAGE = 20
