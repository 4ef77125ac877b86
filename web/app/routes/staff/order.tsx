/** Staff page of an order, with its allowed transitions. */
import { Form, useLocation } from 'react-router'
import { readableEmail } from '#src/accounts/email.ts'
import { listInvoices } from '#src/invoices/api.ts'
import { endViewLinks, getOrder, setOrderStatus } from '#src/orders/api.ts'
import { isAgreed } from '#src/orders/payment.ts'
import type { OrderView } from '#src/orders/schema.ts'
import { allowedTransitions, type OrderStatus } from '#src/orders/status.ts'
import { getOrderPayments } from '#src/payments/staff-api.ts'
import type { OrderPayments } from '#src/payments/staff-schema.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { OrderDetails } from '../../components/order-details.tsx'
import { OrderProgress } from '../../components/order-status.tsx'
import { RECORD } from '../../components/payment-fields.ts'
import { PaymentForms } from '../../components/payment-forms.tsx'
import { PaymentPanel } from '../../components/payment-panel.tsx'
import { PrintButton } from '../../components/print-button.tsx'
import { QuietNotice } from '../../components/quiet-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { refundFields, runPaymentIntent } from '../../forms/staff-payment.server.ts'
import { invoicePath, toInvoiceLinks, toOrderPage } from '../../loading/order-page.server.ts'
import { type PageContext, pageContext, toShopError } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { revalidateAfterAction } from '../../loading/revalidate.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { money } from '../../texts/format.ts'
import { staff } from '../../texts/staff.ts'
import { payments as paymentTexts } from '../../texts/staff-payments.ts'
import type { Route } from './+types/order'

/** What of an order there is; a payment that could not become an order has none. */
const readOrder = async ({ call, readPrivate }: PageContext, orderId: string) => {
  const params = { order_id: orderId }
  const [order, payments] = await Promise.all([
    call(getOrder, { params }).catch((error: unknown) => toShopError(error)),
    readPrivate(getOrderPayments, { params }),
  ])
  if (!(order instanceof Error)) return { order, payments }
  if (order.code === 'order_not_found' && payments.payment) return { order: undefined, payments }
  return { order: await readPrivate(getOrder, { params }), payments }
}

const readInvoiceLinks = async ({ readPrivate }: PageContext, orderId: string) => {
  const { items } = await readPrivate(listInvoices, { params: { order_id: orderId } })
  return toInvoiceLinks(items, invoicePath(orderId))
}

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { isQuiet } = await requireStaff(ctx, url)
  const { order, payments } = await readOrder(ctx, params.orderId)
  const steps = order ? allowedTransitions(order.status) : []
  const asked = steps.find(step => step === url.searchParams.get('confirm'))
  const { payment } = payments
  return {
    isQuiet,
    page: order && toOrderPage(order, await readInvoiceLinks(ctx, order.order_id)),
    payments,
    isHosted: payment !== null && !isAgreed(payment.method),
    // The idempotency key of what is done about the payment: a repeated click does it once.
    formKey: crypto.randomUUID(),
    steps,
    confirm: asked !== undefined && needsConfirmation(asked) ? asked : undefined,
  }
}

/** Steps that cannot be taken back and are mailed: they are asked about first. */
type FinalStep = keyof typeof staff.confirm
const needsConfirmation = (step: OrderStatus): step is FinalStep => step in staff.confirm

const doneText = (to: OrderStatus, email: string | undefined): string => {
  if (!needsConfirmation(to)) return staff.orderUpdated
  return email === undefined
    ? staff.orderUpdatedWithoutMail
    : staff.orderUpdatedWithMail(readableEmail(email))
}

const END_LINKS = 'end-links'

const keptFields = (form: FormData): string[] =>
  form.get('intent') === RECORD ? ['amount', 'method', 'reference'] : refundFields(form)

export const action = ({ context, params, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: keptFields }, async sent => {
    const { call, text } = sent
    const intent = text('intent')
    const ofPayment = await runPaymentIntent(intent, params.orderId, sent)
    if (ofPayment) return ofPayment
    if (intent === END_LINKS) {
      const { ended } = await call(endViewLinks, { params: { order_id: params.orderId } })
      return { done: staff.linksEnded(ended) }
    }
    const to = intent as OrderStatus
    const { email } = await call(setOrderStatus, {
      params: { order_id: params.orderId },
      body: { status: to },
    })
    return { done: doneText(to, email) }
  })

export const shouldRevalidate = revalidateAfterAction

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: staff.order })

