/** Resource route of an invoice for those who have the link of a mail; what is not there leads back to the order. */
import { redirect } from 'react-router'
import { isSecret } from '#src/core/secrets.ts'
import { getInvoiceByLink } from '#src/invoices/api.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import type { Route } from './+types/view-invoice'

export const loader = async ({ context, params: { orderId, number }, url }: Route.LoaderArgs) => {
  const token = url.searchParams.get('token') ?? ''
  const order = `/orders/${encodeURIComponent(orderId)}/view?${new URLSearchParams({ token })}`
  if (!isSecret(token)) return redirect(order, 303)
  const { call, responseHeaders } = context.get(pageContext)
  try {
    const file = await call(getInvoiceByLink, { params: { order_id: orderId, number }, body: { token } })
    const headers = responseHeaders()
    headers.set('content-type', 'application/pdf')
    headers.set('content-disposition', `inline; filename="${number}.pdf"`)
    headers.set('cache-control', 'private, no-store')
    return new Response(file, { headers })
  } catch (error) {
    toShopError(error)
    return redirect(order, 303)
  }
}
