/** Order page: progress, details, and cancellation while that is possible. */
import { data, Form, redirect, useNavigation } from 'react-router'
import { listInvoices } from '#src/invoices/api.ts'
import { cancelOrder, getOrder } from '#src/orders/api.ts'
import type { OrderView } from '#src/orders/schema.ts'
import { OrderDetails } from '../components/order-details.tsx'
import { keptAmount } from '../components/order-payment.tsx'
import { OrderProgress } from '../components/order-status.tsx'
import { PrintButton } from '../components/print-button.tsx'
import { useOrderDay } from '../components/use-shop.ts'
import { invoicePath, toInvoiceLinks, toOrderPage } from '../loading/order-page.server.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import { revalidateAfterAction } from '../loading/revalidate.ts'
import { shopDataOf } from '../loading/shop-data.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { money, orderDay } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/order'

export const loader = async ({ context, params: { orderId } }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const params = { order_id: orderId }
  const [order, { items }] = await Promise.all([
    readPrivate(getOrder, { params }),
    readPrivate(listInvoices, { params }),
  ])
  return toOrderPage(order, toInvoiceLinks(items, invoicePath(orderId)))
}

export const action = async ({ context, params }: Route.ActionArgs) => {
  const { call } = context.get(pageContext)
  try {
    await call(cancelOrder, { params: { order_id: params.orderId } })
  } catch (error) {
    const { code } = toShopError(error)
    const isLate = code === 'status_conflict'
    return data({ problem: isLate ? t.order.cancelTooLate : t.error.other }, { status: isLate ? 409 : 503 })
  }
  return redirect(`/orders/${encodeURIComponent(params.orderId)}`, 303)
}

export const shouldRevalidate = revalidateAfterAction

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, {
    title: loaderData
      ? t.order.orderFrom(orderDay(loaderData.order, shopDataOf(matches).timeZone))
      : t.order.title,
  })

const cancelHint = (order: OrderView): string => {
  const kept = keptAmount(order)
  return kept > 0 ? t.order.cancelPaidHint(money(kept, order.currency)) : t.order.cancelDueHint
}

export default function Order({ loaderData, actionData }: Route.ComponentProps) {
  const { order } = loaderData
  const isBusy = useNavigation().formMethod === 'POST'
  const canCancel = order.status === 'confirmed' || order.status === 'processing'
  return (
    <div className="max-w-3xl py-8">
      <p className="text-sm print:hidden">
        <a href="/orders" className="link inline-flex min-h-6 items-center">
          {t.order.title}
        </a>
      </p>
      <h1 className="page-title mt-2">{t.order.orderFrom(useOrderDay()(order))}</h1>
      {actionData?.problem && (
        <p role="alert" className="notice-bad mb-4">
          {actionData.problem}
        </p>
      )}
      <OrderProgress order={order} />
      <OrderDetails {...loaderData} />
      <div className="mt-10 flex flex-wrap items-start gap-4 print:hidden">
        <PrintButton />
        {canCancel && (
          <details className="fold">
            <summary className="button-quiet">{t.order.cancel}</summary>
            <Form method="post" className="mt-4 max-w-sm">
              <p className="mb-3 text-soft text-sm">{cancelHint(order)}</p>
              <button type="submit" className="button-danger" aria-disabled={isBusy}>
                {t.order.confirmCancel}
              </button>
            </Form>
          </details>
        )}
      </div>
    </div>
  )
}
