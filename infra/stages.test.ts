/** Tests that two stages fit into one account and Region: nothing that must be unique there has the same name in both. */
import { expect, test } from 'vitest'
import { ALL_OPTIONS, listResources, REPORT_OPTIONS, type Synthesized, synthesize } from '../test/stacks.ts'

const prod = synthesize({ stage: 'prod', ...ALL_OPTIONS, ...REPORT_OPTIONS })
/** The same options, but for the domain: a shop has its own. The SES identity is the one that production created. */
const staging = synthesize({
  stage: 'staging',
  ...ALL_OPTIONS,
  ...REPORT_OPTIONS,
  domain: 'staging.shop.example',
  zoneName: 'shop.example',
  mailIdentity: 'existing',
  secondMailIdentity: 'existing',
})

/** Properties that name a resource, at most one level down: `FunctionName`, `CachePolicyConfig.Name`. */
const NAME = /^AWS::\w+::\w+(\.[A-Z]\w+)?\.([A-Z]\w*Name|Name|Domain|EmailIdentity)$/
/** Names that are unique within their role, function, gateway, application or pool, or not at all. */
const SHARED = [
  'AWS::ApiGatewayV2::Stage.StageName',
  'AWS::CloudWatch::Alarm.MetricName',
  'AWS::CodeDeploy::DeploymentGroup.DeploymentConfigName',
  'AWS::CodeDeploy::DeploymentGroup.DeploymentGroupName',
  'AWS::Cognito::UserPoolClient.ClientName',
  'AWS::DynamoDB::GlobalTable.TimeToLiveSpecification.AttributeName',
  'AWS::EC2::VPCEndpoint.ServiceName',
  'AWS::IAM::Policy.PolicyName',
  'AWS::Lambda::Alias.Name',
  'AWS::RDS::DBCluster.DBSubnetGroupName',
  'AWS::RDS::DBCluster.DatabaseName',
  'AWS::SNS::Topic.DisplayName',
]

/** Names of the resources in the templates, as `type.property name`. */
const namesIn = ({ templates }: Synthesized): Set<string> => {
  const found = new Set<string>()
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) walk(`${path}.${key}`, one)
    else if (NAME.test(path) && !SHARED.includes(path)) found.add(`${path} ${value}`)
  }
  for (const { Resources = {} } of Object.values(templates))
    for (const { Type, Properties } of Object.values(Resources)) walk(Type, Properties)
  return found
}

test('no name of a resource occurs in two stages, although their options are the same', () => {
  const [one, other] = [namesIn(prod), namesIn(staging)]
  for (const path of [
    'AWS::Budgets::Budget.Budget.BudgetName',
    'AWS::CloudFront::CachePolicy.CachePolicyConfig.Name',
    'AWS::CloudFront::Function.Name',
    'AWS::CloudFront::OriginAccessControl.OriginAccessControlConfig.Name',
    'AWS::CloudWatch::Dashboard.DashboardName',
    'AWS::CodeDeploy::Application.ApplicationName',
    'AWS::Cognito::UserPoolDomain.Domain',
    'AWS::DynamoDB::GlobalTable.TableName',
    'AWS::Lambda::Function.FunctionName',
    'AWS::Logs::LogGroup.LogGroupName',
    'AWS::SES::EmailIdentity.EmailIdentity',
    'AWS::WAFv2::WebACL.Name',
  ])
    expect([...one].join('\n')).toContain(`${path} `)
  expect([...one].filter(name => other.has(name))).toEqual([])
  expect([...other].filter(name => !/staging/i.test(name))).toEqual([])
})

test('metrics of a stage have its functions as their service, so that no alarm of another stage reads them', () => {
  for (const [, { FunctionName, Environment }] of listResources(
    staging.templates.shop,
    'AWS::Lambda::Function',
  ))
    expect(Environment.Variables.POWERTOOLS_SERVICE_NAME).toBe(FunctionName)
  const waiting = listResources(staging.templates.shop, 'AWS::CloudWatch::Alarm').find(
    ([, { MetricName }]) => MetricName === 'OutboxAge',
  )
  expect(waiting?.[1].Dimensions).toEqual([
    { Name: 'service', Value: { Ref: expect.stringMatching(/^Sweeper/) } },
  ])
})

test('the SES identity of a domain is created by one stage, used by others, and outlives its stack with its records', () => {
  for (const stack of ['shop', 'standby-shop']) {
    expect(listResources(staging.templates[stack], 'AWS::SES::EmailIdentity')).toEqual([])
    expect(listResources(staging.templates[stack], 'AWS::Route53::RecordSet')).toEqual([])
    const kept = Object.values(prod.templates[stack]?.Resources ?? {}).filter(({ Type }) =>
      /EmailIdentity|RecordSet/.test(Type),
    )
    expect(kept).toHaveLength(4)
    for (const one of kept) expect(one).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' })
  }
  const [, sweeper] = listResources(staging.templates.shop, 'AWS::Lambda::Function').find(([id]) =>
    id.startsWith('Sweeper'),
  ) ?? ['', {}]
  expect(sweeper.Environment.Variables.MAIL_FROM).toBe(ALL_OPTIONS.mailFrom)
})
