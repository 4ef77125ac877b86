/** Pages function: everything except the API. It has access to no table: it reads and writes through the public API. */
import { pageRenderer } from 'cloudshelf-pages'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { ShopError } from '../core/errors.ts'
import { createJsonLog } from '../core/log/json-log.ts'
import { currentRequest, REQUEST_ID } from '../core/request.ts'
import { type Caller, proxySecretToSend } from '../http/client-ip.ts'
import { createLoadShedder } from '../http/load-shedding.ts'
import { shopOrigins } from '../http/origins.ts'
import { problem } from '../http/problem.ts'
import { createPageServer } from '../pages/serve.ts'
import { createHttpHandler } from './http.ts'
import { readSecrets } from './secrets.ts'

/** How long a page is cached here; behind a CDN that caches it for a minute, longer gains little. */
const PAGE_CACHE_MS = 5_000

const settings = readSettings()
const { publicUrl, currency, shop, apiUrl } = settings
if (apiUrl === undefined) throw new SettingsError('API_URL must be set')
const { proxy } = await readSecrets(settings, ['proxy'])

/** Calls the API over the network, with the secret of the shop's own proxy, on behalf of the visitor. */
const fetchApi = async (request: Request, caller?: Caller): Promise<Response> => {
  const { pathname, search } = new URL(request.url)
  // Neither the API nor a page: the CDN serves it from a bucket, where it was not found.
  if (!pathname.startsWith('/api/'))
    return problem(new ShopError('not_found', 'There is nothing at this path.'))
  const headers = new Headers(request.headers)
  headers.set('x-trusted-proxy', proxySecretToSend(proxy))
  const current = currentRequest()
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
  publicUrl,
  origins: shopOrigins(publicUrl),
  loadShedder: createLoadShedder(),
  currency: currency.code,
  shop,
  createFreshnessCheck: () => {
    const until = Date.now() + PAGE_CACHE_MS
    return () => Date.now() < until
  },
  // The CDN serves the files of the build from a bucket.
  load: async () => ({ pageRenderer, asset: async () => undefined }),
  log: createJsonLog(settings.log.level, settings.log.service),
})

export const handler = createHttpHandler(servePage, { publicUrl, proxySecret: proxy })
