/** Endpoints of invoices, as data. */
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import { HOUR } from '../http/rate-limits.ts'
import { ViewOrder } from '../orders/schema.ts'
import { InvoiceList } from './schema.ts'

const OrderPath = z.object({
  order_id: z.string().min(1).max(100).describe('The order id or the order number.'),
})
const InvoicePath = OrderPath.extend({
  number: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,40}$/)
    .describe('The number of an invoice or a credit note, for example 2026-000123.'),
})

const PDF = ['application/pdf'] as const

export const listInvoices = endpoint({
  id: 'listInvoices',
  method: 'GET',
  path: '/api/orders/{order_id}/invoices',
  summary:
    'The invoice of one of the caller’s orders, and its credit notes. For staff, of any order; of an erased person’s, for admins alone',
  access: 'shopper',
  cache: 'private',
  params: OrderPath,
  status: 200,
  reply: InvoiceList,
  errors: ['order_not_found'],
})

export const getInvoice = endpoint({
  id: 'getInvoice',
  method: 'GET',
  path: '/api/orders/{order_id}/invoices/{number}',
  summary: 'An invoice or credit note as PDF, the same bytes each time',
  access: 'shopper',
  cache: 'private',
  params: InvoicePath,
  status: 200,
  otherReplies: PDF,
  errors: ['order_not_found', 'invoice_not_found'],
})

const byLink = {
  method: 'POST',
  access: 'anyone',
  limits: [{ per: 'ip', max: 600, seconds: HOUR }],
  cache: 'private',
  body: ViewOrder,
  status: 200,
} as const

export const listInvoicesByLink = endpoint({
  ...byLink,
  id: 'listInvoicesByLink',
  path: '/api/orders/{order_id}/view/invoices',
  summary: 'The invoice and the credit notes of a guest’s order, by the token of the link in its mails',
  params: OrderPath,
  reply: InvoiceList,
  errors: ['link_invalid'],
})

export const getInvoiceByLink = endpoint({
  ...byLink,
  id: 'getInvoiceByLink',
  path: '/api/orders/{order_id}/view/invoices/{number}',
  summary: 'An invoice or credit note of a guest’s order as PDF, by the token of the link in its mails',
  params: InvoicePath,
  otherReplies: PDF,
  errors: ['link_invalid', 'invoice_not_found'],
})
