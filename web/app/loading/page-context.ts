/** One visit of a page: the shop's API over the app's own `fetch`, for everyone or for this visitor. */
import { createContext, data, redirect } from 'react-router'
import type { ShopError } from '#src/core/errors.ts'
import { type Client, createShopClient } from '#src/http/client.ts'
import { signInPath } from '../paths.ts'

/** The shop's own application. */
export type FetchApi = (request: Request) => Promise<Response>

export type RenderOptions = {
  /** The address under which the public knows the shop: https://shop.example. */
  readonly origin: string
  readonly currency: string
  readonly report: (error: unknown) => void
}

export type PageContext = Pick<RenderOptions, 'origin' | 'currency' | 'report'> & {
  readonly nonce: string
  /** Whether this page answers a form. */
  readonly isFormSubmission: boolean
  /** Public endpoints, asked without a cookie: everyone gets the same. A refusal becomes the page of its status. */
  readonly read: Client
  /** Endpoints of this visitor. A refusal becomes the page of its status; who must sign in first is sent to, and back. */
  readonly readPrivate: Client
  /** The same for actions, which deal with refusals themselves. */
  readonly call: Client
  /** The cookies that the answer must carry, if any. */
  readonly responseHeaders: () => Headers
}

/** What a page shows of a refusal. */
export type RouteErrorData = { readonly code: string; readonly detail: string }

const isShopError = (error: unknown): error is ShopError =>
  error instanceof Error && error.name === 'ShopError'

/** The shop's refusal; anything else is a bug, and thrown on. */
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
  store_busy: 503,
  store_unavailable: 503,
}

/** The page that was asked for: not the address of its data, which only our own scripts know. */
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

/** The calls that a page may make for `request`, whose origin has been checked before. */
export const createPageContext = (
  surroundings: RenderOptions,
  request: Request,
  nonce: string,
  ask: FetchApi,
): PageContext => {
  const { origin, currency, report } = surroundings
  const cookies: string[] = []
  const fetchWithCookies = async (sent: Request): Promise<Response> => {
    const answer = await ask(sent)
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
