/** The pages in front of the API: one `fetch` for the whole shop, pages loaded when the first of them is asked for. */
import { randomBytes } from 'node:crypto'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import { currentRequest } from '../core/request.ts'
import type { Caller } from '../http/client-ip.ts'
import { assertSameSite, readBody } from '../http/guard.ts'
import type { LoadShedder } from '../http/load-shedding.ts'
import { withRequestLogging } from '../http/request-logging.ts'
import { isAsset } from './assets.ts'
import { Body } from './compress.ts'
import { nonceToHashes, PUBLIC, securityHeaders } from './headers.ts'
import { lastResort } from './last-resort.ts'
import { type CachedPage, createPageCache } from './page-cache.ts'
import { formBytes, isPage, isPublicPage, pageRoute } from './paths.ts'
import { siteFiles } from './site-files.ts'

const KEPT_BYTES = 48 * 1024 * 1024

type Fetch = (request: Request, caller?: Caller) => Promise<Response>
type Ask = (request: Request) => Promise<Response>
/** Renders a page; `ask` is how it reaches the API on behalf of whoever wants to see it. */
type Render = (request: Request, nonce: string, ask: Ask) => Promise<Response>

/** What a build of the pages exports, and how its files are served: undefined for one that it does not have. */
export type PagesBuild = {
  readonly pageRenderer: (
    surroundings: {
      readonly origin: string
      readonly currency: string
      readonly report: (error: unknown) => void
    },
    origins: ReadonlySet<string>,
  ) => Render
  readonly asset: (request: Request, pathname: string) => Promise<Response | undefined>
}

export type PagesDeps = {
  /** The API's own fetch: what is no page goes there, and what pages need comes from there. */
  readonly fetch: Fetch
  readonly publicUrl: string
  readonly origins: ReadonlySet<string>
  /** The API's own, where it is in this process: a page has one place for all that it asks. */
  readonly loadShedder: LoadShedder
  readonly currency: string
  /** Tells, of a public page that is made now, whether it still says what the shop would say. */
  readonly holds: (pathname: string) => () => boolean
  /** Loads the pages; asked again after it has failed. */
  readonly load: () => Promise<PagesBuild>
  readonly log: Log
}

/** `fetch` answers pages and hands the rest to the API. */
export const createPageServer = (deps: PagesDeps): { readonly fetch: Fetch } => {
  const { publicUrl, origins, currency, log } = deps
  const { admit, yieldSlotWhile } = deps.loadShedder
  const { origin } = new URL(publicUrl)
  const https = publicUrl.startsWith('https:')
  const kept = createPageCache(KEPT_BYTES)
  const site = siteFiles(deps.fetch, origin)
  /** Scripts of public pages are marked by this while they are rendered; it never leaves the process. */
  const mark = randomBytes(16).toString('hex')
  let loaded: Promise<Pick<PagesBuild, 'asset'> & { readonly render: Render }> | undefined

  const ready = () => {
    loaded ??= deps.load().then(({ pageRenderer, asset }) => ({
      render: pageRenderer({ currency, report: log.failure, origin }, origins),
      asset,
    }))
    // What failed is tried again by the next who asks.
    loaded.catch(() => {
      loaded = undefined
    })
    return loaded
  }

  const giveKept = async (request: Request, page: CachedPage): Promise<Response> => {
    if (request.headers.get('if-none-match') === page.etag)
      return new Response(null, { status: 304, headers: page.headers })
    const { bytes, headers } = await page.body.for(request)
    return new Response(request.method === 'HEAD' ? null : (bytes as BodyInit), {
      headers: { ...page.headers, ...headers },
    })
  }

  const publicPage = async (request: Request, url: URL): Promise<Response> => {
    const address = `${url.pathname}${url.search}`
    const found = kept.find(address)
    if (found) return giveKept(request, found)
    const { render } = await ready()
    const holds = deps.holds(url.pathname)
    // Without the visitor's headers: what nobody can see, nobody can be shown.
    const { rendered, bytes } = await admit(async () => {
      const rendered = await render(new Request(request.url), mark, deps.fetch)
      return { rendered, bytes: Buffer.from(await rendered.arrayBuffer()) }
    })
    const headers = new Headers(rendered.headers)
    // Pictures go out as they are.
    const isText = !headers.get('content-type')?.startsWith('image/png')
    const { html, scripts } = isText ? nonceToHashes(bytes.toString(), mark) : { html: bytes, scripts: '' }
    securityHeaders(headers, scripts, https)
    if (rendered.status !== 200) {
      headers.set('cache-control', rendered.status === 301 ? PUBLIC : 'no-store')
      return new Response(bytes.length > 0 ? (html as BodyInit) : null, { status: rendered.status, headers })
    }
    if (!headers.has('cache-control')) headers.set('cache-control', PUBLIC)
    return giveKept(request, kept.keep(address, Buffer.from(html), headers, holds))
  }

  const privatePage = async (render: Render, request: Request, caller?: Caller): Promise<Response> => {
    const nonce = randomBytes(16).toString('hex')
    const { method, headers: asking, url } = request
    const body =
      method === 'POST'
        ? await yieldSlotWhile(() => readBody(request, formBytes(new URL(url).pathname)))
        : undefined
    const sent = new Request(url, { method, headers: asking, ...(body ? { body: body as BodyInit } : {}) })
    const answer = await render(sent, nonce, asked => deps.fetch(asked, caller))
    const headers = new Headers(answer.headers)
    securityHeaders(headers, `'nonce-${nonce}'`, https)
    headers.set('cache-control', 'no-store')
    if (!answer.body) return new Response(null, { status: answer.status, headers })
    const type = headers.get('content-type') ?? 'text/html; charset=utf-8'
    const sized = await new Body(new Uint8Array(await answer.arrayBuffer()), type).for(request)
    for (const [name, value] of Object.entries(sized.headers)) headers.set(name, value)
    return new Response(sized.bytes as BodyInit, { status: answer.status, headers })
  }

  const page = async (request: Request, url: URL, caller?: Caller): Promise<Response> => {
    const { pathname } = url
    const current = currentRequest()
    if (current) current.route = pageRoute(pathname)
    // What the fetch standard has no request for, pages cannot be asked with.
    if (request.method === 'TRACE')
      throw new ShopError('method_not_allowed', 'TRACE is not for this address.')
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (reading && isAsset(pathname)) {
      const file = await (await ready()).asset(request, pathname)
      if (file) return file
    }
    const file = reading ? await site(pathname) : undefined
    if (file) return file
    assertSameSite(request.method, request.headers, deps.origins)
    if (reading && isPublicPage(pathname)) return publicPage(request, url)
    const { render } = await ready()
    return admit(() => privatePage(render, request, caller))
  }

  const answer = async (request: Request, caller?: Caller): Promise<Response> => {
    try {
      return await page(request, new URL(request.url), caller)
    } catch (error) {
      const refused = error instanceof ShopError
      if (!refused) log.failure(error)
      const apology = lastResort(refused ? error : undefined)
      securityHeaders(apology.headers, '', https)
      return apology
    }
  }

  const tracedPage = withRequestLogging(answer, log)
  const fetch: Fetch = (request, caller) => (isPage(request.url) ? tracedPage : deps.fetch)(request, caller)

  return { fetch }
}
