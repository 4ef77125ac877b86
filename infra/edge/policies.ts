/** CDN policies: caching follows the shop's Cache-Control headers; request and response headers are listed here. */
import { Duration } from 'aws-cdk-lib'
import {
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import { COVER_PARAMS, UNKEYED_QUERY } from '#src/pages/public-pages.ts'

/**
 * Request headers that the shop reads, besides cookies. A list, because the gateway must not receive the visitor's Host and
 * CloudFront adds its own headers only to lists; at most ten names.
 */
export const FORWARDED_HEADERS = [
  'CloudFront-Viewer-Address',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'Origin',
  'Sec-Fetch-Site',
  'Stripe-Signature',
  'User-Agent',
]

const YEAR = Duration.days(365)
const NOTHING = Duration.seconds(0)

export type Policies = {
  readonly shared: CachePolicy
  readonly personal: CachePolicy
  readonly covers: CachePolicy
  readonly files: CachePolicy
  readonly withKeyedQuery: OriginRequestPolicy
  readonly withoutCookies: OriginRequestPolicy
  readonly withCookies: OriginRequestPolicy
  readonly headers: ResponseHeadersPolicy
}

const SHARED = {
  minTtl: NOTHING,
  defaultTtl: NOTHING,
  maxTtl: YEAR,
  cookieBehavior: CacheCookieBehavior.none(),
  headerBehavior: CacheHeaderBehavior.none(),
  enableAcceptEncodingBrotli: true,
  enableAcceptEncodingGzip: true,
}

/**
 * `name` prefixes the policy names, which are unique per account. With `hstsSubdomains`, HTTPS is required of every host below the
 * shop's; otherwise of its own host alone.
 */
export const createPolicies = (scope: Construct, name: string, hstsSubdomains: boolean): Policies => ({
  /**
   * Responses that are the same for everyone, cached as long as their headers say. The query of a page is what its function has
   * left of it (page-queries.ts); the API refuses parameters that it does not know, and refusals are not cached.
   */
  shared: new CachePolicy(scope, 'Kept', {
    ...SHARED,
    cachePolicyName: `${name}-kept`,
    queryStringBehavior: CacheQueryStringBehavior.all(),
  }),
  covers: new CachePolicy(scope, 'Covers', {
    ...SHARED,
    cachePolicyName: `${name}-covers`,
    queryStringBehavior: CacheQueryStringBehavior.allowList(...COVER_PARAMS),
  }),
  /**
   * Private responses are `no-store` and not cached. CloudFront still caches errors (500, 502, 503, 504) for ten seconds; cookies are
   * part of the cache key, so that no visitor gets another's.
   */
  personal: new CachePolicy(scope, 'Own', {
    cachePolicyName: `${name}-own`,
    minTtl: NOTHING,
    defaultTtl: NOTHING,
    maxTtl: Duration.seconds(1),
    cookieBehavior: CacheCookieBehavior.all(),
    headerBehavior: CacheHeaderBehavior.none(),
    queryStringBehavior: CacheQueryStringBehavior.all(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  }),
  /** Static files, cached regardless of the query string. */
  files: new CachePolicy(scope, 'Files', {
    cachePolicyName: `${name}-files`,
    minTtl: NOTHING,
    defaultTtl: Duration.days(1),
    maxTtl: YEAR,
    cookieBehavior: CacheCookieBehavior.none(),
    headerBehavior: CacheHeaderBehavior.none(),
    queryStringBehavior: CacheQueryStringBehavior.none(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  }),
  /** Public pages are requested without cookies, so that nothing personal can be cached, and with the query of the cache key alone. */
  withKeyedQuery: new OriginRequestPolicy(scope, 'WithKeyedQuery', {
    originRequestPolicyName: `${name}-with-keyed-query`,
    headerBehavior: OriginRequestHeaderBehavior.allowList(...FORWARDED_HEADERS, UNKEYED_QUERY),
    cookieBehavior: OriginRequestCookieBehavior.none(),
    queryStringBehavior: OriginRequestQueryStringBehavior.none(),
  }),
  withoutCookies: new OriginRequestPolicy(scope, 'WithoutCookies', {
    originRequestPolicyName: `${name}-without-cookies`,
    headerBehavior: OriginRequestHeaderBehavior.allowList(...FORWARDED_HEADERS),
    cookieBehavior: OriginRequestCookieBehavior.none(),
    queryStringBehavior: OriginRequestQueryStringBehavior.all(),
  }),
  withCookies: new OriginRequestPolicy(scope, 'WithCookies', {
    originRequestPolicyName: `${name}-with-cookies`,
    headerBehavior: OriginRequestHeaderBehavior.allowList(...FORWARDED_HEADERS),
    cookieBehavior: OriginRequestCookieBehavior.all(),
    queryStringBehavior: OriginRequestQueryStringBehavior.all(),
  }),
  /** For files from buckets and errors of the CDN; pages and API send stricter headers, which are kept. */
  headers: new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: `${name}-headers`,
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: {
        accessControlMaxAge: YEAR,
        includeSubdomains: hstsSubdomains,
        // Pages send their own, of the shop's host alone.
        override: hstsSubdomains,
      },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: false },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: false },
      contentSecurityPolicy: {
        contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        override: false,
      },
    },
  }),
})
