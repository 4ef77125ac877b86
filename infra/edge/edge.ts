/** The CDN before everything, in us-east-1, where CloudFront's certificates and firewalls have to be. */
import { CfnOutput, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachedMethods,
  type CachePolicy,
  Distribution,
  HttpVersion,
  type IOrigin,
  OriginProtocolPolicy,
  type OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'
import type { Stage } from '../settings/stage.ts'
import type { Store } from '../store/store.ts'
import { budgetOf } from './budget.ts'
import { certificateOf, leadTo, zoneOf } from './domain.ts'
import { apiPatterns, assetPatterns, imagePatterns, publicPages } from './path-patterns.ts'
import { createPolicies, type Policies } from './policies.ts'
import { firewallOf } from './waf.ts'

export type EdgeProps = StackProps & {
  readonly stage: Stage
  readonly options: Options
  readonly first: Store
  readonly second?: Store | undefined
}

/** An origin in one Region, or in two, of which the second is asked when the first fails. Only what is read can fail over. */
type Origin = { readonly read: IOrigin; readonly write: IOrigin }

/** Longer than a function may take, so that its own word arrives. */
const PATIENCE = Duration.seconds(30)
const FAILURES = [500, 502, 503, 504]

const together = (first: IOrigin, second: IOrigin | undefined, active: Options['active']): Origin => {
  if (!second) return { read: first, write: first }
  const [primary, fallback] = active === 'first' ? [first, second] : [second, first]
  return {
    read: new OriginGroup({
      primaryOrigin: primary,
      fallbackOrigin: fallback,
      fallbackStatusCodes: FAILURES,
    }),
    write: primary,
  }
}

export class Edge extends Stack {
  readonly distribution: Distribution
  /** `https://…`, without a slash at its end. */
  readonly publicUrl: string

  constructor(scope: Construct, id: string, { stage, options, first, second, ...stack }: EdgeProps) {
    super(scope, id, stack)
    const name = `${stage.prefix}cloudshelf`
    const secret = new CfnParameter(this, 'ProxySecret', {
      noEcho: true,
      minLength: 32,
      description: 'What CloudFront proves itself by to API Gateway: the parameter "proxy" of SSM',
    })
    const api = (store: Store): IOrigin =>
      new HttpOrigin(store.apiHost, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        readTimeout: PATIENCE,
        customHeaders: { 'X-Trusted-Proxy': secret.valueAsString },
      })
    const bucket = (store: Store, which: 'blobs' | 'assets'): IOrigin => {
      const { bucketName, bucketRegionalDomainName } = store.buckets[which]
      const id = `${which}${store === first ? '' : 'Second'}`
      // By its name alone: its policy names this distribution, and stands behind it (shop/bucket-policies.ts).
      return S3BucketOrigin.withOriginAccessControl(
        Bucket.fromBucketAttributes(this, id, { bucketName, bucketRegionalDomainName }),
      )
    }
    const both = (of: (store: Store) => IOrigin): Origin =>
      together(of(first), second && of(second), options.active)

    const policies = createPolicies(this, name)
    const zone = zoneOf(this, options)
    const certificate = certificateOf(this, options, zone)
    const behaviors = behaviorsOf(policies, {
      api: both(api),
      assets: both(store => bucket(store, 'assets')),
      images: both(store => bucket(store, 'blobs')),
    })
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
      ...(options.waf ? { webAclId: firewallOf(this, name) } : {}),
      ...behaviors,
    })
    this.publicUrl = `https://${options.domain ?? this.distribution.distributionDomainName}`
    if (zone && options.domain) leadTo(this, this.distribution, zone, options.domain)
    if (options.alarmEmail) budgetOf(this, name, Number(options.monthlyBill), options.alarmEmail)
    new CfnOutput(this, 'Address', { value: this.publicUrl })
    new CfnOutput(this, 'CdnName', { value: this.distribution.distributionDomainName })
  }

  /** The distribution's ARN, as policies of buckets in any Region name it. */
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

const behaviorsOf = (
  policies: Policies,
  { api, assets, images }: Readonly<Record<'api' | 'assets' | 'images', Origin>>,
): Behaviors => {
  const { headers, kept, own, files, withCookies, withoutCookies } = policies
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
  const ask = (originRequestPolicy: OriginRequestPolicy, allowedMethods: AllowedMethods) => ({
    originRequestPolicy,
    allowedMethods,
  })
  const read = behavior(api.read, kept, ask(withoutCookies, AllowedMethods.ALLOW_GET_HEAD))
  const readAndWrite = behavior(api.write, kept, ask(withCookies, AllowedMethods.ALLOW_ALL))
  const everythingElse = behavior(api.write, own, ask(withCookies, AllowedMethods.ALLOW_ALL))
  const entries: [string, BehaviorOptions][] = [
    ...apiPatterns().map(({ pattern, isKept, isWritten }): [string, BehaviorOptions] => [
      pattern,
      isKept ? (isWritten ? readAndWrite : read) : everythingElse,
    ]),
    ...assetPatterns.map((pattern): [string, BehaviorOptions] => [pattern, behavior(assets.read, files, {})]),
    ...imagePatterns.map((pattern): [string, BehaviorOptions] => [pattern, behavior(images.read, files, {})]),
    ...publicPages.map((pattern): [string, BehaviorOptions] => [pattern, read]),
  ]
  return { defaultBehavior: everythingElse, additionalBehaviors: Object.fromEntries(entries) }
}
