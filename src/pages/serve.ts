/** The server of the web pages in front of the API: one `fetch` for the whole shop. Pages are loaded with the first request for one. */
import { randomBytes } from 'node:crypto'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import { currentRequest } from '../core/request.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import type { Caller } from '../http/client-ip.ts'
import { createFetch, type PipelineRules, runSteps } from '../http/pipeline.ts'
import { publicFor } from '../http/shared-caching.ts'
import { isAsset, missingFile } from './assets.ts'
import { Body } from './compress.ts'
import { acceptedBytes } from './form-access.ts'
import { readFormBytes } from './forms.ts'
import { securityHeaders } from './headers.ts'
import { lastResort } from './last-resort.ts'
import { observeSharing } from './page-sharing.ts'
import { hasLastingToken, isPage, pageRoute, redirectsToPayment } from './paths.ts'
import { createPublicPageServer } from './public-page-server.ts'
import { withoutFinalSlash } from './public-pages.ts'
import { siteFiles } from './site-files.ts'
import { pageSteps } from './steps.ts'

type Fetch = (request: Request, caller?: Caller) => Promise<Response>
type ApiFetch = (request: Request) => Promise<Response>
/** Renders a page; `fetchApi` calls the API on behalf of the visitor. */
type Render = (request: Request, nonce: string, fetchApi: ApiFetch) => Promise<Response>

/** What a build of the pages exports, and how its files are served: undefined for a file that it does not have. */
export type PagesBuild = {
  readonly pageRenderer: (
    context: {
      readonly origin: string
      readonly currency: string
      readonly shop: ShopProfile
      readonly isInvoiceOnly: boolean
      readonly report: (error: unknown) => void
    },
    origins: ReadonlySet<string>,
  ) => Render
  readonly asset: (request: Request, pathname: string) => Promise<Response | undefined>
}

export type PagePayments = {
  /** Whether orders are paid by invoice, and in no other way. */
  readonly isInvoiceOnly: boolean
  /** Origins of payment pages on other hosts, to which checkout redirects. */
  readonly origins: readonly string[]
}
const INVOICE_ONLY: PagePayments = { isInvoiceOnly: true, origins: [] }

/** With the API in the same process, the load shedder is the API's own: a page and its calls share one slot. */
export type PagesDeps = PipelineRules & {
  /** The API's fetch, for the data of pages. */
  readonly fetch: Fetch
  /** Answers what is not a page: the API, images, the mailbox. */
  readonly elsewhere: Fetch
  readonly publicUrl: string
  readonly currency: string
  readonly shop: ShopProfile
  /** Undefined: orders are paid by invoice. */
  readonly payments?: PagePayments
  /** A check whether the page of this path, rendered now, still shows the current data. */
  readonly createFreshnessCheck: (pathname: string) => () => boolean
  /** Loads the pages; called again after it has failed. */
  readonly load: () => Promise<PagesBuild>
  readonly log: Log
}

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'

