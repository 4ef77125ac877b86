/** Pages: everything that is no API. It may touch no table: what it shows, and what it changes, goes through the public API. */
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

/** How long a page may be given again here; behind a CDN that keeps it for a minute, not much is gained by more. */
const HOLDS_MS = 5_000

const settings = readSettings()
const { publicUrl, currency, apiUrl } = settings
if (apiUrl === undefined) throw new SettingsError('there is no API_URL')
const { proxy } = await readSecrets(settings, ['proxy'])

/** The API over the network, by the secret that proves the shop's own proxy, on behalf of who sees the page. */
const ask = async (request: Request, caller?: Caller): Promise<Response> => {
  const { pathname, search } = new URL(request.url)
  // What is neither API nor page lies in buckets, and was not there.
  if (!pathname.startsWith('/api/'))
    return problem(new ShopError('not_found', 'There is nothing at this address.'))
  const headers = new Headers(request.headers)
  headers.set('x-trusted-proxy', proxySecretToSend(proxy))
  const current = currentRequest()
  if (current) headers.set(REQUEST_ID, current.id)
  // It would be believed before ours.
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

const { fetch: answer } = createPageServer({
  fetch: ask,
  publicUrl,
  origins: shopOrigins(publicUrl),
  loadShedder: createLoadShedder(),
  currency,
  createFreshnessCheck: () => {
    const until = Date.now() + HOLDS_MS
    return () => Date.now() < until
  },
  // Files of the build lie in a bucket.
  load: async () => ({ pageRenderer, asset: async () => undefined }),
  log: createJsonLog(settings.log.level, settings.log.service),
})

export const handler = createHttpHandler(answer, { publicUrl, proxySecret: proxy })
