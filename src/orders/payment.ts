/**
 * What orders know of their payment: the method, and the state that follows from amounts. The folder `payments/` keeps both and
 * implements `OrderPayments`.
 */
import * as z from 'zod'
import { Money } from '../cart/amount-fields.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { CheckoutPlan } from './checkout.ts'
import type { NewOrder, ReplacedHold } from './checkout-writes.ts'
import type { Delivery, Order } from './schema.ts'

/** Methods that are agreed at checkout and paid later; the others take the money before there is an order. */
export const AGREED_METHODS = ['invoice', 'collection', 'transfer'] as const
export type AgreedMethod = (typeof AGREED_METHODS)[number]
export const PAYMENT_METHODS = [...AGREED_METHODS, 'stripe'] as const
export const PaymentMethod = z.enum(PAYMENT_METHODS)
export type PaymentMethod = z.infer<typeof PaymentMethod>

export const isAgreed = (method: PaymentMethod): method is AgreedMethod =>
  (AGREED_METHODS as readonly string[]).includes(method)

/** `not_recorded`: the order is from before payments were kept. */
export const PaymentStatus = z.enum([
  'not_recorded',
  'due',
  'partly_paid',
  'paid',
  'partly_refunded',
  'refunded',
  'voided',
])
export type PaymentStatus = z.infer<typeof PaymentStatus>

/** The payment in the JSON of an order; amounts are decimals in its currency. */
export const PaymentView = z
  .object({
    method: PaymentMethod,
    status: PaymentStatus.describe(
      'due: nothing paid yet; voided: canceled before anything was paid; not_recorded: from before payments were kept.',
    ),
    amount: Money.describe('What the order costs.'),
    paid: Money.describe('What has been paid, refunds not subtracted.'),
    refunded: Money.describe('What has been paid back.'),
    due_on: z.string().optional().describe('The day by which it is to be paid, in the shop’s time zone.'),
    bank_details: z
      .array(z.string())
      .optional()
      .describe('Of a transfer that is due: where to, line by line. Its reference is the order number.'),
    disputed: z.boolean().describe('Whether the payer disputes the payment with their bank.'),
  })
  .meta({ id: 'OrderPayment' })
export type PaymentView = z.infer<typeof PaymentView>

/** A checkout whose copies are held while it is paid on a page of the provider. */
export const HeldCheckout = z
  .object({
    checkout_id: z.string(),
    order_id: z.string().describe('The id of the order that it becomes once it is paid.'),
    payment_url: z.string().describe('Where to pay: send the shopper there.'),
    hold_until: z.string().describe('Until when the copies are held for sure.'),
  })
  .meta({ id: 'HeldCheckout' })
export type HeldCheckout = z.infer<typeof HeldCheckout>

/** Checkouts with a method that takes the money first. */
export interface HostedCheckouts {
  /** What such a method makes of the checkout of a shopper under this idempotency key. */
  plan(method: PaymentMethod, userId: string, key: string): CheckoutPlan
  /** The live hold of a shopper, for a checkout under another idempotency key that takes its place. Throws checkout_paid and payment_unavailable. */
  replaceableHold(userId: string, key: string): Promise<ReplacedHold | undefined>
  /** To be called after a checkout of the shopper was refused: a hold whose page was closed for it is released. Never throws. */
  settleHold(userId: string): Promise<void>
  /** Opens the payment page; undefined where the checkout is an order by now. Throws payment_unavailable and checkout_over. */
  open(orderId: string): Promise<HeldCheckout | undefined>
}

/** A cancellation as payments take part in it. */
export type Unpaying = {
  /** Writes of the transaction that cancels the order: what was paid is to be refunded, what is due is not due any more. */
  readonly writes: readonly Write[]
  /** Copies that refunds have returned to stock before. */
  readonly restocked: readonly { readonly book_id: string; readonly quantity: number }[]
  /** To be called once they are written: asks the provider for the refund. Never throws: what fails is tried again by the sweeper. */
  readonly finish: () => Promise<void>
}

/** What was agreed at checkout, and what has been paid since. */
export type TermsView = { readonly payment: PaymentView; readonly delivery: Delivery }

export interface OrderPayments {
  /** The terms of these orders, in one call: a function that gives those of each. */
  termsOf(orders: readonly Order[]): Promise<(order: Order) => TermsView>
  /** Writes of a checkout with an agreed method. */
  agree(order: NewOrder, method: AgreedMethod, delivery: Delivery): Write[]
  /** The terms of an order that was just placed with such a method. */
  agreedTerms(order: NewOrder, method: AgreedMethod, delivery: Delivery): TermsView
  /** What a cancellation by `actor` changes about the payment as it is now. */
  unpay(order: Order, actor: string): Promise<Unpaying>
  /** Throws payment_conflict where the order must not be worked on before its money has come. */
  assertMayProcess(order: Order): Promise<void>
}
