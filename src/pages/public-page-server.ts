/**
 * Server of public pages: each is rendered once for everyone by its canonical address, without the visitor's headers and without
 * parameters that it does not know, and cached while its data is unchanged. Concurrent requests for a page share one rendering.
 */
import { LRUCache } from 'lru-cache'
import { type PipelineRules, runSteps } from '../http/pipeline.ts'
import { BRIEF_SECONDS, publicFor, sharedSecondsOf } from '../http/shared-caching.ts'
import { IMMUTABLE, MISSING, nonceToHashes, securityHeaders } from './headers.ts'
import { type CachedPage, createPageCache, type RenderedPage } from './page-cache.ts'
import { isBriefPage, type PageAddress, pageAddress, withUnkeyed } from './public-pages.ts'
import { pageSteps } from './steps.ts'

const PAGE_CACHE_BYTES = 48 * 1024 * 1024
/** Redirects have a cache of their own: many paths that lead to one page must not displace others. */
const REDIRECT_CACHE_BYTES = 256 * 1024
/** Addresses of URLs with a query, which take a tenth of a cached response to split. */
const ADDRESS_BYTES = 512 * 1024
/** Header by which the route of covers tells the version that it has drawn. It never leaves the process. */
const VERSION = 'x-cover-version'
/** Status of a redirect in the data of a page: the browser reads the address from the body. */
const DATA_REDIRECT = 202

export type PublicPageDeps = PipelineRules & {
  readonly https: boolean
  /** A check whether the page of this path, rendered now, still shows the current data. */
  readonly createFreshnessCheck: (pathname: string) => () => boolean
  /** Loads what renders pages. */
  readonly prepare: () => Promise<unknown>
  /** Renders a page whose own scripts carry the nonce `mark`; the Cache-Control of its response says how long it may be shared. */
  readonly render: (request: Request) => Promise<Response>
  readonly mark: string
}

export type PublicPageServer = {
  /** The address of a public page; undefined for the URL of another page. */
  readonly addressOf: (url: URL) => PageAddress | undefined
  /** The response of a cached page, if there is a fresh one. */
  readonly find: (request: Request, url: URL, address: PageAddress) => Promise<Response> | undefined
  readonly answer: (request: Request, url: URL, address: PageAddress) => Promise<Response>
}

type Rendering = { readonly page: Promise<CachedPage>; readonly isFresh: () => boolean }

const isCover = (pathname: string): boolean => pathname.startsWith('/covers/')

const cacheControl = (status: number, pathname: string, own: string | null): string => {
  // The version of a cover is in its URL; without it, it is seldom asked for.
  if (status === 200)
    return publicFor(
      Math.min(sharedSecondsOf(own) ?? BRIEF_SECONDS, isBriefPage(pathname) ? BRIEF_SECONDS : Infinity),
    )
  // Redirects too: they keep parameters that are in no cache's key.
  return status === 404 && isCover(pathname) ? MISSING : 'no-store'
}

/** `isFresh`, for no longer than shared caches may keep the page, where that is less than usual: it may be whole in a moment. */
const boundFreshness = (isFresh: () => boolean, headers: Headers): (() => boolean) => {
  const seconds = sharedSecondsOf(headers.get('cache-control')) ?? BRIEF_SECONDS
  if (seconds >= BRIEF_SECONDS) return isFresh
  const until = Date.now() + seconds * 1_000
  return () => Date.now() < until && isFresh()
}

/** Cache-Control of a page that is sent now: one whose data may have changed since it was read is kept briefly. */
const cacheControlNow = ({ headers, isFresh }: CachedPage): string | undefined => {
  const caching = headers['cache-control']
  return (sharedSecondsOf(caching ?? null) ?? 0) > BRIEF_SECONDS && !isFresh()
    ? publicFor(BRIEF_SECONDS)
    : caching
}

const headersOf = (
  page: CachedPage,
  { searchParams }: URL,
  { unkeyed }: PageAddress,
): Readonly<Record<string, string>> => {
  const caching = cacheControlNow(page)
  const headers =
    caching === undefined || caching === page.headers['cache-control']
      ? page.headers
      : { ...page.headers, 'cache-control': caching }
  if (headers[VERSION] === undefined && headers.location === undefined) return headers
  const { [VERSION]: version, location, ...rest } = headers
  return {
    ...rest,
    ...(location === undefined ? {} : { location: withUnkeyed(location, unkeyed) }),
    // A cover at the URL of its current version never changes.
    ...(version !== undefined && searchParams.get('v') === version ? { 'cache-control': IMMUTABLE } : {}),
  }
}

