/**
 * Pages function: everything except the API. It has access to no table: it reads and writes through the public API. Its own calls
 * are marked and it answers none that is, because a call that the gateway routed back to it would call itself without end.
 */
import { pageRenderer } from 'cloudshelf-pages'
import { readSecrets } from '../composition/function-secrets.ts'
import { pagePayments } from '../composition/payment-settings.ts'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { ShopError } from '../core/errors.ts'
import { createJsonLog } from '../core/log/json-log.ts'
import { currentRequest, REQUEST_ID } from '../core/request.ts'
import { type Caller, proxySecretToSend } from '../http/client-ip.ts'
import { createLoadShedder } from '../http/load-shedding.ts'
import { shopOrigins } from '../http/origins.ts'
import { problem } from '../http/problem.ts'
import { PAGE_CALL, PAGE_CALLS } from '../http/visits.ts'
import { restoreUnkeyed, UNKEYED_QUERY } from '../pages/public-pages.ts'
import { createPageServer } from '../pages/serve.ts'
import { createHttpHandler } from './http.ts'

/** How long a page is cached here: a purge of the CDN waits until it has passed (cdn/timing.ts), and behind a CDN more gains little. */
const PAGE_CACHE_MS = 2_000

const settings = readSettings()
const { publicUrl, currency, shop, apiUrl } = settings
if (apiUrl === undefined) throw new SettingsError('API_URL must be set')
const { proxy } = await readSecrets(settings, ['proxy'])

const notFound = async (): Promise<Response> =>
  problem(new ShopError('not_found', 'There is nothing at this path.'))

/** Calls the API over the network, with the secret of the shop's own proxy, on behalf of the visitor. */
const fetchApi = async (request: Request, caller?: Caller): Promise<Response> => {
  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  headers.set('x-trusted-proxy', proxySecretToSend(proxy))
  const current = currentRequest()
  headers.set(PAGE_CALL, current?.isVisit() ? PAGE_CALLS.visit : PAGE_CALLS.other)
  if (current) headers.set(REQUEST_ID, current.id)
  // The API would prefer it to our own id.
  headers.delete('x-amz-cf-id')
  if (caller?.viewer !== undefined) headers.set('cloudfront-viewer-address', caller.viewer)
  const body = request.body ? await request.arrayBuffer() : null
  return fetch(new URL(pathname + search, apiUrl), {
    method: request.method,
    headers,
    body,
    redirect: 'manual',
  })
}

const { fetch: servePage } = createPageServer({
  fetch: fetchApi,
  // A path of the API or of images that comes here is in no function and no bucket: it is not passed on.
  elsewhere: notFound,
  publicUrl,
  origins: shopOrigins(publicUrl),
  loadShedder: createLoadShedder(),
  currency: currency.code,
  shop,
  payments: pagePayments(settings.payment.methods ?? ['invoice'], true),
  createFreshnessCheck: () => {
    const until = Date.now() + PAGE_CACHE_MS
    return () => Date.now() < until
  },
  // The CDN serves the files of the build from a bucket.
  load: async () => ({ pageRenderer, asset: async () => undefined }),
  log: createJsonLog(settings.log.level, settings.log.service),
})

/** The request as the visitor sent it: the CDN has taken out of the query what is not in the key of its cache. */
const withWholeQuery = (request: Request): Request => {
  const unkeyed = request.headers.get(UNKEYED_QUERY)
  return unkeyed === null || request.method === 'POST'
    ? request
    : new Request(restoreUnkeyed(new URL(request.url), unkeyed), request)
}

const fetchPage = (request: Request, caller: Caller): Promise<Response> =>
  request.headers.has(PAGE_CALL) ? notFound() : servePage(withWholeQuery(request), caller)

export const handler = createHttpHandler(fetchPage, { publicUrl, proxySecret: proxy })
