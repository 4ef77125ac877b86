/** Tests that cdk-nag and CloudFormation's schemas find nothing unsuppressed, and that no suppression is unused. */
import { App, CfnResource, Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { expect, test } from 'vitest'
import {
  ALL_OPTIONS,
  checkSuppressions,
  FAILOVER_OPTIONS,
  listViolations,
  REPORT_OPTIONS,
  SECOND_STREAMS,
  type StackOptions,
} from '../test/stacks.ts'

const stages: readonly [string, StackOptions][] = [
  ['dev', { stage: 'dev' }],
  ['staging with everything', { ...ALL_OPTIONS, ...REPORT_OPTIONS, ...SECOND_STREAMS, stage: 'staging' }],
  // As in a deployment, where the account is known.
  ['prod', { stage: 'prod', account: '123456789012' }],
  [
    'prod when the second Region has taken over',
    { ...FAILOVER_OPTIONS, stage: 'prod', account: '123456789012' },
  ],
]

const ruleOf = (finding: string): string => finding.replace(/[ [].*$/, '')

test('no finding of AwsSolutions, Serverless or CloudFormation is unsuppressed, and no suppression is unused', {
  timeout: 120_000,
}, () => {
  const found = new Set<string>()
  for (const [name, said] of stages) {
    const { unsaid, left } = checkSuppressions(said)
    expect(left, name).toEqual([])
    for (const one of unsaid) found.add(ruleOf(one))
  }
  // Findings that nag-suppressions.ts suppresses.
  expect([...found].sort()).toEqual([
    'AwsSolutions-APIG4',
    'AwsSolutions-CFR1',
    'AwsSolutions-CFR2',
    'AwsSolutions-CFR3',
    'AwsSolutions-CFR4',
    'AwsSolutions-COG2',
    'AwsSolutions-COG8',
    'AwsSolutions-EC28',
    'AwsSolutions-EC29',
    'AwsSolutions-IAM4',
    'AwsSolutions-IAM5',
    'AwsSolutions-RDS10',
    'AwsSolutions-RDS11',
    'AwsSolutions-S1',
    'AwsSolutions-S10',
    'AwsSolutions-SQS3',
    'AwsSolutions-VPC7',
    'Serverless-LambdaDLQ',
    'Serverless-LambdaTracing',
    'Serverless-SNSRedrivePolicy',
    'Serverless-SQSRedrivePolicy',
  ])
})

test('the rules find violations, and a synthesis rejects unknown properties', () => {
  const app = new App({ analyticsReporting: false })
  new Bucket(new Stack(app, 'Wrong'), 'Open')
  expect(listViolations(app)).toContain('AwsSolutions-S10 Wrong/Open/Resource')

  const misspelt = new App({
    analyticsReporting: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  })
  new CfnResource(new Stack(misspelt, 'Wrong'), 'Misspelt', {
    type: 'AWS::S3::Bucket',
    properties: { BucketNaem: 'x' },
  })
  expect(() => misspelt.synth()).toThrow(/BucketNaem/)
})
