/** The endpoints of checkout and orders, as data. */
import * as z from 'zod'
import { dayOf } from '../core/ids.ts'
import { endpoint } from '../http/endpoint.ts'
import { PageSize } from '../http/page-size.ts'
import { HOUR, MINUTE } from '../http/rate-limits.ts'
import { LookUpAnswer, LookUpOrder, OpenOrderLink, OrderView, PlaceOrder, SetStatus } from './schema.ts'

const OrderPath = z.object({ order_id: z.string().min(1).max(100) })

const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(day => !Number.isNaN(Date.parse(day)) && dayOf(new Date(day)) === day, {
    error: 'is no day such as 2025-09-05',
  })

const OrderPage = z
  .object({ items: z.array(OrderView), next_cursor: z.string().nullable() })
  .meta({ id: 'OrderPage' })

export const placeOrder = endpoint({
  id: 'placeOrder',
  method: 'POST',
  path: '/api/orders',
  summary: 'Check out: the cart becomes an order. The same Idempotency-Key gives the same order again',
  access: 'shopper',
  limits: [
    { per: 'account', max: 30, seconds: 10 * MINUTE },
    { per: 'source', max: 300, seconds: 10 * MINUTE },
  ],
  countsInTransaction: true,
  cache: 'private',
  headers: z.object({
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, { error: 'is 1 to 255 printable ASCII characters' })
      .optional()
      .describe('Required. Made by the client when its checkout page opens; a UUID will do.'),
  }),
  body: PlaceOrder,
  status: 201,
  reply: OrderView,
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
  ],
})

export const listOrders = endpoint({
  id: 'listOrders',
  method: 'GET',
  path: '/api/orders',
  summary: 'The caller’s orders, the latest first; for staff with `date`: the orders of a day (UTC)',
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
  summary: 'One of the caller’s orders; any order for staff',
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
  summary: 'Ask for a mail with a link to a guest’s order, by its id and the address that it was made with',
  access: 'anyone',
  limits: [
    { per: ['order_id', 'email'], max: 3, seconds: HOUR },
    { per: 'source', max: 20, seconds: HOUR },
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
  summary: 'The order of a mailed link, once, within 30 minutes',
  access: 'anyone',
  limits: [{ per: 'source', max: 60, seconds: HOUR }],
  cache: 'private',
  body: OpenOrderLink,
  status: 200,
  reply: OrderView,
  errors: ['link_invalid'],
})

export const cancelOrder = endpoint({
  id: 'cancelOrder',
  method: 'POST',
  path: '/api/orders/{order_id}/cancel',
  summary: 'Cancel one of the caller’s orders before it is shipped; its books go back to the shelf, once',
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
  summary: 'Move an order on',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  body: SetStatus,
  status: 200,
  reply: OrderView,
  errors: ['line_limit', 'order_not_found', 'status_conflict'],
})

export const ORDERS_PER_PAGE = 20
