/** One visit of a page: the shop's API over the app's own `fetch`, for everyone or for this visitor. */
import { createContext, data, redirect } from 'react-router'
import type { ShopError } from '#src/core/errors.ts'
import { type Client, createShopClient } from '#src/http/client.ts'
import { signInPath } from '../paths.ts'

/** The shop's own application. */
export type Ask = (request: Request) => Promise<Response>

export type Surroundings = {
  /** The address under which the public knows the shop: https://shop.example. */
  readonly origin: string
  readonly currency: string
  readonly report: (error: unknown) => void
}

export type Visit = Pick<Surroundings, 'origin' | 'currency' | 'report'> & {
  readonly nonce: string
  /** Whether this page answers a form. */
  readonly isForm: boolean
  /** Public endpoints, asked without a cookie: everyone gets the same. A refusal becomes the page of its status. */
  readonly read: Client
  /** Endpoints of this visitor. A refusal becomes the page of its status; who must sign in first is sent to, and back. */
  readonly readMine: Client
  /** The same for actions, which deal with refusals themselves. */
  readonly change: Client
  /** The cookies that the answer must carry, if any. */
  readonly answerHeaders: () => Headers
}

/** What a page shows of a refusal. */
export type Refusal = { readonly code: string; readonly detail: string }

const isShopError = (error: unknown): error is ShopError =>
  error instanceof Error && error.name === 'ShopError'

/** The shop's refusal; anything else is a bug, and thrown on. */
export const refusalOf = (error: unknown): ShopError => {
  if (isShopError(error)) return error
  throw error
}

const STATUS: Readonly<Record<string, number>> = {
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
const pageOf = (request: Request): string => {
  const { pathname, searchParams } = new URL(request.url)
  searchParams.delete('_routes')
  const page = pathname.replace(/\.data$/, '').replace(/^\/_(root)?$/, '/')
  return searchParams.size > 0 ? `${page}?${searchParams}` : page
}

const asPage =
  (call: Client, page: string): Client =>
  async (endpoint, input) => {
    try {
      return await call(endpoint, input)
    } catch (error) {
      const { code, message } = refusalOf(error)
      if (code === 'not_signed_in') throw redirect(signInPath(page), 303)
      const status = STATUS[code] ?? 500
      throw data({ code, detail: message } satisfies Refusal, { status })
    }
  }

/** The calls that a page may make for `request`, whose origin has been checked before. */
export const createVisit = (surroundings: Surroundings, request: Request, nonce: string, ask: Ask): Visit => {
  const { origin, currency, report } = surroundings
  const cookies: string[] = []
  const remembering = async (sent: Request): Promise<Response> => {
    const answer = await ask(sent)
    cookies.push(...answer.headers.getSetCookie())
    return answer
  }
  const cookie = request.headers.get('cookie')
  const agent = request.headers.get('user-agent')
  const mine = createShopClient(origin, remembering, {
    ...(cookie === null ? {} : { cookie }),
    ...(agent === null ? {} : { 'user-agent': agent }),
    'sec-fetch-site': 'same-origin',
  })
  const page = pageOf(request)
  return {
    origin,
    currency,
    report,
    nonce,
    isForm: request.method === 'POST',
    read: asPage(createShopClient(origin, ask), page),
    readMine: asPage(mine, page),
    change: mine,
    answerHeaders: () => new Headers(cookies.map(value => ['set-cookie', value])),
  }
}

export const visitContext = createContext<Visit>()
