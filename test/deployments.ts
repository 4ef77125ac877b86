/** Deployments of a test shop: a local server, and Lambda bundles behind a gateway. */
import { serve } from '@hono/node-server'
import { pagePayments } from '#src/composition/payment-settings.ts'
import { createShop, type Deps } from '#src/composition/shop.ts'
import { type Caller, readCaller } from '#src/http/client-ip.ts'
import type { FunctionId } from '#src/lambda/functions.ts'
import { createLocalBuild } from '#src/pages/local-build.ts'
import { createFreshnessCheck } from '#src/pages/page-cache.ts'
import { createPageServer } from '#src/pages/serve.ts'
import { TABLE_IDS, TABLES } from '#src/tables/definitions.ts'
import { PUBLIC_PAGE_PATTERNS, SITE_FILE_PATTERNS } from '../infra/edge/path-patterns.ts'
import { createViewerRequestCode } from '../infra/edge/viewer-request.ts'
import { createEdgeFunction, firstMatch } from './cdn.ts'
import { onCleanup } from './cleanup.ts'
import { startFakeAws } from './fake-aws.ts'
import { startGateway } from './gateway.ts'
import { getTestEngine, TEST_SECRET, type TestShop } from './kit.ts'
import { type LambdaFunction, startFunction } from './lambda-function.ts'
import { registerSecret } from './log-leaks.ts'

/** Secret that authenticates the CDN. */
export const PROXY_SECRET = 'the secret of the tests and their proxy'
/** Key of the functions at Stripe, and the secrets of its events: the present one and the one before it. */
export const STRIPE_KEY = 'sk_test_1234567890abcdef'
export const STRIPE_WEBHOOK_SECRETS = ['whsec_present1234567890', 'whsec_previous1234567890']
export const PUBLIC_URL = 'https://shop.example'
/** Settings of a shop behind a CDN. */
export const CDN_SETTINGS = { PUBLIC_URL, TRUSTED_PROXY_SECRET: PROXY_SECRET }

type Fetch = TestShop['fetch']

const runViewerRequest = createEdgeFunction(createViewerRequestCode('CloudShelf'))

/** A request as the CDN on AWS sends it on: of the query of a public page only what is in its cache key. */
const atEdge = (request: Request): Request => {
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' && request.method !== 'HEAD') return request
  if (firstMatch(PUBLIC_PAGE_PATTERNS, pathname)) return runViewerRequest(request)
  return firstMatch(SITE_FILE_PATTERNS, pathname) ? new Request(`${origin}${pathname}`, request) : request
}

/** Sends requests to `origin` as a CDN does, changed by it before. */
const sendThroughCdn =
  (origin: string, change = (request: Request): Request => request): Fetch =>
  async (sent, caller) => {
    const request = change(sent)
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    headers.set('x-trusted-proxy', PROXY_SECRET)
    headers.set('cloudfront-viewer-address', `${caller?.clientNetwork() ?? '192.0.2.1'}:40000`)
    const body = request.body ? Buffer.from(await request.arrayBuffer()) : null
    return fetch(`${origin}${pathname}${search}`, {
      method: request.method,
      headers,
      body,
      redirect: 'manual',
    })
  }

/** Starts a local server, as `npm start` does. */
export const startServer = async (deps: Deps): Promise<Fetch> => {
  const app = createShop(deps)
  const build = createLocalBuild(() => {})
  const { fetch: answer } = createPageServer({
    fetch: app.fetch,
    elsewhere: app.fetch,
    publicUrl: deps.publicUrl,
    origins: app.origins,
    loadShedder: app.loadShedder,
    currency: deps.currency.code,
    shop: deps.shop,
    payments: pagePayments(deps.methods, true),
    createFreshnessCheck: pathname => createFreshnessCheck(deps.liveIndex, pathname),
    load: build.load,
    log: deps.log,
  })
  const asked = (request: Request): Promise<Response> =>
    answer(
      request,
      readCaller(request.headers, () => '127.0.0.1', deps.settings.proxySecret) satisfies Caller,
    )
  const port = await new Promise<number>(done => {
    const server = serve({ fetch: asked, hostname: '127.0.0.1', port: 0 }, ({ port }) => done(port))
    onCleanup(build.close)
    onCleanup(() => void server.close())
  })
  return sendThroughCdn(`http://127.0.0.1:${port}`)
}

/** Environment of functions over these tables; `aws` is the URL of the fake AWS. */
export const createFunctionEnvironment = async (
  deps: Deps,
  aws: string,
): Promise<Record<string, string>> => ({
  ...Object.fromEntries(TABLE_IDS.map(id => [TABLES[id].env, deps.names[id]])),
  DYNAMODB_ENDPOINT: (await getTestEngine()).endpoint,
  BLOB_BUCKET: 'shop-blobs',
  BLOB_ENDPOINT: aws,
  SSM_ENDPOINT: aws,
  SECRETS_PATH: '/cloudshelf/test',
  PUBLIC_URL: deps.publicUrl,
  ...(deps.settings.payment.methods ? { PAYMENT_METHODS: deps.settings.payment.methods.join(',') } : {}),
})

/** Parameters of the fake SSM. */
export const SSM_PARAMETERS = {
  '/cloudshelf/test/secret': TEST_SECRET,
  '/cloudshelf/test/proxy': PROXY_SECRET,
  '/cloudshelf/test/stripe-key': STRIPE_KEY,
  '/cloudshelf/test/stripe-webhook': STRIPE_WEBHOOK_SECRETS.join(','),
}

/** Starts functions over the tables of `deps`, behind a gateway; `more` is further environment of theirs. */
export const startFunctions = async (
  deps: Deps,
  ids: readonly FunctionId[],
  more: Readonly<Record<string, string>> = {},
) => {
  registerSecret('the secret of the proxy', PROXY_SECRET)
  registerSecret('the key at Stripe', STRIPE_KEY)
  for (const secret of STRIPE_WEBHOOK_SECRETS) registerSecret('a secret of events', secret)
  const aws = await startFakeAws(SSM_PARAMETERS)
  onCleanup(aws.close)
  const gateway = await startGateway()
  const environment = { ...(await createFunctionEnvironment(deps, aws.url)), API_URL: gateway.url, ...more }
  const started = await Promise.all(ids.map(id => startFunction(id, environment)))
  for (const one of started) gateway.attach(one)
  const of = (id: FunctionId): LambdaFunction => {
    const found = started.find(one => one.id === id)
    if (!found) throw new TypeError(`${id} was not started`)
    return found
  }
  return { aws, gateway, environment, of, fetch: sendThroughCdn(gateway.url, atEdge) }
}
