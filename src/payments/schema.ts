/** Schemas of payments: rows of the control table. Amounts are minor units of the row's currency, which is an ISO 4217 code. */
import * as z from 'zod'
import type { MinorUnits } from '../core/money.ts'
import { PaymentMethod } from '../orders/payment.ts'
import { Delivery } from '../orders/schema.ts'

const Minor = z.int().transform(amount => amount as MinorUnits)

/**
 * `opening`: copies are held, the payment page is not known yet. `held`: the shopper can pay. `processing`: a debit is on its way.
 * `confirmed`: it is an order. `released`: nothing was paid, the copies are back. `review`: money came that may not become an order.
 */
export const CheckoutState = z.enum(['opening', 'held', 'processing', 'confirmed', 'released', 'review'])
export type CheckoutState = z.infer<typeof CheckoutState>

const HeldAmount = z.object({ row: z.string(), id: z.string(), amount: z.number(), per: z.string() })

/** A checkout with a payment page. Its id is that of the order that it may become. */
export const StoredCheckout = z.object({
  order_id: z.string(),
  user_id: z.string(),
  method: PaymentMethod,
  state: CheckoutState,
  version: z.int(),
  attempt: z.int(),
  amount: Minor,
  currency: z.string(),
  /** The order as it would be stored. Without address and email once the checkout has ended. */
  snapshot: z.record(z.string(), z.unknown()),
  cart_id: z.string(),
  cart_version: z.string().optional(),
  idempotency_key: z.string(),
  held: z.array(HeldAmount),
  delivery: Delivery,
  /** When the sweeper is to look at it next (ISO 8601); undefined once nothing can change any more. */
  due_at: z.string().optional(),
  ref: z.string().optional(),
  url: z.string().optional(),
  /** When the payment page closes (ISO 8601). */
  closes_at: z.string().optional(),
  reason: z.string().optional(),
  created_at: z.string(),
  ended_at: z.string().optional(),
  expires_at: z.int().optional(),
})
export type Checkout = z.infer<typeof StoredCheckout>

/** The payment of an order. What can still be refunded is `captured - refunded - reserved - disputed`. */
export const StoredPayment = z.object({
  order_id: z.string(),
  user_id: z.string(),
  method: PaymentMethod,
  delivery: Delivery,
  /** The payment page at the provider, of a hosted method. */
  ref: z.string().optional(),
  currency: z.string(),
  amount: Minor,
  captured: Minor,
  refunded: Minor,
  /** Refunds that have begun and are not known to have succeeded. */
  reserved: Minor,
  /** Disputes that are open or lost. */
  disputed: Minor,
  /** Whether a dispute waits for an answer or a decision. */
  in_dispute: z.boolean().optional(),
  /** The day (shop's time zone) by which it is to be paid. */
  due_on: z.string().optional(),
  /** Why staff must look at it. */
  review: z.string().optional(),
  /** Whether the order was canceled: nothing is due any more. */
  voided: z.boolean().optional(),
  /** When the sweeper is to act on a transfer that has not arrived (ISO 8601). */
  act_at: z.string().optional(),
  /** Whether the reminder of a transfer was sent, or there is no time for one. */
  reminded: z.boolean().optional(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type Payment = z.infer<typeof StoredPayment>

/** Copies of a book. */
export const Copies = z.object({ book_id: z.string(), quantity: z.int().positive() })
export type Copies = z.infer<typeof Copies>

/** Copies whose price is refunded, and the tax on them. */
const RefundedLine = Copies.extend({ tax: Minor })
export type RefundedLine = z.infer<typeof RefundedLine>

export const StoredRefund = z.object({
  order_id: z.string(),
  refund_id: z.string(),
  amount: Minor,
  state: z.enum(['pending', 'succeeded', 'failed', 'cancelled']),
  /** Id at the provider. */
  ref: z.string().optional(),
  lines: z.array(RefundedLine).optional(),
  /** Copies that are in stock again: they are, whatever becomes of the money. */
  restock: z.array(Copies).optional(),
  /** The part of `amount` that is tax, and the part that is shipping. */
  tax: Minor.optional(),
  shipping: Minor.optional(),
  /** Hash of the request that asked for it. */
  request_hash: z.string().optional(),
  /** How often the provider has not answered. */
  tries: z.int().optional(),
  reason: z.string().optional(),
  actor: z.string(),
  /** When the provider is to be asked again (ISO 8601); undefined once the refund is final. */
  due_at: z.string().optional(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type Refund = z.infer<typeof StoredRefund>

export const StoredDispute = z.object({
  order_id: z.string(),
  dispute_id: z.string(),
  amount: Minor,
  state: z.enum(['needs_response', 'under_review', 'won', 'lost']),
  created_at: z.string(),
  updated_at: z.string(),
})
export type Dispute = z.infer<typeof StoredDispute>

/**
 * A journal entry: only ever added. The sum of `captured` entries is the payment's `captured`, that of `refunded` entries minus its
 * `refunded`: an amount is above zero where money came, below where it went.
 */
export const StoredEntry = z.object({
  order_id: z.string(),
  entry_id: z.string(),
  kind: z.enum(['captured', 'refunded']),
  amount: Minor,
  /** How it was paid: a method, or `cash`, `terminal`, `transfer` where staff recorded it. */
  by: z.string(),
  reference: z.string().optional(),
  actor: z.string(),
  at: z.string(),
})
export type Entry = z.infer<typeof StoredEntry>

export type PaymentRecords = {
  readonly payment: Payment
  readonly refunds: readonly Refund[]
  readonly disputes: readonly Dispute[]
  readonly entries: readonly Entry[]
}
