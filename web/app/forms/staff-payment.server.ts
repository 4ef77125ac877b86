/** What staff do about the payment of an order: record money, refund it, end its review. */
import type * as z from 'zod'
import { ShopError } from '#src/core/errors.ts'
import { previewRefund, recordPayment, refundOrder, resolveReview } from '#src/payments/staff-api.ts'
import { type MakeRefund, RecordPayment, type RefundPreview } from '#src/payments/staff-schema.ts'
import {
  PREVIEW_REFUND,
  QUANTITY,
  RECORD,
  REFUND,
  REFUND_FIELDS,
  RESTOCK,
  REVIEW_DONE,
  REVIEW_REFUND,
} from '../components/payment-fields.ts'
import { payments as texts } from '../texts/staff-payments.ts'
import type { Submission } from './form-action.server.ts'

/** A refund that is asked about: its amounts, and the fields that make it when they are sent again. */
export type RefundQuestion = z.infer<typeof RefundPreview> & {
  readonly restocked: number
  readonly fields: readonly (readonly [name: string, value: string])[]
}

export type PaymentResult = { readonly done: string } | { readonly question: RefundQuestion }

const invalid = (where: string): ShopError =>
  new ShopError('invalid_request', 'The form must be valid.', {
    errors: [{ where, message: 'must be valid' }],
  })

const readAmount = (text: string, field: string): number => {
  const amount = Number(text.replace(',', '.'))
  if (text === '' || !(amount > 0)) throw invalid(field)
  return amount
}

/** The names of the fields of a refund in a submitted form. */
export const refundFields = (form: FormData): string[] =>
  [...form.keys()].filter(
    name => name.startsWith(QUANTITY) || name.startsWith(RESTOCK) || REFUND_FIELDS.includes(name),
  )

const readRefund = ({ form, text }: Submission): MakeRefund => {
  const lines = refundFields(form)
    .filter(name => name.startsWith(QUANTITY))
    .map(name => ({ book_id: name.slice(QUANTITY.length), quantity: Number(text(name)) }))
    .filter(({ quantity }) => quantity !== 0)
  if (lines.some(({ quantity }) => !Number.isInteger(quantity) || quantity < 0))
    throw invalid('refund_amount')
  const restock = lines.filter(({ book_id }) => form.has(`${RESTOCK}${book_id}`))
  const shipping = form.has('shipping')
  const asked = text('refund_amount')
  const hasParts = lines.length > 0 || shipping
  if (hasParts === (asked !== '')) throw invalid('refund_amount')
  const reason = text('reason')
  return {
    ...(hasParts
      ? { ...(lines.length > 0 ? { lines } : {}), ...(shipping ? { shipping } : {}) }
      : { amount: readAmount(asked, 'refund_amount') }),
    ...(restock.length > 0 ? { restock } : {}),
    ...(reason === '' ? {} : { reason }),
  }
}

/** Carries out an intent that concerns the payment; undefined for any other. */
export const runPaymentIntent = async (
  intent: string,
  orderId: string,
  sent: Submission,
): Promise<PaymentResult | undefined> => {
  const { call, text, form } = sent
  const params = { order_id: orderId }
  const headers = { 'idempotency-key': text('key') }
  switch (intent) {
    case RECORD: {
      const method = RecordPayment.shape.method.parse(text('method'))
      const reference = text('reference')
      const body = { amount: readAmount(text('amount'), 'amount'), method }
      await call(recordPayment, {
        params,
        headers,
        body: { ...body, ...(reference === '' ? {} : { reference }) },
      })
      return { done: texts.recorded }
    }
    case PREVIEW_REFUND: {
      const body = readRefund(sent)
      const preview = await call(previewRefund, { params, body })
      const restocked = (body.restock ?? []).reduce((sum, { quantity }) => sum + quantity, 0)
      const fields = ['key', ...refundFields(form)].map(name => [name, text(name)] as const)
      return { question: { ...preview, restocked, fields } }
    }
    case REFUND: {
      await call(refundOrder, { params, headers, body: readRefund(sent) })
      return { done: texts.refundMade }
    }
    case REVIEW_REFUND:
    case REVIEW_DONE: {
      await call(resolveReview, { params, body: { action: intent === REVIEW_DONE ? 'done' : 'refund' } })
      return { done: texts.reviewEnded }
    }
    default:
      return undefined
  }
}
