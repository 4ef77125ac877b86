/** What staff can do about the payment of an order: end its review, record money, refund. */
import { Form } from 'react-router'
import type { OrderPayments } from '#src/payments/staff-schema.ts'
import type { FormError } from '../forms/form-action.server.ts'
import type { RefundQuestion } from '../forms/staff-payment.server.ts'
import { money } from '../texts/format.ts'
import { payments as texts } from '../texts/staff-payments.ts'
import { SelectField, TextField } from './fields.tsx'
import { fieldProps } from './form-notices.tsx'
import { RECORD, REVIEW_DONE, REVIEW_REFUND } from './payment-fields.ts'
import { ConfirmRefund, RefundForm } from './refund-form.tsx'
import { SubmitButton } from './submit-button.tsx'

export type PaymentFormsProps = {
  readonly payments: OrderPayments
  readonly currency: string
  /** Whether a provider took the money, and gives it back. */
  readonly isHosted: boolean
  readonly isCancelled: boolean
  /** Idempotency key of what is done on this page. */
  readonly formKey: string
  readonly error: FormError | undefined
  readonly question: RefundQuestion | undefined
}

/** What is to be paid of an order at most: of one without a payment, all of it. */
type RecordProps = Pick<PaymentFormsProps, 'currency' | 'formKey' | 'error'> & { readonly open: number }

export const PaymentForms = ({ open, ...props }: PaymentFormsProps & { readonly open: number }) => {
  const { payments, question } = props
  const { payment } = payments
  if (question) return <ConfirmRefund {...props} question={question} />
  return (
    <div className="mt-6 space-y-4 print:hidden">
      {payment?.review !== undefined && <Review {...props} reason={payment.review} />}
      {open > 0 && <RecordForm {...props} open={open} />}
      {payment && payment.refundable > 0 && <RefundForm {...props} payment={payment} />}
    </div>
  )
}

const Review = ({
  payments,
  currency,
  isHosted,
  reason,
}: PaymentFormsProps & { readonly reason: string }) => {
  const { refundable = 0, pending_refunds = 0, has_order = true } = payments.payment ?? {}
  const byHand = isHosted ? 0 : pending_refunds
  const amount = byHand > 0 ? byHand : refundable
  // A payment with an order is refunded by its lines, or by an amount, below.
  const canRefund =
    byHand > 0 ||
    (refundable > 0 && (!has_order || reason === 'refund_failed' || reason === 'paid_after_cancel'))
  return (
    <section aria-labelledby="review" className="notice-bad">
      <h3 id="review" className="font-semibold">
        {texts.reviewTitle}
      </h3>
      <p className="mt-1">{texts.reasons[reason] ?? reason}</p>
      <Form method="post" className="mt-3 flex flex-wrap gap-4">
        {canRefund && (
          <SubmitButton
            text={(byHand > 0 ? texts.reviewByHand : texts.reviewRefund)(money(amount, currency))}
            intent={REVIEW_REFUND}
            className="button"
          />
        )}
        {byHand === 0 && (
          <SubmitButton text={texts.reviewDone} intent={REVIEW_DONE} className="button-quiet" />
        )}
      </Form>
    </section>
  )
}

const METHODS = ['cash', 'terminal', 'transfer'] as const

const RecordForm = ({ currency, formKey, error, open }: RecordProps) => {
  const field = fieldProps(error, { amount: String(open), method: 'transfer' })
  return (
    <details className="fold" open={error?.values.amount !== undefined}>
      <summary className="button-quiet">{texts.record}</summary>
      <Form method="post" noValidate className="mt-4 max-w-sm">
        <input type="hidden" name="key" value={formKey} />
        <TextField
          {...field('amount')}
          label={texts.amount}
          hint={`${texts.outstanding}: ${money(open, currency)}`}
          autoComplete="off"
          inputMode="decimal"
        />
        <SelectField
          {...field('method')}
          label={texts.recordMethod}
          placeholder={texts.recordMethod}
          autoComplete="off"
          options={METHODS.map(value => ({ value, name: texts.methods[value] ?? value }))}
        />
        <TextField
          {...field('reference')}
          label={texts.recordReference}
          hint={texts.recordReferenceHint}
          autoComplete="off"
          isOptional
        />
        <SubmitButton text={texts.record} intent={RECORD} />
      </Form>
    </details>
  )
}
