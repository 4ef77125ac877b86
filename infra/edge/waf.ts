/** Firewall before the CDN, on in production: rate limits by IP address, and AWS-managed rules. */
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import { ENDPOINT_GROUPS } from '#src/composition/endpoints.ts'

/** Requests per IP address in five minutes; a page causes about six. Many customers may share an address. */
const MAX_REQUESTS = 2_000
/** Those of them that may write: forms, carts, checkout, sign-in. */
const MAX_WRITES = 600

const createVisibility = (metricName: string) => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
})

const createManagedRule = (
  name: string,
  priority: number,
  scopeDownStatement?: CfnWebACL.StatementProperty,
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ...(scopeDownStatement ? { scopeDownStatement } : {}),
    },
  },
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

/** Paths of the events of payment providers, which prove themselves by a signature. */
const [{ path: EVENT_PATH }] = ENDPOINT_GROUPS.paymentEvents
const EVENTS = EVENT_PATH.replace(/\{.*/, '')

const not = (statement: CfnWebACL.StatementProperty): CfnWebACL.StatementProperty => ({
  notStatement: { statement },
})

const isEvent: CfnWebACL.StatementProperty = {
  byteMatchStatement: {
    searchString: EVENTS,
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'STARTS_WITH',
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
}

/**
 * Creates the firewall and returns its ARN. It keeps one address from using up what all visitors share: the gateway's throttling and
 * the account's concurrency. Rate limits for sign-in and checkout are the shop's own. With `hasEvents`, events of payment providers,
 * which come from few addresses and hold what shoppers have typed, are only bound by the limit of all requests.
 */
export const createFirewall = (scope: Construct, name: string, hasEvents: boolean): string => {
  const writes = not({ orStatement: { statements: READS.map(isMethod) } })
  return new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: createVisibility(name),
    rules: [
      createRateRule('Flood', 0, MAX_REQUESTS),
      createRateRule(
        'Writes',
        1,
        MAX_WRITES,
        hasEvents ? { andStatement: { statements: [writes, not(isEvent)] } } : writes,
      ),
      createManagedRule('AWSManagedRulesAmazonIpReputationList', 2, hasEvents ? not(isEvent) : undefined),
      createManagedRule('AWSManagedRulesKnownBadInputsRuleSet', 3, hasEvents ? not(isEvent) : undefined),
    ],
  }).attrArn
}
