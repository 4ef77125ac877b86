/** Router context of a page request: clients for the shop's API, and settings such as the currency. */
import { createContext, data, redirect } from 'react-router'
import type { ShopError } from '#src/core/errors.ts'
import type { ShopProfile } from '#src/core/shop-profile.ts'
import { type Client, createShopClient } from '#src/http/client.ts'
import { signInPath } from '../paths.ts'

/** The `fetch` of the API application. */
export type FetchApi = (request: Request) => Promise<Response>

export type RenderOptions = {
  /** Public origin of the shop: https://shop.example. */
  readonly origin: string
  readonly currency: string
  readonly shop: ShopProfile
  /** Whether orders are paid by invoice, and in no other way. */
  readonly isInvoiceOnly: boolean
  readonly report: (error: unknown) => void
}

export type PageContext = Pick<RenderOptions, 'origin' | 'currency' | 'shop' | 'isInvoiceOnly' | 'report'> & {
  readonly nonce: string
  /** Whether the request submits a form. */
  readonly isFormSubmission: boolean
  /** Client for public endpoints, without cookies. Throws API errors as responses for the error page. */
  readonly read: Client
  /**
   * Client with the visitor's cookies. Redirects to sign-in where needed; throws other API errors as
   * responses.
   */
  readonly readPrivate: Client
  /** The same, but throws `ShopError`: for actions and for loaders that handle errors themselves. */
  readonly call: Client
  /** Headers of the response: the cookies that the API has set during this request. */
  readonly responseHeaders: () => Headers
}

/** Data of an error response, for the error page. */
export type RouteErrorData = { readonly code: string; readonly detail: string }

const isShopError = (error: unknown): error is ShopError =>
  error instanceof Error && error.name === 'ShopError'

/** Narrows an error to `ShopError`; rethrows anything else, which is a bug. */
export const toShopError = (error: unknown): ShopError => {
  if (isShopError(error)) return error
  throw error
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  forbidden: 404,
  book_not_found: 404,
  order_not_found: 404,
  bad_cursor: 404,
  invalid_request: 404,
  malformed_request: 404,
  too_many_requests: 429,
  index_not_ready: 503,
  index_too_large: 503,
  store_busy: 503,
  store_unavailable: 503,
  shop_moving: 503,
  writes_paused: 503,
}

/** Path and query of the page that was requested, also when the request was for its data. */
const pagePath = (request: Request): string => {
  const { pathname, searchParams } = new URL(request.url)
  searchParams.delete('_routes')
  const page = pathname.replace(/\.data$/, '').replace(/^\/_(root)?$/, '/')
  return searchParams.size > 0 ? `${page}?${searchParams}` : page
}

const withErrorPages =
  (call: Client, page: string): Client =>
  async (endpoint, input) => {
    try {
      return await call(endpoint, input)
    } catch (error) {
      const { code, message } = toShopError(error)
      if (code === 'not_signed_in') throw redirect(signInPath(page), 303)
      const status = STATUS_BY_CODE[code] ?? 500
      throw data({ code, detail: message } satisfies RouteErrorData, { status })
    }
  }

/** Creates the context of `request`, which must have passed the CSRF check. */
export const createPageContext = (
  surroundings: RenderOptions,
  request: Request,
  nonce: string,
  ask: FetchApi,
): PageContext => {
  const { origin, currency, shop, isInvoiceOnly, report } = surroundings
  const cookies: string[] = []
  /**
   * Cookies of the browser, and those that the API has set since: later calls of this request are of the new
   * session.
   */
  const jar = new Map(
    (request.headers.get('cookie') ?? '').split('; ').map(pair => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
  const fetchWithCookies = async (sent: Request): Promise<Response> => {
    if (cookies.length > 0)
      sent.headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await ask(sent)
    for (const header of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      jar.set(name, value)
    }
    cookies.push(...answer.headers.getSetCookie())
    return answer
  }
  const cookie = request.headers.get('cookie')
  const agent = request.headers.get('user-agent')
  const privateClient = createShopClient(origin, fetchWithCookies, {
    ...(cookie === null ? {} : { cookie }),
    ...(agent === null ? {} : { 'user-agent': agent }),
    'sec-fetch-site': 'same-origin',
  })
  const page = pagePath(request)
  return {
    origin,
    currency,
    shop,
    isInvoiceOnly,
    report,
    nonce,
    isFormSubmission: request.method === 'POST',
    read: withErrorPages(createShopClient(origin, ask), page),
    readPrivate: withErrorPages(privateClient, page),
    call: privateClient,
    responseHeaders: () => new Headers(cookies.map(value => ['set-cookie', value])),
  }
}

export const pageContext = createContext<PageContext>()
