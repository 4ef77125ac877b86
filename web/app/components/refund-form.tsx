/** Refund form of staff: copies, shipping or an amount; asked about with the amount before it is made. */
import { Form, useLocation } from 'react-router'
import type { OrderPayments, PaymentSummary } from '#src/payments/staff-schema.ts'
import type { RefundQuestion } from '../forms/staff-payment.server.ts'
import { money } from '../texts/format.ts'
import { payments as texts } from '../texts/staff-payments.ts'
import { CheckField } from './check-field.tsx'
import { TextField } from './fields.tsx'
import { fieldProps } from './form-notices.tsx'
import { PREVIEW_REFUND, QUANTITY, REFUND, RESTOCK } from './payment-fields.ts'
import type { PaymentFormsProps } from './payment-forms.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = PaymentFormsProps & { readonly payment: PaymentSummary }

export const RefundForm = ({ payments, payment, currency, isCancelled, formKey, error }: Props) => {
  const field = fieldProps(error)
  const lines = payments.lines.filter(({ quantity, refunded }) => refunded < quantity)
  return (
    <details className="fold" open={error?.values.refund_amount !== undefined}>
      <summary className="button-quiet">{texts.refund}</summary>
      <Form method="post" noValidate className="mt-4 max-w-xl">
        <input type="hidden" name="key" value={formKey} />
        {lines.length > 0 && (
          <fieldset className="mb-6">
            <legend className="label">{texts.refundCopies}</legend>
            {lines.map(line => (
              <RefundLine
                key={line.book_id}
                line={line}
                currency={currency}
                values={error?.values ?? {}}
                canRestock={!isCancelled}
              />
            ))}
          </fieldset>
        )}
        {payments.shipping_left > 0 && (
          <CheckField
            name="shipping"
            label={texts.shipping(money(payments.shipping_left, currency))}
            isChecked={error?.values.shipping === 'yes'}
          />
        )}
        <TextField
          {...field('refund_amount')}
          label={texts.refundAmount}
          hint={texts.refundAmountHint(money(payment.refundable, currency))}
          autoComplete="off"
          inputMode="decimal"
          isOptional
        />
        <TextField {...field('reason')} label={texts.refundReason} autoComplete="off" isOptional />
        <SubmitButton text={texts.refundReview} intent={PREVIEW_REFUND} />
      </Form>
    </details>
  )
}

type LineProps = {
  readonly line: OrderPayments['lines'][number]
  readonly currency: string
  readonly values: Readonly<Record<string, string>>
  readonly canRestock: boolean
}

const RefundLine = ({ line, currency, values, canRestock }: LineProps) => {
  const { book_id, title, price, quantity, refunded, restocked } = line
  const [quantityName, restockName] = [`${QUANTITY}${book_id}`, `${RESTOCK}${book_id}`]
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b py-3">
      <span className="min-w-40 flex-1">
        <span dir="auto" className="block font-serif text-lg leading-tight">
          {title}
        </span>
        <span className="block text-soft text-sm">
          {texts.copiesLeft(quantity - refunded, money(price, currency))}
        </span>
      </span>
      <input
        type="number"
        name={quantityName}
        defaultValue={values[quantityName] ?? '0'}
        min={0}
        max={quantity - refunded}
        aria-label={texts.copiesOf(title)}
        className="field h-11 w-20 tabular-nums"
      />
      {canRestock && restocked < quantity && (
        <label className="inline-flex min-h-11 items-center gap-2">
          <input
            type="checkbox"
            name={restockName}
            value="yes"
            defaultChecked={values[restockName] === 'yes'}
            aria-label={texts.restockOf(title)}
            className="size-5 accent-accent"
          />
          {texts.restock}
        </label>
      )}
    </div>
  )
}

export const ConfirmRefund = ({
  question,
  isHosted,
}: PaymentFormsProps & { readonly question: RefundQuestion }) => {
  const { pathname } = useLocation()
  const { amount, tax, shipping = 0, currency, restocked, fields } = question
  const shown = money(amount, currency)
  return (
    <section aria-labelledby="confirm-refund" className="panel mt-6 print:hidden">
      <h3 id="confirm-refund" className="section-title">
        {texts.confirmTitle(shown)}
      </h3>
      <p>
        {isHosted ? texts.confirmHosted : texts.confirmByHand}
        {tax > 0 && ` ${texts.confirmParts(money(tax, currency))}`}
        {shipping > 0 && ` ${texts.confirmShipping(money(shipping, currency))}`}
        {restocked > 0 && ` ${texts.confirmRestock(restocked)}`}
      </p>
      <Form method="post" className="mt-4 flex flex-wrap items-center gap-4">
        {fields.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <SubmitButton text={texts.confirmButton(shown)} intent={REFUND} className="button-danger" />
        <a href={pathname} rel="external" className="button-quiet">
          {texts.back}
        </a>
      </Form>
    </section>
  )
}
