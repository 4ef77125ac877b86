/** A firewall before the CDN, for shops that are being attacked: one network's flood, and what AWS knows to be bad. */
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'

/** Of one address, in five minutes: a page is about six requests. */
const MAX_REQUESTS = 2_000

const createVisibility = (metricName: string) => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
})

const createManagedRule = (name: string, priority: number): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
  visibilityConfig: createVisibility(name),
})

/** Its ARN. The limits that matter for guessing and buying are the shop's own; this keeps floods from its bill. */
export const createFirewall = (scope: Construct, name: string): string =>
  new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: createVisibility(name),
    rules: [
      {
        name: 'Flood',
        priority: 0,
        action: { block: {} },
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', limit: MAX_REQUESTS, evaluationWindowSec: 300 },
        },
        visibilityConfig: createVisibility('Flood'),
      },
      createManagedRule('AWSManagedRulesAmazonIpReputationList', 1),
      createManagedRule('AWSManagedRulesKnownBadInputsRuleSet', 2),
    ],
  }).attrArn
