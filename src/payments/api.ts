/** Endpoints of payments, as data. */
import * as z from 'zod'
import { Money, orderAmountFields } from '../cart/amount-fields.ts'
import { endpoint } from '../http/endpoint.ts'
import { MINUTE } from '../http/rate-limits.ts'
import { PaymentMethod } from '../orders/payment.ts'
import { Delivery } from '../orders/schema.ts'
import { CheckoutState } from './schema.ts'

const CheckoutPath = z.object({ checkout_id: z.string().min(1).max(100) })

const MethodOption = z.object({
  id: PaymentMethod,
  label: z.string(),
  description: z.string().describe('What happens after the order is placed.'),
  is_hosted: z.boolean().describe('Whether it is paid on a page of the provider before there is an order.'),
  unavailable: z.string().optional().describe('Why it cannot be chosen for this order.'),
})

export const CheckoutOptions = z
  .object({
    deliveries: z.array(
      z.object({
        id: Delivery,
        label: z.string(),
        description: z.string(),
        ...orderAmountFields,
        methods: z.array(MethodOption),
      }),
    ),
    currency: z.string(),
    live_checkout: z.string().nullable().describe('Id of the caller’s checkout that waits for its payment.'),
  })
  .meta({ id: 'CheckoutOptions' })
export type CheckoutOptions = z.infer<typeof CheckoutOptions>

export const CheckoutView = z
  .object({
    checkout_id: z.string(),
    order_id: z.string().describe('The id of the order that it becomes once it is paid.'),
    order_number: z.string(),
    state: CheckoutState.describe(
      'opening, held: to be paid; processing: a debit is on its way; confirmed: it is an order; released: nothing was paid; review: the money cannot become an order, the shop gives it back.',
    ),
    method: PaymentMethod,
    payment_url: z.string().optional().describe('The payment page, while it can be paid.'),
    hold_until: z.string().optional().describe('Until when the copies are held for sure.'),
    total: Money,
    currency: z.string(),
    items: z.array(z.object({ book_id: z.string(), title: z.string(), quantity: z.int() })),
  })
  .meta({ id: 'Checkout' })
export type CheckoutView = z.infer<typeof CheckoutView>

export const getCheckoutOptions = endpoint({
  id: 'getCheckoutOptions',
  method: 'GET',
  path: '/api/checkout-options',
  summary: 'How the caller’s cart can be delivered and paid, with the amounts of each delivery',
  access: 'shopper',
  cache: 'private',
  status: 200,
  reply: CheckoutOptions,
  errors: [],
})

export const getCheckout = endpoint({
  id: 'getCheckout',
  method: 'GET',
  path: '/api/checkouts/{checkout_id}',
  summary: 'A checkout of the caller that is paid on a payment page. Asks the provider for its present state',
  access: 'shopper',
  limits: [{ per: 'ip', max: 120, seconds: MINUTE, batch: 10 }],
  cache: 'private',
  params: CheckoutPath,
  status: 200,
  reply: CheckoutView,
  errors: ['checkout_not_found', 'payment_unavailable'],
})

export const cancelCheckout = endpoint({
  id: 'cancelCheckout',
  method: 'POST',
  path: '/api/checkouts/{checkout_id}/cancel',
  summary: 'End a checkout of the caller that is not paid yet. Its copies are for sale again; the cart stays',
  access: 'shopper',
  limits: [{ per: 'ip', max: 60, seconds: MINUTE }],
  cache: 'private',
  params: CheckoutPath,
  status: 200,
  reply: CheckoutView,
  errors: ['checkout_not_found', 'payment_unavailable'],
})

export const paymentEvent = endpoint({
  id: 'paymentEvent',
  method: 'POST',
  path: '/api/payments/events/{provider}',
  summary: 'For payment providers: an event, which the shop takes as a hint to ask for the present state',
  access: 'signed',
  limits: [{ per: 'ip', max: 600, seconds: MINUTE, batch: 20 }],
  cache: 'private',
  params: z.object({ provider: z.string().min(1).max(40) }),
  headers: z.object({ 'stripe-signature': z.string().max(2_000).optional() }),
  body: 'bytes',
  maxBytes: 256 * 1024,
  mediaTypes: ['application/json'],
  status: 204,
  errors: ['event_refused', 'payment_unavailable'],
})