/** `fetch` answers pages and passes everything else on. */
export const createPageServer = (deps: PagesDeps): { readonly fetch: Fetch } => {
  const { publicUrl, origins, currency, shop, payments = INVOICE_ONLY, log, loadShedder } = deps
  const { origin } = new URL(publicUrl)
  const https = publicUrl.startsWith('https:')
  const site = siteFiles(deps.fetch, origin, log.failure)
  /** Marks the scripts of public pages while they are rendered; it never leaves the process. */
  const mark = randomBytes(16).toString('hex')
  let loaded: Promise<Pick<PagesBuild, 'asset'> & { readonly render: Render }> | undefined

  const ready = () => {
    loaded ??= deps.load().then(({ pageRenderer, asset }) => ({
      render: pageRenderer(
        { currency, shop, isInvoiceOnly: payments.isInvoiceOnly, report: log.failure, origin },
        origins,
      ),
      asset,
    }))
    // After a failure, the next request tries again.
    loaded.catch(() => {
      loaded = undefined
    })
    return loaded
  }

  const publicPages = createPublicPageServer({
    origins,
    loadShedder,
    https,
    mark,
    createFreshnessCheck: deps.createFreshnessCheck,
    prepare: ready,
    render: async request => {
      const { render } = await ready()
      const { fetch: fetchApi, sharedSeconds } = observeSharing(deps.fetch)
      const rendered = await render(request, mark, fetchApi)
      const headers = new Headers(rendered.headers)
      headers.set('cache-control', publicFor(sharedSeconds()))
      return new Response(rendered.body, { status: rendered.status, headers })
    },
  })

  const privatePage = (request: Request, { pathname }: URL, caller?: Caller): Promise<Response> => {
    const fetchApi: ApiFetch = call => deps.fetch(call, caller)
    const renderPage = async (form?: Uint8Array): Promise<Response> => {
      const { render } = await ready()
      const nonce = randomBytes(16).toString('hex')
      const { method, headers: sent, url } = request
      const copy = new Request(url, { method, headers: sent, ...(form ? { body: form as BodyInit } : {}) })
      const rendered = await render(copy, nonce, fetchApi)
      const headers = new Headers(rendered.headers)
      securityHeaders(
        headers,
        `'nonce-${nonce}'`,
        https,
        redirectsToPayment(pathname) ? payments.origins : [],
      )
      headers.set('cache-control', 'no-store')
      if (hasLastingToken(pathname)) {
        headers.set('referrer-policy', 'no-referrer')
        headers.set('x-robots-tag', 'noindex')
      }
      if (!rendered.body) return new Response(null, { status: rendered.status, headers })
      const type = headers.get('content-type') ?? 'text/html; charset=utf-8'
      const encoded = await new Body(new Uint8Array(await rendered.arrayBuffer()), type).for(request)
      for (const [name, value] of Object.entries(encoded.headers)) headers.set(name, value)
      return new Response(encoded.bytes as BodyInit, { status: rendered.status, headers })
    }
    const steps = pageSteps(pathname, ready)
    if (request.method !== 'POST') return runSteps(request, deps, { ...steps, handle: () => renderPage() })
    return runSteps(request, deps, {
      ...steps,
      identify: () => acceptedBytes(request, pathname, fetchApi),
      parse: (maxBytes: number, receive) => readFormBytes(request, maxBytes, receive),
      handle: (_maxBytes, form: Uint8Array) => renderPage(form),
    })
  }

  const refuse = (error: unknown): Response => {
    const refused = error instanceof ShopError
    if (!refused) log.failure(error)
    const response = lastResort(refused ? error : undefined)
    securityHeaders(response.headers, '', https)
    return response
  }

  const redirectTo = (location: string): Response => {
    const headers = new Headers({ location, 'cache-control': 'no-store' })
    securityHeaders(headers, '', https)
    return new Response(null, { status: 301, headers })
  }

  const labelRequest = (pathname: string): void => {
    const current = currentRequest()
    if (current) current.route = pageRoute(pathname)
  }

  const findCached = (request: Request): Promise<Response> | undefined => {
    if (!isRead(request)) return undefined
    const url = new URL(request.url)
    const address = publicPages.addressOf(url)
    const response = address && publicPages.find(request, url, address)
    if (response === undefined) return undefined
    labelRequest(url.pathname)
    return response.catch(refuse)
  }

  const routePage = async (request: Request, caller?: Caller): Promise<Response> => {
    const url = new URL(request.url)
    const { pathname } = url
    labelRequest(pathname)
    if (request.method === 'POST') return privatePage(request, url, caller)
    if (!isRead(request))
      throw new ShopError(
        'method_not_allowed',
        `${request.method} is not allowed here; use GET, HEAD or POST.`,
      )
    if (isAsset(pathname)) return (await (await ready()).asset(request, pathname)) ?? missingFile()
    const file = await site(pathname)
    if (file) return file
    const bare = withoutFinalSlash(pathname)
    if (bare !== undefined) return redirectTo(bare + url.search)
    const address = publicPages.addressOf(url)
    return address ? publicPages.answer(request, url, address) : privatePage(request, url, caller)
  }

  const pageFetch = createFetch(log, findCached, (request, caller) =>
    routePage(request, caller).catch(refuse),
  )
  const fetch: Fetch = (request, caller) =>
    (isPage(request.url) ? pageFetch : deps.elsewhere)(request, caller)

  return { fetch }
}
