/** Standing charges of a deployed shop: resources that cost something while idle, counted from the templates. */
import type { MetricName } from '#src/core/log/metrics.ts'
import { type FunctionId, findFunction } from '#src/lambda/functions.ts'

/** A monthly charge, by the id of its price in data/aws-prices.json. */
export type Charge = {
  readonly price:
    | 'cloudwatch-alarm'
    | 'cloudwatch-dashboard'
    | 'cloudwatch-custom-metric'
    | 'waf-web-acl'
    | 'waf-rule'
    | 'secrets-manager-secret'
    | 'vpc-interface-endpoint'
    | 'ec2-t4g-nano'
    | 'ebs-gp3'
  readonly count: number
  readonly what: string
}

/** Custom metrics of each function, besides the server errors that functions with routes count. */
const PUBLISHED_METRICS: Readonly<Partial<Record<FunctionId, readonly MetricName[]>>> = {
  OrderProcess: ['OrdersPlaced', 'Revenue'],
  Sweeper: ['OutboxAge', 'OrderGap'],
  BookCatalog: ['IndexAge'],
}

/** What functions count of payments by a provider besides. Those of failures are charged for the hours in which they are counted. */
const PAYMENT_METRICS: typeof PUBLISHED_METRICS = {
  PaymentEvents: ['OrdersPlaced', 'Revenue'],
  Sweeper: ['OrdersPlaced', 'Revenue'],
}

export type Resource = {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}
export type TemplateJson = {
  readonly Resources?: Readonly<Record<string, Resource>>
  readonly Parameters?: Readonly<Record<string, unknown>>
}

/** Resource types without a standing charge. Types that are neither here nor priced below are rejected. */
const FREE_TYPES = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::DynamoDB::GlobalTable',
  'AWS::EC2::InstanceConnectEndpoint',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::Events::Rule',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::EmailIdentity',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
])

/** Properties that make a free type cost by the hour. */
const PAID_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Alias': ['ProvisionedConcurrencyConfig'],
  'AWS::Lambda::Version': ['ProvisionedConcurrencyConfig'],
  'AWS::ApiGatewayV2::Api': ['VpcConfig'],
}

/** A resource that may have a standing charge and has no price. */
export class UnpricedError extends Error {}

const countItems = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** Number of custom metrics that a function publishes. */
const countMetrics = ({ Properties = {} }: Resource): number => {
  const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> }
  if (Variables.POWERTOOLS_METRICS_DISABLED === 'true') return 0
  const id = String(Variables.POWERTOOLS_SERVICE_NAME).replace(/^[a-z]+-/, '') as FunctionId
  const answers = findFunction(id).otherRoutes.length > 0
  // Without ORDER_HOURS the time without orders is not measured.
  const published = (PUBLISHED_METRICS[id] ?? []).filter(
    name => name !== 'OrderGap' || 'ORDER_HOURS' in Variables,
  )
  const isPaidOnline = String(Variables.PAYMENT_METHODS).includes('stripe')
  const ofPayments = isPaidOnline ? (PAYMENT_METRICS[id] ?? []) : []
  return published.length + ofPayments.length + (answers ? 1 : 0)
}

/** A cluster that pauses costs nothing while it is idle, except its secret; so do its instances without a size. */
const databaseCharges = (id: string, { Type, Properties = {} }: Resource): Charge[] => {
  const isPausing =
    Type === 'AWS::RDS::DBCluster'
      ? (Properties.ServerlessV2ScalingConfiguration as { MinCapacity?: number } | undefined)?.MinCapacity ===
        0
      : Properties.DBInstanceClass === 'db.serverless'
  if (!isPausing) throw new UnpricedError(`${id} (${Type}) costs by the hour`)
  return Properties.ManageMasterUserPassword === true
    ? [{ price: 'secrets-manager-secret', count: 1, what: id }]
    : []
}

const endpointCharges = (id: string, { Properties = {} }: Resource): Charge[] =>
  Properties.VpcEndpointType === 'Interface'
    ? [{ price: 'vpc-interface-endpoint', count: countItems(Properties.SubnetIds), what: id }]
    : []

type Disk = { readonly Ebs?: { readonly VolumeSize?: number; readonly VolumeType?: string } }

const instanceCharges = (id: string, { Properties = {} }: Resource): Charge[] => {
  const disks = (Properties.BlockDeviceMappings ?? []) as readonly Disk[]
  if (Properties.InstanceType !== 't4g.nano' || disks.some(({ Ebs }) => Ebs?.VolumeType !== 'gp3'))
    throw new UnpricedError(`no price is known for ${id} (AWS::EC2::Instance)`)
  const gigabytes = disks.reduce((sum, { Ebs }) => sum + (Ebs?.VolumeSize ?? 0), 0)
  return [
    { price: 'ec2-t4g-nano', count: 1, what: id },
    { price: 'ebs-gp3', count: gigabytes, what: id },
  ]
}

const findCharges = (id: string, resource: Resource): Charge[] => {
  const { Type, Properties = {} } = resource
  if (Type === 'AWS::CloudWatch::Alarm') {
    const metrics = countItems(
      (Properties.Metrics as { MetricStat?: unknown }[] | undefined)?.filter(one => one.MetricStat),
    )
    return [{ price: 'cloudwatch-alarm', count: Math.max(1, metrics), what: id }]
  }
  if (Type === 'AWS::Logs::MetricFilter')
    return [
      { price: 'cloudwatch-custom-metric', count: countItems(Properties.MetricTransformations), what: id },
    ]
  if (Type === 'AWS::CloudWatch::Dashboard') return [{ price: 'cloudwatch-dashboard', count: 1, what: id }]
  if (Type === 'AWS::WAFv2::WebACL')
    return [
      { price: 'waf-web-acl', count: 1, what: id },
      { price: 'waf-rule', count: countItems(Properties.Rules), what: id },
    ]
  if (Type === 'AWS::Lambda::Function') {
    const count = countMetrics(resource)
    return count > 0 ? [{ price: 'cloudwatch-custom-metric', count, what: id }] : []
  }
  if (Type === 'AWS::RDS::DBCluster' || Type === 'AWS::RDS::DBInstance') return databaseCharges(id, resource)
  if (Type === 'AWS::EC2::VPCEndpoint') return endpointCharges(id, resource)
  if (Type === 'AWS::EC2::Instance') return instanceCharges(id, resource)
  if (!FREE_TYPES.has(Type)) throw new UnpricedError(`no price is known for ${id} (${Type}) while it is idle`)
  const paid = PAID_SETTINGS[Type]?.find(name => name in Properties)
  if (paid) throw new UnpricedError(`${paid} of ${id} costs by the hour`)
  return []
}

/**
 * Lists the standing charges of templates; an alarm is charged per metric. Throws UnpricedError for a resource that is neither known
 * to be free nor priced.
 */
export const listCharges = (templates: readonly TemplateJson[]): Charge[] =>
  templates.flatMap(({ Resources = {} }) =>
    Object.entries(Resources).flatMap(([id, resource]) => findCharges(id, resource)),
  )
