/** A firewall before the CDN, for shops that are being attacked: one network's flood, and what AWS knows to be bad. */
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'

/** Of one address, in five minutes: a page is about six requests. */
const REQUESTS = 2_000

const visible = (metricName: string) => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
})

const managed = (name: string, priority: number): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
  visibilityConfig: visible(name),
})

/** Its ARN. The limits that matter for guessing and buying are the shop's own; this keeps floods from its bill. */
export const firewallOf = (scope: Construct, name: string): string =>
  new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: visible(name),
    rules: [
      {
        name: 'Flood',
        priority: 0,
        action: { block: {} },
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', limit: REQUESTS, evaluationWindowSec: 300 },
        },
        visibilityConfig: visible('Flood'),
      },
      managed('AWSManagedRulesAmazonIpReputationList', 1),
      managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
    ],
  }).attrArn
