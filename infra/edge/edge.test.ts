/** Tests of the CDN configuration: caching, privacy, failover, origin access and TLS. */
import { expect, test } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { errorStatus } from '#src/core/errors.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { Problem } from '#src/http/problem.ts'
import { isPublicPage, PUBLIC_PAGES, pageAddress, UNKEYED_QUERY } from '#src/pages/public-pages.ts'
import { createEdgeFunction, edgeResponse, firstMatch } from '../../test/cdn.ts'
import {
  ALL_OPTIONS,
  FAILOVER_OPTIONS,
  listResources,
  type Properties,
  type Synthesized,
  synthesize,
} from '../../test/stacks.ts'
import { parseRecordedOptions } from '../settings/recorded-options.ts'
import { isClosedIn, withClosed } from './maintenance-page.ts'
import { FORWARDED_HEADERS } from './policies.ts'
import { createViewerRequestCode, MAX_CODE_BYTES } from './viewer-request.ts'

const dev = synthesize({ stage: 'dev' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })

const CODE = createViewerRequestCode('CloudShelf')

const configOf = ({ templates }: Synthesized): Properties =>
  listResources(templates.edge, 'AWS::CloudFront::Distribution')[0]?.[1].DistributionConfig ?? {}

/** The cache behavior for a path, chosen as CloudFront does: the first pattern that matches. */
const behaviorFor = (made: Synthesized, path: string): Properties => {
  const { CacheBehaviors, DefaultCacheBehavior } = configOf(made)
  const behaviors = CacheBehaviors as Properties[]
  const pattern = firstMatch(
    behaviors.map(({ PathPattern }) => String(PathPattern)),
    path,
  )
  return behaviors.find(({ PathPattern }) => PathPattern === pattern) ?? DefaultCacheBehavior
}
const nameOf = ({ Ref }: Properties): string => String(Ref).replace(/[0-9A-F]{8}$/, '')
const kindOf = (made: Synthesized, path: string) => {
  const { CachePolicyId, OriginRequestPolicyId, AllowedMethods } = behaviorFor(made, path)
  return {
    keeps: nameOf(CachePolicyId),
    asks: OriginRequestPolicyId ? nameOf(OriginRequestPolicyId) : undefined,
    writes: AllowedMethods.includes('POST'),
  }
}

test('the CDN caches each endpoint as it declares', () => {
  for (const { method, path, cache, id } of ENDPOINTS) {
    const { keeps, asks, writes } = kindOf(dev, path.replaceAll(/\{[^}]+\}/g, 'some-1'))
    if (method === 'GET' && cache === 'public') expect(keeps, id).toBe('Kept')
    if (method === 'GET' && cache === 'private') expect(keeps, id).toBe('Own')
    if (method !== 'GET') expect(writes, id).toBe(true)
    if (cache === 'private') expect(asks, id).toBe('WithCookies')
  }
})

test('public pages are read-only and requested without cookies; all other pages are private', () => {
  const pages = [
    '/',
    '/_root.data',
    '/about',
    '/about.data',
    '/privacy',
    '/search',
    '/search.data',
    '/category/Technology',
    '/category/Technology.data',
    '/books/tech-001',
    '/books/tech-001/learning.data',
  ]
  for (const path of pages) {
    expect(isPublicPage(path), path).toBe(true)
    expect(kindOf(dev, path), path).toEqual({ keeps: 'Kept', asks: 'WithKeyedQuery', writes: false })
  }
  expect(kindOf(dev, '/covers/tech-001.svg')).toMatchObject({ keeps: 'Covers', asks: 'WithKeyedQuery' })
  for (const path of ['/robots.txt', '/sitemap.xml', '/sitemap-1.xml', '/site.webmanifest'])
    expect(kindOf(dev, path), path).toEqual({ keeps: 'Files', asks: 'WithKeyedQuery', writes: false })
  for (const path of [
    '/cart',
    '/cart.data',
    '/visitor',
    '/visitor.data',
    '/checkout',
    '/orders/x',
    '/sign-in',
    '/account/security',
    '/staff',
    '/api/cart',
    '/api/health',
    '/nothing',
  ]) {
    expect(isPublicPage(path), path).toBe(false)
    expect(kindOf(dev, path), path).toEqual({ keeps: 'Own', asks: 'WithCookies', writes: true })
  }
  for (const path of ['/assets/app-1.js', '/favicon.svg', '/favicon.ico', '/images/covers/tech-001-1.webp'])
    expect(kindOf(dev, path), path).toEqual({ keeps: 'Files', asks: undefined, writes: false })
})

