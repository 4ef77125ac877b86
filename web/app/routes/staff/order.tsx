/** Staff page of an order, with its allowed transitions. */
import { Form, useLocation } from 'react-router'
import { readableEmail } from '#src/accounts/email.ts'
import { endViewLinks, getOrder, setOrderStatus } from '#src/orders/api.ts'
import { allowedTransitions, type OrderStatus } from '#src/orders/status.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { OrderDetails } from '../../components/order-details.tsx'
import { OrderProgress } from '../../components/order-status.tsx'
import { PrintButton } from '../../components/print-button.tsx'
import { QuietNotice } from '../../components/quiet-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { toOrderPage } from '../../loading/order-page.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { revalidateAfterAction } from '../../loading/revalidate.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { staff } from '../../texts/staff.ts'
import type { Route } from './+types/order'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { isQuiet } = await requireStaff(ctx, url)
  const order = await ctx.readPrivate(getOrder, { params: { order_id: params.orderId } })
  const steps = allowedTransitions(order.status)
  const asked = steps.find(step => step === url.searchParams.get('confirm'))
  return {
    isQuiet,
    ...toOrderPage(order),
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

export const action = ({ context, params, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call, text }) => {
    const intent = text('intent')
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

export default function StaffOrder({
  loaderData: { isQuiet, order, addressLines, steps, confirm },
  actionData,
}: Route.ComponentProps) {
  return (
    <div className="max-w-4xl py-8">
      <p className="text-sm print:hidden">
        <a
          href={`/staff?${new URLSearchParams({ date: order.order_date.slice(0, 10) })}`}
          className="link inline-flex min-h-6 items-center"
        >
          {staff.backToDashboard}
        </a>
      </p>
      <h1 className="page-title mt-2">{staff.orderNumber(order.order_number)}</h1>
      <QuietNotice isQuiet={isQuiet} />
      <p className="break-all text-soft text-sm">
        {staff.orderId}: {order.order_id}
      </p>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={actionData?.error} />
      <OrderProgress order={order} />
      <OrderDetails order={order} addressLines={addressLines} />
      {confirm ? <ConfirmStep step={confirm} email={order.email} /> : <Steps steps={steps} />}
      {order.email !== undefined && (
        <Form method="post" className="mt-6 flex flex-wrap items-center gap-4 print:hidden">
          <SubmitButton text={staff.endLinks} intent={END_LINKS} className="button-quiet" />
          <p className="text-soft text-sm">{staff.endLinksHint}</p>
        </Form>
      )}
    </div>
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

const ConfirmStep = ({ step, email }: { readonly step: FinalStep; readonly email: string | undefined }) => {
  const { title, text, mail } = staff.confirm[step]
  const { pathname } = useLocation()
  return (
    <section aria-labelledby="confirm" className="panel mt-10 print:hidden">
      <h2 id="confirm" className="section-title">
        {title}
      </h2>
      <p>
        {text} {email === undefined ? staff.noMail : mail(email)}
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
