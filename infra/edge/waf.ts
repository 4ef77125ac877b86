/** Optional firewall before the CDN, for shops under attack: request floods and AWS-managed rules. */
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'

/** Requests per IP address in five minutes; a page causes about six. */
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

/** Creates the firewall and returns its ARN. It limits costs; rate limits for sign-in and checkout are the shop's own. */
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
