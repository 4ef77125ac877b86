/** Endpoints of payments for staff, as data. */
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import { IdempotencyHeaders } from '../http/idempotency-key.ts'
import { PageSize } from '../http/page-size.ts'
import {
  InvoicePermission,
  MakeRefund,
  OrderPayments,
  PaymentPage,
  RecordPayment,
  RefundPreview,
  ResolveReview,
} from './staff-schema.ts'
import { DESK_QUEUES } from './table.ts'

const OrderPath = z.object({
  order_id: z.string().min(1).max(100).describe('The order id or the order number.'),
})

export const listPayments = endpoint({
  id: 'listPayments',
  method: 'GET',
  path: '/api/payments',
  summary: 'Payments that staff must look at, that are disputed, or that are due, first due first',
  access: 'staff',
  cache: 'private',
  query: z.strictObject({
    state: z.enum(DESK_QUEUES),
    overdue: z.enum(['true', 'false']).optional().describe('Of those that are due, only those of past days.'),
    limit: PageSize,
    cursor: z.string().min(1).max(1_000).optional(),
  }),
  status: 200,
  reply: PaymentPage,
  errors: ['bad_cursor'],
})

export const getOrderPayments = endpoint({
  id: 'getOrderPayments',
  method: 'GET',
  path: '/api/orders/{order_id}/payments',
  summary: 'The payment of an order, with its refunds, disputes and journal entries',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  status: 200,
  reply: OrderPayments,
  errors: ['order_not_found'],
})

export const recordPayment = endpoint({
  id: 'recordPayment',
  method: 'POST',
  path: '/api/orders/{order_id}/payments',
  summary: 'Record money that was taken for an order. The same Idempotency-Key records it once',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  headers: IdempotencyHeaders,
  body: RecordPayment,
  status: 201,
  reply: OrderPayments,
  errors: ['idempotency_key_missing', 'idempotency_key_reused', 'order_not_found', 'payment_conflict'],
})

export const refundOrder = endpoint({
  id: 'refundOrder',
  method: 'POST',
  path: '/api/orders/{order_id}/refunds',
  summary:
    'Refund an order or a part of it, and return copies to stock. Money that no provider took is handed over by staff. The same Idempotency-Key refunds once',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  headers: IdempotencyHeaders,
  body: MakeRefund,
  status: 201,
  reply: OrderPayments,
  errors: [
    'idempotency_key_missing',
    'idempotency_key_reused',
    'order_not_found',
    'refund_not_possible',
    'refund_too_large',
  ],
})

export const previewRefund = endpoint({
  id: 'previewRefund',
  method: 'POST',
  path: '/api/orders/{order_id}/refunds/preview',
  summary: 'What a refund would give back. Changes nothing',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  body: MakeRefund,
  status: 200,
  reply: RefundPreview,
  errors: ['order_not_found', 'refund_not_possible', 'refund_too_large'],
})

export const resolveReview = endpoint({
  id: 'resolveReview',
  method: 'POST',
  path: '/api/payments/{order_id}/review',
  summary: 'End the review of a payment: give the money back, or say that nothing is left to do',
  access: 'staff',
  cache: 'private',
  params: OrderPath,
  body: ResolveReview,
  status: 200,
  reply: OrderPayments,
  errors: ['order_not_found', 'refund_not_possible', 'payment_conflict'],
})

export const setInvoicePermission = endpoint({
  id: 'setInvoicePermission',
  method: 'PUT',
  path: '/api/accounts/{account}/invoice-permission',
  summary: 'Allow an account to pay by invoice, where the shop allows it to some only',
  access: 'staff',
  cache: 'private',
  params: z.object({ account: z.string().min(1).max(254).describe('The id or the email of the account.') }),
  body: z.strictObject({ allowed: z.boolean() }).meta({ id: 'SetInvoicePermission' }),
  status: 200,
  reply: InvoicePermission,
  errors: ['account_not_found'],
})
