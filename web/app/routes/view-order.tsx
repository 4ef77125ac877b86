/**
 * Page of the link in the mails about a guest's order. It shows this order and changes nothing, so it can be
 * opened as often as the customer likes; canceling asks for a link that works once.
 */
import { data } from 'react-router'
import { isSecret } from '#src/core/secrets.ts'
import { listInvoicesByLink } from '#src/invoices/api.ts'
import { viewOrder } from '#src/orders/api.ts'
import { OrderDetails } from '../components/order-details.tsx'
import { OrderProgress } from '../components/order-status.tsx'
import { PrintButton } from '../components/print-button.tsx'
import { useOrderDay } from '../components/use-shop.ts'
import { retryMessageFor } from '../forms/retry-message.server.ts'
import { toInvoiceLinks, toOrderPage } from '../loading/order-page.server.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/view-order'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const token = url.searchParams.get('token') ?? ''
  if (!isSecret(token)) return data({ problem: t.error.linkIncomplete }, { status: 400 })
  try {
    const { call } = context.get(pageContext)
    const named = { params: { order_id: params.orderId }, body: { token } }
    const [order, { items }] = await Promise.all([call(viewOrder, named), call(listInvoicesByLink, named)])
    const path = `/orders/${encodeURIComponent(params.orderId)}/view/invoices`
    const links = toInvoiceLinks(items, number => `${path}/${number}?${new URLSearchParams({ token })}`)
    return data(toOrderPage(order, links), { status: 200 })
  } catch (error) {
    if (['link_invalid', 'invalid_request'].includes(toShopError(error).code))
      return data({ problem: t.error.linkEnded }, { status: 404 })
    const { text, status } = retryMessageFor(error)
    return data({ problem: text }, { status })
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.order.openTitle })

export default function ViewOrder({ loaderData }: Route.ComponentProps) {
  const orderDay = useOrderDay()
  if ('problem' in loaderData)
    return (
      <div className="prose max-w-xl py-8">
        <h1 className="page-title">{t.order.openTitle}</h1>
        <p role="alert" className="notice-bad">
          {loaderData.problem}
        </p>
        <p>
          <a href="/orders/find" className="button">
            {t.order.findTitle}
          </a>
        </p>
      </div>
    )
  const { order } = loaderData
  const canCancel = order.status === 'confirmed' || order.status === 'processing'
  const number = new URLSearchParams({ order: order.order_number })
  return (
    <div className="max-w-3xl py-8">
      <h1 className="page-title">{t.order.orderFrom(orderDay(order))}</h1>
      <OrderProgress order={order} />
      <OrderDetails {...loaderData} />
      <div className="mt-10 flex flex-wrap items-center gap-4 print:hidden">
        <PrintButton />
        {canCancel && (
          <>
            <a href={`/orders/find?${number}`} className="button-quiet">
              {t.order.cancel}
            </a>
            <p className="text-soft text-sm">{t.order.cancelByMail}</p>
          </>
        )}
      </div>
    </div>
  )
}
