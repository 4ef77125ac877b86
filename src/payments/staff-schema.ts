/** JSON of payments as staff see and change them. Amounts are decimals of the payment's currency. */
import * as z from 'zod'
import { Money } from '../cart/amount-fields.ts'
import { PaymentMethod, PaymentStatus } from '../orders/payment.ts'

/** How staff have taken money. */
export const RECORDED_METHODS = ['cash', 'terminal', 'transfer'] as const

/** Why staff must look at a payment. */
export const REVIEW_REASONS = {
  amount_differs: 'The provider took another amount or currency than was agreed: there is no order.',
  paid_after_release: 'Money came when the books were sold already: there is no order.',
  refund_failed: 'The provider has not made a refund: the customer has not got the money.',
  refund_due: 'A canceled order was paid: give the money back by hand.',
  paid_after_cancel: 'Money came for a canceled order.',
  partly_paid: 'A transfer has arrived in part only.',
  shipped_unpaid: 'The order was sent although its transfer has not arrived.',
  order_missing: 'The order of this payment does not exist.',
} as const
const reasonTexts = Object.entries(REVIEW_REASONS).map(([reason, text]) => `${reason}: ${text}`)

const Copies = z.object({ book_id: z.string().min(1).max(100), quantity: z.int().min(1).max(10_000) })
const BooksOnce = z
  .array(Copies)
  .min(1)
  .max(100)
  .refine(lines => new Set(lines.map(({ book_id }) => book_id)).size === lines.length, {
    error: 'must have each book once',
  })

export const PaymentSummary = z
  .object({
    order_id: z.string(),
    order_number: z.string(),
    has_order: z.boolean().describe('False for money that could not become an order.'),
    method: PaymentMethod,
    status: PaymentStatus,
    currency: z.string(),
    amount: Money.describe('What the order costs.'),
    paid: Money,
    refunded: Money,
    pending_refunds: Money.describe('Refunds that have begun.'),
    refundable: Money.describe('What can still be refunded.'),
    outstanding: Money.describe('What is still to be paid.'),
    disputed: Money.describe('Disputes that are open or lost.'),
    in_dispute: z.boolean().describe('Whether a dispute waits for an answer or a decision.'),
    due_on: z.string().optional(),
    review: z
      .string()
      .optional()
      .describe(`Why staff must look at it. ${reasonTexts.join(' ')}`),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'PaymentSummary' })
export type PaymentSummary = z.infer<typeof PaymentSummary>

export const PaymentPage = z
  .object({ items: z.array(PaymentSummary), next_cursor: z.string().nullable() })
  .meta({ id: 'PaymentPage' })

const RefundView = z.object({
  refund_id: z.string(),
  state: z.enum(['pending', 'succeeded', 'failed', 'cancelled']),
  amount: Money,
  tax: Money.optional().describe('The part of the amount that is tax.'),
  shipping: Money.optional().describe('The part of the amount that is shipping.'),
  lines: z.array(Copies).optional(),
  restock: z.array(Copies).optional().describe('Copies that were returned to stock.'),
  reason: z.string().optional(),
  actor: z.string().describe('Who made it; `provider`: it was made in the dashboard of the provider.'),
  created_at: z.string(),
  updated_at: z.string(),
})

const DisputeView = z.object({
  dispute_id: z.string(),
  state: z.enum(['needs_response', 'under_review', 'won', 'lost']),
  amount: Money,
  created_at: z.string(),
  updated_at: z.string(),
})

const EntryView = z.object({
  kind: z.enum(['captured', 'refunded']),
  amount: Money.describe('Above zero where money came, below where it went.'),
  by: z.string(),
  reference: z.string().optional(),
  actor: z.string(),
  at: z.string(),
})

const RefundableLine = z.object({
  book_id: z.string(),
  title: z.string(),
  price: Money,
  quantity: z.int().describe('Copies of the order.'),
  refunded: z.int().describe('Copies whose price was refunded.'),
  restocked: z.int().describe('Copies that are in stock again.'),
})

export const OrderPayments = z
  .object({
    payment: PaymentSummary.nullable().describe('Null: the order is from before payments were kept.'),
    lines: z.array(RefundableLine),
    shipping_left: Money.describe('What is left of the shipping charge to refund.'),
    refunds: z.array(RefundView),
    disputes: z.array(DisputeView),
    entries: z.array(EntryView),
  })
  .meta({ id: 'OrderPayments' })
export type OrderPayments = z.infer<typeof OrderPayments>

const Amount = z.number().gt(0).max(1e11)

export const RecordPayment = z
  .strictObject({
    amount: Amount,
    method: z.enum(RECORDED_METHODS),
    reference: z.string().trim().min(1).max(140).optional().describe('For example, of the bank statement.'),
  })
  .meta({ id: 'RecordPayment' })

export const MakeRefund = z
  .strictObject({
    amount: Amount.optional().describe('Instead of lines.'),
    lines: BooksOnce.optional().describe('Copies whose price is refunded, with the tax on it.'),
    shipping: z.boolean().optional().describe('Whether what is left of the shipping charge is refunded too.'),
    restock: BooksOnce.optional().describe('Copies that are returned to stock.'),
    reason: z.string().trim().min(1).max(200).optional(),
  })
  .refine(
    ({ amount, lines, shipping }) => (amount !== undefined) !== (lines !== undefined || shipping === true),
    {
      error: 'must have either an amount, or lines or shipping',
    },
  )
  .meta({ id: 'MakeRefund' })
export type MakeRefund = z.infer<typeof MakeRefund>

export const RefundPreview = z
  .object({
    amount: Money,
    tax: Money.describe('The part of the amount that is tax.'),
    shipping: Money.optional().describe('The part of the amount that is shipping.'),
    currency: z.string(),
  })
  .meta({ id: 'RefundPreview' })

export const ResolveReview = z
  .strictObject({
    action: z
      .enum(['refund', 'done'])
      .describe(
        'refund: give back what can be, or say that it was given back by hand; done: nothing is left to do.',
      ),
  })
  .meta({ id: 'ResolveReview' })

export const InvoicePermission = z
  .object({ user_id: z.string(), allowed: z.boolean() })
  .meta({ id: 'InvoicePermission' })