export default function StaffOrder({ loaderData, actionData }: Route.ComponentProps) {
  const { isQuiet, page, payments, isHosted, formKey, steps, confirm } = loaderData
  const order = page?.order
  const { payment } = payments
  const currency = order?.currency ?? payment?.currency ?? ''
  const open = payment?.outstanding ?? order?.total ?? 0
  return (
    <div className="max-w-4xl py-8">
      <BackLink order={order} />
      <h1 className="page-title mt-2">
        {order
          ? staff.orderNumber(order.order_number)
          : paymentTexts.noOrderTitle(payment?.order_number ?? '')}
      </h1>
      <QuietNotice isQuiet={isQuiet} />
      <p className="break-all text-soft text-sm">
        {staff.orderId}: {order?.order_id ?? payment?.order_id}
      </p>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={actionData?.error} />
      {page ? (
        <>
          <OrderProgress order={page.order} />
          <OrderDetails {...page} />
        </>
      ) : (
        <p className="mt-4">{paymentTexts.noOrder}</p>
      )}
      <PaymentPanel payments={payments} currency={currency} />
      <PaymentForms
        key={formKey}
        payments={payments}
        currency={currency}
        isHosted={isHosted}
        isCancelled={order?.status === 'cancelled'}
        open={order ? open : 0}
        formKey={formKey}
        error={actionData?.error}
        question={actionData && 'question' in actionData ? actionData.question : undefined}
      />
      {confirm ? (
        <ConfirmStep step={confirm} email={order?.email} payment={payment} isHosted={isHosted} />
      ) : (
        order && <Steps steps={steps} />
      )}
      {order?.email !== undefined && (
        <Form method="post" className="mt-6 flex flex-wrap items-center gap-4 print:hidden">
          <SubmitButton text={staff.endLinks} intent={END_LINKS} className="button-quiet" />
          <p className="text-soft text-sm">{staff.endLinksHint}</p>
        </Form>
      )}
    </div>
  )
}

const BackLink = ({ order }: { readonly order: OrderView | undefined }) => {
  const [path, text] = order
    ? [`/staff?${new URLSearchParams({ date: order.order_date.slice(0, 10) })}`, staff.backToDashboard]
    : ['/staff/payments', paymentTexts.title]
  return (
    <p className="text-sm print:hidden">
      <a href={path} className="link inline-flex min-h-6 items-center">
        {text}
      </a>
    </p>
  )
}

const Steps = ({ steps }: { readonly steps: readonly OrderStatus[] }) => (
  <div className="mt-10 flex flex-wrap items-center gap-4 print:hidden">
    {steps.length === 0 && <p>{staff.orderClosed}</p>}
    {steps.map(step =>
      needsConfirmation(step) ? (
        <Form key={step} method="get" preventScrollReset>
          <button
            type="submit"
            name="confirm"
            value={step}
            className={step === 'cancelled' ? 'button-danger' : 'button'}
          >
            {staff.markAs[step]}
          </button>
        </Form>
      ) : (
        <Form key={step} method="post">
          <SubmitButton
            text={staff.markAs[step as keyof typeof staff.markAs]}
            intent={step}
            className="button"
          />
        </Form>
      ),
    )}
    <PrintButton />
  </div>
)

type ConfirmProps = {
  readonly step: FinalStep
  readonly email: string | undefined
  readonly payment: OrderPayments['payment']
  readonly isHosted: boolean
}

/** What a cancellation gives back. */
const refundNote = ({ step, payment, isHosted }: ConfirmProps): string => {
  if (step !== 'cancelled' || !payment || payment.refundable === 0) return ''
  const amount = money(payment.refundable, payment.currency)
  return isHosted ? paymentTexts.cancelHosted(amount) : paymentTexts.cancelByHand(amount)
}

const ConfirmStep = (props: ConfirmProps) => {
  const { step, email } = props
  const { title, text, mail } = staff.confirm[step]
  const { pathname } = useLocation()
  return (
    <section aria-labelledby="confirm" className="panel mt-10 print:hidden">
      <h2 id="confirm" className="section-title">
        {title}
      </h2>
      <p>
        {text} {refundNote(props)} {email === undefined ? staff.noMail : mail(email)}
      </p>
      {/* Submits to the address without the question, so that it is not asked again. */}
      <Form method="post" action={pathname} className="mt-4 flex flex-wrap items-center gap-4">
        <SubmitButton
          text={staff.markAs[step]}
          intent={step}
          className={step === 'cancelled' ? 'button-danger' : 'button'}
        />
        <a href={pathname} className="button-quiet">
          {staff.keepOrder}
        </a>
      </Form>
    </section>
  )
}
