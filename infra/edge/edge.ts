/** Edge stack with the CDN, in us-east-1, where certificates and firewalls of CloudFront must be. */
import { CfnOutput, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachedMethods,
  type CachePolicy,
  Distribution,
  FunctionEventType,
  HttpVersion,
  type IFunctionRef,
  type IOrigin,
  OriginProtocolPolicy,
  type OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { DEFAULT_SHOP_NAME } from '#src/core/shop-profile.ts'
import { addInputs } from '../inputs.ts'
import type { Options } from '../settings/options.ts'
import { takesStripe } from '../settings/payments.ts'
import { formatRecordedOptions } from '../settings/recorded-options.ts'
import type { Stage } from '../settings/stage.ts'
import { createAlarm, createTopic } from '../shop/alarm.ts'
import { cdnMetric, rateWhereMany } from '../shop/metrics.ts'
import type { Store } from '../store/store.ts'
import { createBudget } from './budget.ts'
import { createAliasRecords, createCertificate, findZone } from './domain.ts'
import {
  ASSET_PATTERNS,
  COVER_PATTERNS,
  IMAGE_PATTERNS,
  listApiPatterns,
  PUBLIC_PAGE_PATTERNS,
  SITE_FILE_PATTERNS,
} from './path-patterns.ts'
import { createPolicies, type Policies } from './policies.ts'
import { createViewerRequest } from './viewer-request.ts'
import { createFirewall } from './waf.ts'

export type EdgeProps = StackProps & {
  readonly stage: Stage
  readonly options: Options
  readonly first: Store
  readonly second?: Store | undefined
}

/** Origin in one Region, or in two with failover to the second. Only reads can fail over. */
type Origin = { readonly read: IOrigin; readonly write: IOrigin }

/** Longer than any function timeout, so that the function's own response arrives. */
const ORIGIN_TIMEOUT = Duration.seconds(30)
const FAILOVER_STATUSES = [500, 502, 503, 504]

const combineOrigins = (first: IOrigin, second: IOrigin | undefined, active: Options['active']): Origin => {
  if (!second) return { read: first, write: first }
  const [primary, fallback] = active === 'first' ? [first, second] : [second, first]
  return {
    read: new OriginGroup({
      primaryOrigin: primary,
      fallbackOrigin: fallback,
      fallbackStatusCodes: FAILOVER_STATUSES,
    }),
    write: primary,
  }
}

export class Edge extends Stack {
  readonly distribution: Distribution
  /** `https://…` without a trailing slash. */
  readonly publicUrl: string

  constructor(scope: Construct, id: string, { stage, options, first, second, ...stack }: EdgeProps) {
    super(scope, id, stack)
    const name = `${stage.prefix}cloudshelf`
    const secret = new CfnParameter(this, 'ProxySecret', {
      noEcho: true,
      minLength: 32,
      description: 'Secret header value that authenticates CloudFront to API Gateway (SSM parameter "proxy")',
    })
    const api = (store: Store): IOrigin =>
      new HttpOrigin(store.apiHost, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        readTimeout: ORIGIN_TIMEOUT,
        customHeaders: { 'X-Trusted-Proxy': secret.valueAsString },
      })
    const bucket = (store: Store, which: 'blobs' | 'assets'): IOrigin => {
      const { bucketName, bucketRegionalDomainName } = store.buckets[which]
      const id = `${which}${store === first ? '' : 'Second'}`
      // Referenced by name: the bucket policy names this distribution and is in the shop stack (shop/bucket-policies.ts).
      return S3BucketOrigin.withOriginAccessControl(
        Bucket.fromBucketAttributes(this, id, { bucketName, bucketRegionalDomainName }),
      )
    }
    const both = (of: (store: Store) => IOrigin): Origin =>
      combineOrigins(of(first), second && of(second), options.active)

    const policies = createPolicies(this, name, options.hstsSubdomains)
    const zone = findZone(this, options)
    const certificate = createCertificate(this, options, zone)
    const behaviors = createBehaviors(
      policies,
      createViewerRequest(this, stage, options.shopName ?? DEFAULT_SHOP_NAME),
      {
        api: both(api),
        assets: both(store => bucket(store, 'assets')),
        images: both(store => bucket(store, 'blobs')),
      },
    )
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${name}: pages, API, pictures`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(options.domain && certificate
        ? {
            domainNames: [options.domain],
            certificate,
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
      ...((options.waf ?? stage.hasFirewall)
        ? { webAclId: createFirewall(this, name, takesStripe(options)) }
        : {}),
      ...behaviors,
    })
    this.publicUrl = `https://${options.domain ?? this.distribution.distributionDomainName}`
    if (zone && options.domain) createAliasRecords(this, this.distribution, zone, options.domain)
    if (stage.isMonitored) this.#watch(options.alarmEmail)
    if (options.alarmEmail) createBudget(this, name, Number(options.monthlyBill), options.alarmEmail)
    addInputs(this)
    new CfnOutput(this, 'Options', { value: formatRecordedOptions(options) })
    new CfnOutput(this, 'Address', { value: this.publicUrl })
    new CfnOutput(this, 'CdnName', { value: this.distribution.distributionDomainName })
  }

  /** CloudFront's metrics are in this Region, so their alarm is too. */
  #watch(alarmEmail: string | undefined): void {
    const { distributionId } = this.distribution
    createAlarm(this, 'CdnErrors', createTopic(this, alarmEmail), {
      metric: rateWhereMany(
        '% of 5xx',
        cdnMetric(distributionId, '5xxErrorRate', Stats.AVERAGE),
        cdnMetric(distributionId, 'Requests', Stats.SUM),
        50,
      ),
      threshold: 5,
      datapoints: [2, 3],
      description:
        'More than 5 % of the responses of the CDN are 5xx, those of the buckets included. See docs/operations.md, "CDN".',
    })
  }

  /** ARN of the distribution, for bucket policies in any Region. */
  get distributionArn(): string {
    return Fn.join('', [
      'arn:',
      this.partition,
      ':cloudfront::',
      this.account,
      ':distribution/',
      this.distribution.distributionId,
    ])
  }
}

