/**
 * Page of an emailed order link. Opening it does not use the token up, because mail programs prefetch links;
 * submitting its form does.
 */
import { data, Form } from 'react-router'
import { isSecret } from '#src/core/secrets.ts'
import { cancelByLink, openOrderLink } from '#src/orders/api.ts'
import { OrderDetails } from '../components/order-details.tsx'
import { OrderProgress } from '../components/order-status.tsx'
import { PrintButton } from '../components/print-button.tsx'
import { useOrderDay } from '../components/use-shop.ts'
import { readEmailToken } from '../forms/email-token.server.ts'
import { retryMessageFor } from '../forms/retry-message.server.ts'
import { toOrderPage } from '../loading/order-page.server.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/open-order'

export const loader = ({ url }: Route.LoaderArgs) => readEmailToken(url)

export const action = async ({ context, request }: Route.ActionArgs) => {
  const form = await request.formData()
  const token = String(form.get('token') ?? '')
  const endpoint = form.get('intent') === 'cancel' ? cancelByLink : openOrderLink
  if (!isSecret(token)) return data({ problem: t.error.linkIncomplete }, { status: 400 })
  try {
    const order = await context.get(pageContext).call(endpoint, { body: { token } })
    return data(toOrderPage(order), { status: 200 })
  } catch (error) {
    const { code } = toShopError(error)
    if (code === 'link_invalid') return data({ problem: t.error.linkExpired }, { status: 404 })
    if (code === 'status_conflict') return data({ problem: t.order.cancelTooLate }, { status: 409 })
    const { text, status } = retryMessageFor(error)
    return data({ problem: text }, { status })
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.order.openTitle })

export default function OpenOrder({ loaderData: { token }, actionData }: Route.ComponentProps) {
  const orderDay = useOrderDay()
  if (actionData && 'order' in actionData) {
    const { order } = actionData
    return (
      <div className="max-w-3xl py-8">
        <h1 className="page-title">{t.order.orderFrom(orderDay(order))}</h1>
        <OrderProgress order={order} />
        <OrderDetails {...actionData} />
        <div className="mt-10 flex flex-wrap items-center gap-4 print:hidden">
          <PrintButton />
        </div>
      </div>
    )
  }
  const problem = actionData?.problem ?? (token === '' ? t.error.linkIncomplete : undefined)
  return (
    <div className="prose max-w-xl py-8">
      <h1 className="page-title">{t.order.openTitle}</h1>
      {problem === undefined ? (
        <>
          <p className="text-lg">{t.order.openIntro}</p>
          <Form method="post" action="/orders/open">
            <input type="hidden" name="token" value={token} />
            <button type="submit" className="button">
              {t.order.openButton}
            </button>
          </Form>
          <details className="fold">
            <summary className="button-quiet">{t.order.cancel}</summary>
            <Form method="post" action="/orders/open" className="mt-4 max-w-sm">
              <p className="mb-3 text-soft text-sm">{t.order.cancelHint}</p>
              <input type="hidden" name="token" value={token} />
              <button type="submit" name="intent" value="cancel" className="button-danger">
                {t.order.confirmCancel}
              </button>
            </Form>
          </details>
        </>
      ) : (
        <>
          <p role="alert" className="notice-bad">
            {problem}
          </p>
          <p>
            <a href="/orders/find" className="button">
              {t.order.findTitle}
            </a>
          </p>
        </>
      )}
    </div>
  )
}
