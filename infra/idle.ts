/** What a deployed shop costs each month while nobody comes: its resources with a standing charge, counted from the templates. */

/** What is paid for by the month for being there. Prices stand in data/aws-prices.json. */
export const chargedKinds = ['alarm-metric', 'dashboard', 'custom-metric', 'waf-acl', 'waf-rule'] as const
export type ChargedKind = (typeof chargedKinds)[number]
export type Charge = { readonly kind: ChargedKind; readonly count: number; readonly what: string }

export type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
export type TemplateJson = { readonly Resources?: Readonly<Record<string, Resource>> }

/** What costs nothing while it is not used, or, as storage does, by what lies in it. Whatever is neither here nor counted below is not known. */
const free = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SES::EmailIdentity',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
])

/** Settings of what is free that make it cost by the hour. */
const paidSettings: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Alias': ['ProvisionedConcurrencyConfig'],
  'AWS::Lambda::Version': ['ProvisionedConcurrencyConfig'],
  'AWS::ApiGatewayV2::Api': ['VpcConfig'],
}

/** Something in a template costs, or may cost, by the month, and nobody has said what. */
export class UnpricedError extends Error {}

const rulesOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** Metrics that functions write by themselves, unless they are told not to: src/core/metrics.ts names them. */
const metricsOf = (resource: Resource, names: number): number => {
  const { Variables } = (resource.Properties?.Environment ?? {}) as { Variables?: Record<string, unknown> }
  return Variables?.POWERTOOLS_METRICS_DISABLED === 'true' ? 0 : names
}

const chargesOf = (id: string, resource: Resource, metricNames: number): Charge[] => {
  const { Type, Properties = {} } = resource
  if (Type === 'AWS::CloudWatch::Alarm') {
    const metrics = rulesOf(
      (Properties.Metrics as { MetricStat?: unknown }[] | undefined)?.filter(one => one.MetricStat),
    )
    return [{ kind: 'alarm-metric', count: Math.max(1, metrics), what: id }]
  }
  if (Type === 'AWS::CloudWatch::Dashboard') return [{ kind: 'dashboard', count: 1, what: id }]
  if (Type === 'AWS::WAFv2::WebACL')
    return [
      { kind: 'waf-acl', count: 1, what: id },
      { kind: 'waf-rule', count: rulesOf(Properties.Rules), what: id },
    ]
  if (Type === 'AWS::Lambda::Function') {
    const count = metricsOf(resource, metricNames)
    return count > 0 ? [{ kind: 'custom-metric', count, what: id }] : []
  }
  if (!free.has(Type))
    throw new UnpricedError(`nobody has said what ${id}, a ${Type}, costs while it is idle`)
  const paid = paidSettings[Type]?.find(name => name in Properties)
  if (paid) throw new UnpricedError(`${paid} of ${id} costs by the hour`)
  return []
}

/**
 * The standing charges in these templates. `metricNames` is how many metrics of its own a function may write: each counts as
 * one, which is the most that it can be. Throws UnpricedError for a resource that is neither known to be free nor priced.
 */
export const standingCharges = (templates: readonly TemplateJson[], metricNames: number): Charge[] =>
  templates.flatMap(({ Resources = {} }) =>
    Object.entries(Resources).flatMap(([id, resource]) => chargesOf(id, resource, metricNames)),
  )
