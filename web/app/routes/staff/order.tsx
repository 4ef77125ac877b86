/** Staff page of an order, with its allowed transitions. */
import { Form } from 'react-router'
import { getOrder, setOrderStatus } from '#src/orders/api.ts'
import { allowedTransitions, type OrderStatus } from '#src/orders/status.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { OrderDetails } from '../../components/order-details.tsx'
import { OrderProgress } from '../../components/order-status.tsx'
import { PrintButton } from '../../components/print-button.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { revalidateAfterAction } from '../../loading/revalidate.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { staff } from '../../texts/staff.ts'
import type { Route } from './+types/order'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  await requireStaff(ctx, url)
  const order = await ctx.readPrivate(getOrder, { params: { order_id: params.orderId } })
  return { order, steps: allowedTransitions(order.status) }
}

export const action = ({ context, params, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call, text }) => {
    await call(setOrderStatus, {
      params: { order_id: params.orderId },
      body: { status: text('intent') as OrderStatus },
    })
    return { done: staff.orderUpdated }
  })

export const shouldRevalidate = revalidateAfterAction

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: staff.order })

export default function StaffOrder({ loaderData: { order, steps }, actionData }: Route.ComponentProps) {
  return (
    <div className="max-w-3xl py-8">
      <p className="text-sm print:hidden">
        <a
          href={`/staff?${new URLSearchParams({ date: order.order_date.slice(0, 10) })}`}
          className="link inline-flex min-h-6 items-center"
        >
          {staff.backToDashboard}
        </a>
      </p>
      <h1 className="page-title mt-2 break-all">{order.order_id}</h1>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={actionData?.error} />
      <OrderProgress status={order.status} />
      <OrderDetails order={order} />
      <Form method="post" className="mt-10 flex flex-wrap items-center gap-4 print:hidden">
        {steps.length === 0 && <p>{staff.orderClosed}</p>}
        {steps.map(step => (
          <SubmitButton
            key={step}
            text={staff.markAs[step as keyof typeof staff.markAs]}
            intent={step}
            className={step === 'cancelled' ? 'button-danger' : 'button'}
          />
        ))}
        <PrintButton />
      </Form>
    </div>
  )
}
