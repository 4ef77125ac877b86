/** Examples of an order, its checkout and its payment in the OpenAPI document, by endpoint id. */
import { address, token } from './account-examples.ts'

export const amounts = { subtotal: 42.99, tax: 3.44, shipping: 5.99, total: 52.42 }

export const order = {
  order_id: 'order-2025-09-05-12wbk0v8m2d4x6q9r3t7y1z5',
  order_number: '7MWQ6-KQ0KX',
  order_date: '2025-09-05',
  status: 'confirmed',
  items: [{ book_id: 'tech-001', category: 'Technology', title: 'Clean Code', price: 42.99, quantity: 1 }],
  ...amounts,
  currency: 'USD',
  payment: {
    method: 'invoice',
    status: 'due',
    amount: 52.42,
    paid: 0,
    refunded: 0,
    due_on: '2025-09-19',
    disputed: false,
  },
  delivery: 'ship',
  email: 'customer@example.com',
  shipping_address: address,
  created_at: '2025-09-05T10:00:00.000Z',
  updated_at: '2025-09-05T10:00:00.000Z',
}

export const held = {
  checkout_id: order.order_id,
  order_id: order.order_id,
  payment_url: 'https://checkout.stripe.com/c/pay/cs_test_a1b2c3',
  hold_until: '2025-09-05T10:31:00.000Z',
}

const checkout = {
  checkout_id: order.order_id,
  order_id: order.order_id,
  order_number: order.order_number,
  state: 'held',
  method: 'stripe',
  payment_url: held.payment_url,
  hold_until: held.hold_until,
  total: order.total,
  currency: 'USD',
  items: [{ book_id: 'tech-001', title: 'Clean Code', quantity: 1 }],
}

const payment = {
  order_id: order.order_id,
  order_number: order.order_number,
  has_order: true,
  method: 'stripe',
  status: 'partly_refunded',
  currency: 'USD',
  amount: 52.42,
  paid: 52.42,
  refunded: 46.43,
  pending_refunds: 0,
  refundable: 5.99,
  outstanding: 0,
  disputed: 0,
  in_dispute: false,
  created_at: '2025-09-05T10:00:00.000Z',
  updated_at: '2025-09-08T09:30:00.000Z',
}

const copies = [{ book_id: 'tech-001', quantity: 1 }]
const at = '2025-09-08T09:30:00.000Z'

const payments = {
  payment,
  lines: [{ book_id: 'tech-001', title: 'Clean Code', price: 42.99, quantity: 1, refunded: 1, restocked: 1 }],
  shipping_left: 5.99,
  refunds: [
    {
      refund_id: 'refund-6f1d3c0a9b8e7f6d5c4b3a2918070605',
      state: 'succeeded',
      amount: 46.43,
      tax: 3.44,
      lines: copies,
      restock: copies,
      reason: 'Returned',
      actor: 'user-12345',
      created_at: at,
      updated_at: at,
    },
  ],
  disputes: [],
  entries: [
    { kind: 'captured', amount: 52.42, by: 'stripe', actor: 'system', at: '2025-09-05T10:00:00.000Z' },
    { kind: 'refunded', amount: -46.43, by: 'stripe', actor: 'user-12345', at },
  ],
}

const recorded = {
  ...payments,
  payment: { ...payment, method: 'transfer', status: 'paid', refunded: 0, refundable: 52.42 },
  lines: payments.lines.map(line => ({ ...line, refunded: 0, restocked: 0 })),
  refunds: [],
  entries: [
    {
      kind: 'captured',
      amount: 52.42,
      by: 'transfer',
      reference: order.order_number,
      actor: 'user-12345',
      at,
    },
  ],
}

const invoices = {
  items: [
    { number: '2025-000123', kind: 'invoice', issued_on: '2025-09-06', total: 52.42, currency: 'USD' },
    { number: 'CN-2025-000045', kind: 'credit_note', issued_on: '2025-09-20', total: 46.43, currency: 'USD' },
  ],
}

export const PAYMENT_EXAMPLES = {
  getCheckoutOptions: {
    reply: {
      deliveries: [
        {
          id: 'ship',
          label: 'Ship to an address',
          description: 'Delivery time: 3 to 7 business days.',
          ...amounts,
          methods: [
            {
              id: 'invoice',
              label: 'Invoice',
              description: 'The invoice comes by email. You have 14 days to pay it.',
              is_hosted: false,
            },
          ],
        },
      ],
      currency: 'USD',
      live_checkout: null,
    },
  },
  getCheckout: { reply: checkout },
  cancelCheckout: { reply: { ...checkout, state: 'released' } },
  listPayments: { reply: { items: [payment], next_cursor: null } },
  getOrderPayments: { reply: payments },
  recordPayment: {
    request: { amount: 52.42, method: 'transfer', reference: order.order_number },
    reply: recorded,
  },
  previewRefund: {
    request: { lines: copies, shipping: true },
    reply: { amount: 52.42, tax: 3.44, shipping: 5.99, currency: 'USD' },
  },
  refundOrder: { request: { lines: copies, restock: copies, reason: 'Returned' }, reply: payments },
  resolveReview: { request: { action: 'done' }, reply: payments },
  listInvoices: { reply: invoices },
  listInvoicesByLink: { request: { token }, reply: invoices },
  getInvoiceByLink: { request: { token } },
  setInvoicePermission: { request: { allowed: true }, reply: { user_id: 'user-12345', allowed: true } },
}
