/** What a deployment would delete or replace, found by comparing the templates with those that are deployed. */
import type { Resource, TemplateJson } from '../standing-costs.ts'

/** Resources that come and go with releases, and whose loss loses nothing. */
const PASSING = new Set([
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::CDK::Metadata',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCEndpoint',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
])

/** Properties whose change makes CloudFormation create the resource anew and delete the old one. */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::CertificateManager::Certificate': ['DomainName', 'DomainValidationOptions', 'ValidationMethod'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::CodeDeploy::Application': ['ApplicationName'],
  'AWS::Cognito::UserPool': ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
  'AWS::Cognito::UserPoolClient': ['GenerateSecret', 'UserPoolId'],
  'AWS::Cognito::UserPoolDomain': ['Domain', 'UserPoolId'],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::RDS::DBCluster': [
    'DatabaseName',
    'DBClusterIdentifier',
    'DBSubnetGroupName',
    'Engine',
    'KmsKeyId',
    'MasterUsername',
    'StorageEncrypted',
  ],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'Name', 'Type'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SES::EmailIdentity': ['EmailIdentity'],
  'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'TopicArn'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::WAFv2::WebACL': ['Name', 'Scope'],
}

const isKept = (resource: Resource): boolean => /^Retain/.test(String(resource.DeletionPolicy))

/** Whether a resource of the same id is created anew. */
const isReplaced = (old: Resource, next: Resource): boolean =>
  old.Type !== next.Type ||
  (REPLACING[old.Type] ?? []).some(
    name => JSON.stringify(old.Properties?.[name]) !== JSON.stringify(next.Properties?.[name]),
  )

const regionsOf = ({ Properties }: Resource): string[] =>
  ((Properties?.Replicas ?? []) as { Region?: unknown }[]).map(({ Region }) => String(Region))

/** Regions in which a table would lose its replica. */
const lostReplicas = (old: Resource, next: Resource): string[] =>
  regionsOf(old).filter(region => !regionsOf(next).includes(region))

/** Lists in words what of a deployed stack would go; nothing if the stack is not deployed. */
export const listLosses = (
  stack: string,
  { Resources: old = {} }: TemplateJson = {},
  { Resources: next = {} }: TemplateJson = {},
): string[] =>
  Object.entries(old).flatMap(([id, resource]) => {
    if (PASSING.has(resource.Type)) return []
    const what = `${resource.Type} ${id} of ${stack}`
    const left = next[id]
    const fate = isKept(resource) ? 'would leave its stack, and is kept' : 'would be deleted'
    if (!left) return [`${what} ${fate}`]
    if (isReplaced(resource, left)) return [`${what} would be replaced by a new one; the old one ${fate}`]
    return lostReplicas(resource, left).map(region => `${what} would lose its replica in ${region}`)
  })