const send = async (
  request: Request,
  url: URL,
  address: PageAddress,
  page: CachedPage,
): Promise<Response> => {
  const { status, body, etag } = page
  const headers = headersOf(page, url, address)
  if (status === 200 && request.headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers })
  if (body.plain.byteLength === 0) return new Response(null, { status, headers })
  const { bytes, headers: own } = await body.for(request)
  return new Response(request.method === 'HEAD' ? null : (bytes as BodyInit), {
    status,
    headers: { ...headers, ...own },
  })
}

export const createPublicPageServer = (deps: PublicPageDeps): PublicPageServer => {
  const pages = createPageCache(PAGE_CACHE_BYTES)
  const redirects = createPageCache(REDIRECT_CACHE_BYTES)
  const renderings = new Map<string, Rendering>()
  const addresses = new LRUCache<string, PageAddress>({
    maxSize: ADDRESS_BYTES,
    sizeCalculation: ({ path, unkeyed }, sent) => 200 + path.length + unkeyed.length + sent.length,
  })

  const addressOf: PublicPageServer['addressOf'] = url => {
    if (url.search === '') return pageAddress(url)
    const sent = url.pathname + url.search
    const known = addresses.get(sent)
    if (known) return known
    const address = pageAddress(url)
    if (address) addresses.set(sent, address)
    return address
  }

  const renderPage = async (url: URL): Promise<RenderedPage> => {
    // Without the visitor's headers: a page that cannot see them cannot depend on them.
    const rendered = await deps.render(new Request(url))
    const bytes = Buffer.from(await rendered.arrayBuffer())
    const headers = new Headers(rendered.headers)
    // Images are sent as they are.
    const isText = !headers.get('content-type')?.startsWith('image/png')
    const { html, scripts } = isText
      ? nonceToHashes(bytes.toString(), deps.mark)
      : { html: bytes, scripts: '' }
    securityHeaders(headers, scripts, deps.https)
    const { status } = rendered
    headers.set('cache-control', cacheControl(status, url.pathname, headers.get('cache-control')))
    return { status, headers, bytes: Buffer.from(html) }
  }

  const renderAndStore = async (url: URL, path: string, isFresh: () => boolean): Promise<CachedPage> => {
    const page = await renderPage(url)
    if (page.status === 200) return pages.store(path, page, boundFreshness(isFresh, page.headers))
    return redirects.store(path, page, page.status === 301 ? isFresh : () => false)
  }

  const findPage = (path: string): CachedPage | undefined => pages.find(path) ?? redirects.find(path)

  /** A rendering that is under way is shared as long as what it reads is unchanged. */
  const shareRendering = (url: URL, path: string): Promise<CachedPage> => {
    const current = renderings.get(path)
    if (current?.isFresh()) return current.page
    const isFresh = deps.createFreshnessCheck(url.pathname)
    const rendering = { isFresh, page: renderAndStore(url, path, isFresh) }
    renderings.set(path, rendering)
    const end = () => {
      if (renderings.get(path) === rendering) renderings.delete(path)
    }
    rendering.page.then(end, end)
    return rendering.page
  }

  const find: PublicPageServer['find'] = (request, url, address) => {
    const page = findPage(address.path)
    return page && send(request, url, address, page)
  }

  const answer: PublicPageServer['answer'] = async (request, url, address) => {
    const render = async (): Promise<CachedPage> => {
      // It may have been rendered for another request while this one waited for its slot.
      const page = findPage(address.path) ?? (await shareRendering(new URL(address.path, url), address.path))
      // Its address cannot be changed afterwards, so the page makes it from the URL as it was sent.
      return page.status === DATA_REDIRECT && address.unkeyed !== ''
        ? renderAndStore(url, url.href, () => false)
        : page
    }
    const steps = { ...pageSteps(url.pathname, deps.prepare), handle: render }
    return send(request, url, address, await runSteps(request, deps, steps))
  }

  return { addressOf, find, answer }
}
