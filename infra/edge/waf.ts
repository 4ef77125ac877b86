/** Firewall before the CDN, on in production: rate limits by IP address, and AWS-managed rules. */
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'

/** Requests per IP address in five minutes; a page causes about six. Many customers may share an address. */
const MAX_REQUESTS = 2_000
/** Those of them that may write: forms, carts, checkout, sign-in. */
const MAX_WRITES = 600

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

const READS = ['GET', 'HEAD']

const createRateRule = (
  name: string,
  priority: number,
  limit: number,
  scopeDownStatement?: CfnWebACL.StatementProperty,
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: {
    rateBasedStatement: {
      aggregateKeyType: 'IP',
      limit,
      evaluationWindowSec: 300,
      ...(scopeDownStatement ? { scopeDownStatement } : {}),
    },
  },
  visibilityConfig: createVisibility(name),
})

const isMethod = (method: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    searchString: method,
    fieldToMatch: { method: {} },
    positionalConstraint: 'EXACTLY',
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
})

/**
 * Creates the firewall and returns its ARN. It keeps one address from using up what all visitors share: the gateway's throttling and
 * the account's concurrency. Rate limits for sign-in and checkout are the shop's own.
 */
export const createFirewall = (scope: Construct, name: string): string =>
  new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: createVisibility(name),
    rules: [
      createRateRule('Flood', 0, MAX_REQUESTS),
      createRateRule('Writes', 1, MAX_WRITES, {
        notStatement: { statement: { orStatement: { statements: READS.map(isMethod) } } },
      }),
      createManagedRule('AWSManagedRulesAmazonIpReputationList', 2),
      createManagedRule('AWSManagedRulesKnownBadInputsRuleSet', 3),
    ],
  }).attrArn