test('nothing is cached by default, and private responses have all cookies in their cache key', () => {
  const policies = Object.fromEntries(
    listResources(dev.templates.edge, 'AWS::CloudFront::CachePolicy').map(([id, { CachePolicyConfig }]) => [
      nameOf({ Ref: id }),
      CachePolicyConfig as Properties,
    ]),
  )
  for (const name of ['Kept', 'Own', 'Covers'])
    expect(policies[name]).toMatchObject({ MinTTL: 0, DefaultTTL: 0 })
  expect(policies.Own?.MaxTTL).toBe(1)
  const keyed = (name: string) => policies[name]?.ParametersInCacheKeyAndForwardedToOrigin ?? {}
  expect(keyed('Own').CookiesConfig).toEqual({ CookieBehavior: 'all' })
  expect(keyed('Kept').CookiesConfig).toEqual({ CookieBehavior: 'none' })
  expect(keyed('Kept').QueryStringsConfig).toEqual({ QueryStringBehavior: 'all' })
  for (const name of ['Kept', 'Own', 'Files'])
    expect(keyed(name)).toMatchObject({ EnableAcceptEncodingBrotli: true, EnableAcceptEncodingGzip: true })
})

const EXAMPLES: Readonly<Record<string, string>> = {
  'routes/home': '/',
  'routes/category': '/category/poetry',
  'routes/search': '/search',
  'routes/book': '/books/a/b',
  'routes/cover': '/covers/a.svg',
  'routes/about': '/about',
  'routes/terms': '/terms',
  'routes/privacy': '/privacy',
  'routes/manifest': '/site.webmanifest',
}

test('the cache key of a public page has the parameters that the page knows, and no other is forwarded', () => {
  const resources = dev.templates.edge?.Resources ?? {}
  const propertiesOf = ({ Ref }: Properties): Properties => (resources[Ref]?.Properties ?? {}) as Properties
  const run = createEdgeFunction(CODE)
  for (const { route, params, cachingParams = [] } of PUBLIC_PAGES) {
    const path = EXAMPLES[route] ?? ''
    const known = [...Object.keys(params), ...cachingParams]
    const { CachePolicyId, OriginRequestPolicyId, FunctionAssociations } = behaviorFor(dev, path)
    const { QueryStringsConfig: forwarded } = propertiesOf(OriginRequestPolicyId).OriginRequestPolicyConfig
    expect(forwarded, path).toEqual({ QueryStringBehavior: 'none' })
    const { QueryStringsConfig: keyed } =
      propertiesOf(CachePolicyId).CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin
    if (keyed.QueryStringBehavior === 'all') {
      expect(FunctionAssociations, path).toMatchObject([{ EventType: 'viewer-request' }])
      const sent = [...known, 'utm_source', 'constructor'].map(name => `${name}=1`).join('&')
      const { url } = run(new Request(`https://shop.example${path}?${sent}`))
      expect([...new URL(url).searchParams.keys()], path).toEqual(known.toSorted())
    } else expect(keyed.QueryStrings ?? [], path).toEqual(known)
    // CloudFront's limit for a list of names.
    expect(keyed.QueryStrings?.length ?? 0).toBeLessThanOrEqual(10)
  }
  const [[, edgeFunction] = []] = listResources(dev.templates.edge, 'AWS::CloudFront::Function')
  expect(edgeFunction).toMatchObject({
    FunctionCode: CODE,
    FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    AutoPublish: true,
  })
  expect(Buffer.byteLength(CODE)).toBeLessThan(MAX_CODE_BYTES)
})

