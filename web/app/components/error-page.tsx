/** The page for what is not there, for what broke, and for a shop that is closed for a moment. */
import { isRouteErrorResponse, useLocation } from 'react-router'
import type { Refusal } from '../loading/visit.ts'
import { t } from '../texts/texts.ts'

type Words = {
  readonly title: string
  readonly text: string
  readonly again: boolean
  readonly orders?: boolean
}

const wordsFor = (error: unknown): Words => {
  const status = isRouteErrorResponse(error) ? error.status : 500
  const { code } = (isRouteErrorResponse(error) ? (error.data ?? {}) : {}) as Partial<Refusal>
  if (code === 'book_not_found') return { title: t.error.bookGoneTitle, text: t.error.notFound, again: false }
  if (code === 'order_not_found')
    return { title: t.error.orderGoneTitle, text: t.error.orderGone, again: false, orders: true }
  if (status === 404) return { title: t.error.notFoundTitle, text: t.error.notFound, again: false }
  if (status === 429) return { title: t.error.tooManyTitle, text: t.error.other, again: true }
  if (status === 503) return { title: t.error.unavailableTitle, text: t.error.unavailable, again: true }
  return { title: t.error.serverErrorTitle, text: t.error.serverError, again: true }
}

export const ErrorPage = ({ error }: { readonly error: unknown }) => {
  const { title, text, again, orders = false } = wordsFor(error)
  const { pathname, search } = useLocation()
  return (
    <div className="prose py-16">
      <title>{`${title} · ${t.shop.name}`}</title>
      <h1 className="page-title">{title}</h1>
      <p className="text-lg">{text}</p>
      <p className="flex flex-wrap gap-4">
        {again && (
          <a href={`${pathname}${search}`} rel="external" className="button">
            {t.error.tryAgain}
          </a>
        )}
        {orders && (
          <a href="/orders/find" className="button">
            {t.shop.findOrder}
          </a>
        )}
        <a href="/" className="button-quiet">
          {t.shop.continueShopping}
        </a>
      </p>
    </div>
  )
}
