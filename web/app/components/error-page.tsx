/** Error page: not found, rate limited, unavailable or failed. */
import { isRouteErrorResponse, useLocation } from 'react-router'
import type { RouteErrorData } from '../loading/page-context.ts'
import { t } from '../texts/texts.ts'
import { useShop } from './use-shop.ts'

type ErrorText = {
  readonly title: string
  readonly text: string
  readonly canRetry: boolean
  readonly offersOrderSearch?: boolean
}

const textFor = (error: unknown): ErrorText => {
  const status = isRouteErrorResponse(error) ? error.status : 500
  const { code } = (isRouteErrorResponse(error) ? (error.data ?? {}) : {}) as Partial<RouteErrorData>
  if (code === 'book_not_found')
    return { title: t.error.bookGoneTitle, text: t.error.notFound, canRetry: false }
  if (code === 'order_not_found')
    return {
      title: t.error.orderGoneTitle,
      text: t.error.orderGone,
      canRetry: false,
      offersOrderSearch: true,
    }
  if (status === 404) return { title: t.error.notFoundTitle, text: t.error.notFound, canRetry: false }
  if (status === 429) return { title: t.error.tooManyTitle, text: t.error.other, canRetry: true }
  if (status === 503) return { title: t.error.unavailableTitle, text: t.error.unavailable, canRetry: true }
  return { title: t.error.serverErrorTitle, text: t.error.serverError, canRetry: true }
}

export const ErrorPage = ({ error }: { readonly error: unknown }) => {
  const { title, text, canRetry, offersOrderSearch = false } = textFor(error)
  const { pathname, search } = useLocation()
  const { name } = useShop()
  return (
    <div className="prose py-16">
      <title>{`${title} · ${name}`}</title>
      <h1 className="page-title">{title}</h1>
      <p className="text-lg">{text}</p>
      <p className="flex flex-wrap gap-4">
        {canRetry && (
          <a href={`${pathname}${search}`} rel="external" className="button">
            {t.error.tryAgain}
          </a>
        )}
        {offersOrderSearch && (
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
