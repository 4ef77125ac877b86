/** What the CDN keeps, what it hands on, and what it adds: all by our own Cache-Control, with nothing of its own opinion. */
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

/**
 * What the shop reads of a request, beside cookies. A list, for the gateway must not see the visitor's Host, and CloudFront adds
 * its own headers to lists alone; it may have ten names.
 */
export const FORWARDED_HEADERS = [
  'CloudFront-Viewer-Address',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'Origin',
  'Sec-Fetch-Site',
  'User-Agent',
]

const YEAR = Duration.days(365)
const NOTHING = Duration.seconds(0)

export type Policies = ReturnType<typeof createPolicies>

/** `name` comes before the names of the policies, which are an account's. */
export const createPolicies = (scope: Construct, name: string) => ({
  /** The same bytes for everyone, for as long as they say of themselves. */
  shared: new CachePolicy(scope, 'Kept', {
    cachePolicyName: `${name}-kept`,
    minTtl: NOTHING,
    defaultTtl: NOTHING,
    maxTtl: YEAR,
    cookieBehavior: CacheCookieBehavior.none(),
    headerBehavior: CacheHeaderBehavior.none(),
    queryStringBehavior: CacheQueryStringBehavior.all(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  }),
  /**
   * Says no-store of itself, and is not kept. CloudFront keeps failures (500, 502, 503, 504) for ten seconds all the same: by
   * cookie, so that nobody is shown another's.
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
  /** Files: what stands behind the question mark is nothing to them. */
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
  /** What nobody sees, nobody can be shown: public pages are made without the visitor's cookies. */
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
  /** For what comes from buckets, and for errors of the CDN: pages and API say more of themselves, and keep their own word. */
  headers: new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: `${name}-headers`,
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: {
        accessControlMaxAge: YEAR,
        includeSubdomains: true,
        override: false,
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