test('the function at the edge splits a query as the page server does, and sends the rest beside the key', () => {
  const run = createEdgeFunction(CODE)
  const split = (path: string, headers = {}) => {
    const request = run(new Request(`https://shop.example${path}`, { headers }))
    return { url: request.url.slice('https://shop.example'.length), rest: request.headers.get(UNKEYED_QUERY) }
  }
  for (const [sent, url, rest] of [
    ['/?utm_source=a&gclid=b%20c', '/', 'utm_source=a&gclid=b%20c'],
    ['/search?utm=1&q=x+y&author=B&author=A&page=2', '/search?author=B&author=A&page=2&q=x+y', 'utm=1'],
    ['/search?q=b&q=a', '/search?q=b&q=a', null],
    ['/search?%71=x&%zz=1', '/search?%71=x', '%zz=1'],
    ['/_.data?_routes=routes%2Fhome&u=1', '/_.data?_routes=routes%2Fhome', 'u=1'],
    ['/search.data?_routes=root%2Cx1&q=a', '/search.data?q=a', null],
    ['/search?_routes=x', '/search', '_routes=x'],
    [`/?u=${'x'.repeat(2_000)}`, '/', null],
    ['/aboutx?u=1', '/aboutx?u=1', null],
  ] as const)
    expect([sent, split(sent)]).toEqual([sent, { url, rest }])
  // What a visitor sends in the header is not believed.
  for (const path of ['/search', '/aboutx'])
    expect(split(path, { [UNKEYED_QUERY]: 'q=evil' })).toEqual({ url: path, rest: null })
  for (const sent of [
    '/search?sort=title&q=a&u=1',
    '/category/a?page=2&category=b',
    '/books/a?page=2&utm_a=1',
  ]) {
    const here = pageAddress(new URL(sent, 'https://shop.example'))
    const there = split(sent)
    expect(pageAddress(new URL(there.url, 'https://shop.example'))?.path).toBe(here?.path)
    expect(there.rest).toBe(here?.unkeyed)
  }
})

test('closed for maintenance, the CDN answers pages and the API itself, and asks nobody', async () => {
  expect(isClosedIn(CODE)).toBe(false)
  const closed = withClosed(createViewerRequestCode('Tea & <Books>'), true)
  expect(isClosedIn(closed)).toBe(true)
  expect(Buffer.byteLength(closed)).toBeLessThan(MAX_CODE_BYTES)
  expect(withClosed(withClosed(CODE, true), false)).toBe(CODE)
  const ask = (path: string, method = 'GET') =>
    edgeResponse(closed, new Request(`https://shop.example${path}`, { method }))
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/books/tech-001?utm_source=a'],
    ['GET', '/cart.data'],
    ['POST', '/checkout'],
    ['GET', '/apiary'],
  ] as const) {
    const page = ask(path, method)
    expect(page?.status, path).toBe(503)
    expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const html = await page?.text()
    expect(html).toContain('<html lang="en">')
    expect(html).toMatch(/<title>[^<]+ \| Tea &amp; &lt;Books><\/title>/)
    expect(html).toContain('<h1>We’re dusting the shelves</h1>')
  }
  for (const [method, path] of [
    ['POST', '/api/orders'],
    ['GET', '/api/books'],
    ['GET', '/api'],
  ] as const) {
    const refused = ask(path, method)
    expect(Object.fromEntries(refused?.headers ?? [])).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '300',
      'cache-control': 'no-store',
    })
    const document = await refused?.json()
    expect(Problem.safeParse(document).success).toBe(true)
    expect(document).toMatchObject({ status: errorStatus.maintenance, code: 'maintenance' })
  }
  expect(ask('/api/health')).toBeUndefined()
  expect(
    edgeResponse(CODE, new Request('https://shop.example/api/orders', { method: 'POST' })),
  ).toBeUndefined()
  // Whatever may reach a function for a visitor can be closed; files of buckets, drawn covers and files of crawlers are left.
  for (const one of [configOf(two).DefaultCacheBehavior, ...configOf(two).CacheBehaviors] as Properties[])
    expect([one.PathPattern, one.FunctionAssociations !== undefined]).toEqual([
      one.PathPattern,
      !['Files', 'Covers'].includes(nameOf(one.CachePolicyId)),
    ])
})

test('errors are not rewritten, responses are compressed, and connections use HTTP/3 and TLS', () => {
  for (const made of [dev, two]) {
    const config = configOf(made)
    expect(config.CustomErrorResponses).toBeUndefined()
    expect(config.DefaultRootObject).toBeUndefined()
    expect(config.HttpVersion).toBe('http2and3')
    for (const one of [config.DefaultCacheBehavior, ...config.CacheBehaviors] as Properties[]) {
      expect(one).toMatchObject({ Compress: true, ViewerProtocolPolicy: 'redirect-to-https' })
      expect(one.ResponseHeadersPolicyId).toBeDefined()
    }
  }
  expect(configOf(two).ViewerCertificate).toMatchObject({ MinimumProtocolVersion: 'TLSv1.2_2021' })
})

