/** CDK's feature flags in cdk.json: each one that concerns a service in use has a value, so that an update of CDK changes no name. */
import { FLAGS } from 'aws-cdk-lib/cx-api'
import { expect, test } from 'vitest'
import { readFeatureFlags } from '../../test/stacks.ts'

const IN_USE =
  /^@aws-cdk\/(aws-(apigatewayv2|cloudfront|cloudwatch-actions|codedeploy|dynamodb|events|iam|lambda|s3|sns-subscriptions)|cognito|core|custom-?resources):/
/** Flags of the first version, which the second refuses, and those of constructs that the stacks do not use. */
const WITHOUT_EFFECT = new Set([
  '@aws-cdk/core:enableStackNameDuplicates',
  '@aws-cdk/core:newStyleStackSynthesis',
  '@aws-cdk/core:stackRelativeExports',
  '@aws-cdk/aws-s3:grantWriteWithoutAcl',
  '@aws-cdk/core:cfnIncludeRejectComplexResourceUpdateCreatePolicyIntrinsics',
])

test('each feature flag of a service in use is decided, and there are no unknown ones', () => {
  const decided = readFeatureFlags()
  const known = Object.keys(FLAGS)
  expect(known.length).toBeGreaterThan(80)
  expect(Object.keys(decided).filter(name => !known.includes(name))).toEqual([])
  expect(known.filter(name => IN_USE.test(name) && !WITHOUT_EFFECT.has(name) && !(name in decided))).toEqual(
    [],
  )
})

test('flags have the value that CDK recommends, except that nothing is reported to anybody, and warnings once', () => {
  const others = Object.entries(readFeatureFlags()).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(FLAGS[name]?.recommendedValue),
  )
  expect(others).toEqual([
    ['@aws-cdk/core:annotationsInValidationReport', false],
    ['@aws-cdk/core:enableAdditionalMetadataCollection', false],
  ])
})