type Behaviors = Readonly<{
  defaultBehavior: BehaviorOptions
  additionalBehaviors: Readonly<Record<string, BehaviorOptions>>
}>

const createBehaviors = (
  policies: Policies,
  viewerRequest: IFunctionRef,
  { api, assets, images }: Readonly<Record<'api' | 'assets' | 'images', Origin>>,
): Behaviors => {
  const { headers, shared, personal, covers, files } = policies
  const { withCookies, withoutCookies, withKeyedQuery } = policies
  const behavior = (
    origin: IOrigin,
    cachePolicy: CachePolicy,
    more: Partial<BehaviorOptions>,
  ): BehaviorOptions => ({
    origin,
    cachePolicy,
    responseHeadersPolicy: headers,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    compress: true,
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
    cachedMethods: CachedMethods.CACHE_GET_HEAD,
    ...more,
  })
  const functionAssociations = [{ eventType: FunctionEventType.VIEWER_REQUEST, function: viewerRequest }]
  const ask = (originRequestPolicy: OriginRequestPolicy, allowedMethods: AllowedMethods) => ({
    originRequestPolicy,
    allowedMethods,
  })
  // What is asked of the shop's functions for a visitor; drawn covers and files of crawlers are left as they are.
  const closable = (policy: OriginRequestPolicy, methods: AllowedMethods) => ({
    ...ask(policy, methods),
    functionAssociations,
  })
  const read = behavior(api.read, shared, closable(withoutCookies, AllowedMethods.ALLOW_GET_HEAD))
  const readAndWrite = behavior(api.write, shared, closable(withCookies, AllowedMethods.ALLOW_ALL))
  const everythingElse = behavior(api.write, personal, closable(withCookies, AllowedMethods.ALLOW_ALL))
  const page = behavior(api.read, shared, closable(withKeyedQuery, AllowedMethods.ALLOW_GET_HEAD))
  const cover = behavior(api.read, covers, ask(withKeyedQuery, AllowedMethods.ALLOW_GET_HEAD))
  const siteFile = behavior(api.read, files, ask(withKeyedQuery, AllowedMethods.ALLOW_GET_HEAD))
  const assign = (patterns: readonly string[], to: BehaviorOptions) =>
    patterns.map((pattern): [string, BehaviorOptions] => [pattern, to])
  const entries: [string, BehaviorOptions][] = [
    ...listApiPatterns().map(({ pattern, isCacheable, isWritable }): [string, BehaviorOptions] => [
      pattern,
      isCacheable ? (isWritable ? readAndWrite : read) : everythingElse,
    ]),
    ...assign(ASSET_PATTERNS, behavior(assets.read, files, {})),
    ...assign(IMAGE_PATTERNS, behavior(images.read, files, {})),
    ...assign(PUBLIC_PAGE_PATTERNS, page),
    ...assign(COVER_PATTERNS, cover),
    ...assign(SITE_FILE_PATTERNS, siteFile),
  ]
  return { defaultBehavior: everythingElse, additionalBehaviors: Object.fromEntries(entries) }
}