test('the gateway receives the visitor’s IP address but not the Host; only the CDN adds the secret, which no template contains', () => {
  expect(FORWARDED_HEADERS.length).toBeLessThanOrEqual(10)
  const known = FORWARDED_HEADERS.map(name => name.toLowerCase())
  const read = ENDPOINTS.flatMap(({ headers }: Endpoint) => Object.keys(headers?.shape ?? {}))
  expect(read).toContain('idempotency-key')
  for (const name of [...read, 'origin', 'sec-fetch-site', 'user-agent', 'content-type'])
    expect(known, name).toContain(name.toLowerCase())
  const asked = listResources(dev.templates.edge, 'AWS::CloudFront::OriginRequestPolicy').map(
    ([, { OriginRequestPolicyConfig }]) => OriginRequestPolicyConfig.HeadersConfig,
  )
  for (const { HeaderBehavior, Headers } of asked) {
    expect(HeaderBehavior).toBe('whitelist')
    expect(Headers).toContain('CloudFront-Viewer-Address')
    expect(Headers.map((name: string) => name.toLowerCase())).not.toContain('host')
  }
  const { Origins } = configOf(dev)
  const gateways = (Origins as Properties[]).filter(({ CustomOriginConfig }) => CustomOriginConfig)
  expect(gateways.length).toBeGreaterThan(0)
  for (const { CustomOriginConfig, OriginCustomHeaders } of gateways) {
    expect(CustomOriginConfig.OriginProtocolPolicy).toBe('https-only')
    expect(OriginCustomHeaders).toEqual([
      { HeaderName: 'X-Trusted-Proxy', HeaderValue: { Ref: 'ProxySecret' } },
    ])
  }
  const { Parameters } = dev.templates.edge as { Parameters?: Record<string, Properties> }
  expect(Parameters?.ProxySecret).toMatchObject({ NoEcho: true, MinLength: 32 })
  expect(Parameters?.ProxySecret?.Default).toBeUndefined()
})

test('buckets are read with origin access control', () => {
  const buckets = (configOf(dev).Origins as Properties[]).filter(({ S3OriginConfig }) => S3OriginConfig)
  expect(buckets).toHaveLength(2)
  for (const { OriginAccessControlId, S3OriginConfig } of buckets) {
    expect(OriginAccessControlId).toBeDefined()
    expect(S3OriginConfig.OriginAccessIdentity).toBe('')
  }
  // The CDN may list a bucket, so no visitor may reach its root or its parameters.
  const ids = buckets.map(({ Id }) => Id)
  const toBuckets = [configOf(dev).DefaultCacheBehavior, ...configOf(dev).CacheBehaviors].filter(
    ({ TargetOriginId }: Properties) => ids.includes(TargetOriginId),
  )
  expect(toBuckets).toHaveLength(3)
  for (const { PathPattern, CachePolicyId, OriginRequestPolicyId } of toBuckets as Properties[]) {
    expect(PathPattern).toMatch(/^\/[a-z]+[/.]\*$/)
    expect([nameOf(CachePolicyId), OriginRequestPolicyId]).toEqual(['Files', undefined])
  }
  for (const [, { OriginAccessControlConfig }] of listResources(
    dev.templates.edge,
    'AWS::CloudFront::OriginAccessControl',
  ))
    expect(OriginAccessControlConfig).toMatchObject({ SigningBehavior: 'always', SigningProtocol: 'sigv4' })
})

test('with a second Region, reads fail over and writes go to the active Region', () => {
  const groups = configOf(two).OriginGroups.Items as Properties[]
  const grouped = new Set(groups.map(({ Id }) => Id))
  for (const { FailoverCriteria } of groups)
    expect(FailoverCriteria.StatusCodes.Items).toEqual([500, 502, 503, 504])
  expect(grouped.has(behaviorFor(two, '/books/tech-001').TargetOriginId)).toBe(true)
  expect(grouped.has(behaviorFor(two, '/images/covers/x.webp').TargetOriginId)).toBe(true)
  // CloudFront does not allow origin groups for behaviors that accept writes.
  for (const one of [configOf(two).DefaultCacheBehavior, ...configOf(two).CacheBehaviors] as Properties[])
    if (one.AllowedMethods.includes('POST'))
      expect(grouped.has(one.TargetOriginId), one.PathPattern).toBe(false)
  const written = (made: Synthesized) => {
    const { TargetOriginId } = behaviorFor(made, '/api/orders')
    const origin = (configOf(made).Origins as Properties[]).find(({ Id }) => Id === TargetOriginId)
    return JSON.stringify(origin?.DomainName)
  }
  expect(written(two)).toContain('"CloudShelf-prod-store"')
  const after = synthesize({ stage: 'prod', ...FAILOVER_OPTIONS })
  expect(written(after)).toContain('"CloudShelf-prod-standby-store"')
  expect(listResources(after.templates.shop, 'AWS::Events::Rule')).toEqual([])
  expect(listResources(after.templates['standby-shop'], 'AWS::Events::Rule')).toHaveLength(3)
  expect(listResources(after.templates['standby-shop'], 'AWS::Lambda::EventSourceMapping')).toHaveLength(2)
})

test('the domain has a certificate in us-east-1, and the firewall has CloudFront scope', () => {
  expect(two.stacks.edge.region).toBe('us-east-1')
  expect(listResources(two.templates.edge, 'AWS::CertificateManager::Certificate')).toHaveLength(1)
  expect(
    listResources(two.templates.edge, 'AWS::Route53::RecordSet')
      .map(([, { Type }]) => Type)
      .sort(),
  ).toEqual(['A', 'AAAA'])
  expect(listResources(two.templates.edge, 'AWS::WAFv2::WebACL')[0]?.[1].Scope).toBe('CLOUDFRONT')
  expect(configOf(two).WebACLId).toBeDefined()
  expect(configOf(dev).WebACLId).toBeUndefined()
})

test('production has a firewall with rate limits by address, for all requests and for those that may write', () => {
  const rulesOf = (made: Synthesized): Properties[] =>
    listResources(made.templates.edge, 'AWS::WAFv2::WebACL').flatMap(([, { Rules }]) => Rules)
  const rates = rulesOf(synthesize({ stage: 'prod' })).flatMap(({ Action, Statement }) =>
    Statement.RateBasedStatement ? [{ Action, ...Statement.RateBasedStatement }] : [],
  )
  expect(rates.map(({ Limit, AggregateKeyType }) => [Limit, AggregateKeyType])).toEqual([
    [2_000, 'IP'],
    [600, 'IP'],
  ])
  expect(JSON.stringify(rates[1].ScopeDownStatement)).toMatch(/NotStatement.*"GET".*"HEAD"/)
  for (const { Action } of rates) expect(Action.Block.CustomResponse.ResponseCode).toBe(429)
  expect(JSON.stringify(configOf(synthesize({ stage: 'prod' })).WebACLId)).toContain('Firewall')
  for (const said of [{ stage: 'prod', waf: 'false' }, { stage: 'staging' }, { stage: 'dev' }])
    expect(rulesOf(synthesize(said))).toEqual([])
  // Events hold what shoppers have typed, and come from few addresses: only the limit of all requests is for them.
  const scopes = rulesOf(two).map(
    ({ Statement: { RateBasedStatement: rate, ManagedRuleGroupStatement: own } }) =>
      JSON.stringify((rate ?? own).ScopeDownStatement ?? ''),
  )
  expect(scopes.map(one => one.includes('"SearchString":"/api/payments/events/"'))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(scopes[1]).toMatch(/AndStatement.*NotStatement.*"GET".*"HEAD".*NotStatement.*UriPath/)
})

test('an event of a payment provider reaches the active Region with its signature, and is never cached', () => {
  const { AllowedMethods, CachePolicyId, OriginRequestPolicyId } = behaviorFor(
    two,
    '/api/payments/events/stripe',
  )
  expect(AllowedMethods).toContain('POST')
  expect(nameOf(CachePolicyId)).toBe('Own')
  expect(nameOf(OriginRequestPolicyId)).toBe('WithCookies')
  const [, { OriginRequestPolicyConfig } = {}] =
    listResources(two.templates.edge, 'AWS::CloudFront::OriginRequestPolicy').find(([id]) =>
      id.startsWith('WithCookies'),
    ) ?? []
  expect(OriginRequestPolicyConfig.HeadersConfig.Headers).toContain('Stripe-Signature')
})

test('HSTS binds the shop’s own host, and those below it only where that is asked for', () => {
  const hstsOf = (made: Synthesized): Properties =>
    listResources(made.templates.edge, 'AWS::CloudFront::ResponseHeadersPolicy')[0]?.[1]
      .ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity
  expect(hstsOf(dev)).toMatchObject({ IncludeSubdomains: false, Override: false })
  const asked = synthesize({ stage: 'dev', hstsSubdomains: 'true' })
  expect(hstsOf(asked)).toMatchObject({ IncludeSubdomains: true, Override: true })
})

test('the recorded options are ASCII, and are read as they were given', () => {
  const { templates } = synthesize({ stage: 'dev', shopName: 'Bücherei 本 📚' })
  const { Value } =
    (templates.edge as unknown as { Outputs: Record<string, { Value: string }> }).Outputs.Options ?? {}
  expect(Value).toMatch(/^[ -~]+$/)
  expect(parseRecordedOptions(Value)?.shopName).toBe('Bücherei 本 📚')
})
