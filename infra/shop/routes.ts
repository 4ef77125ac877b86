/** Gateway routes: one per endpoint, and the additional ones of src/lambda/functions.ts. */
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Endpoint } from '#src/http/endpoint.ts'
import { routeKey } from '#src/lambda/functions.ts'
import type { Stage } from '../settings/stage.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'
import { tooManyRequestsMetric } from './metrics.ts'

type Throttle = { readonly ThrottlingRateLimit: number; readonly ThrottlingBurstLimit: number }
const createThrottle = (perSecond: number, atOnce: number): Throttle => ({
  ThrottlingRateLimit: perSecond,
  ThrottlingBurstLimit: atOnce,
})

/**
 * Throttling for all visitors together. It bounds what a runaway client can cost, and is what an account of 1,000 concurrent
 * executions can take: lower, and one visitor could close a route for all others. Limits by visitor are those of the firewall
 * (edge/waf.ts) and of http/rate-limits.ts. Endpoints answered from memory get the most; a checkout or a password takes a function
 * about a tenth of a second.
 */
const chooseThrottle = ({ cache, limits }: Endpoint): Throttle =>
  cache === 'public'
    ? createThrottle(1_000, 2_000)
    : limits && limits.length > 0
      ? createThrottle(200, 400)
      : DEFAULT_THROTTLE
const DEFAULT_THROTTLE = createThrottle(500, 1_000)
const PAGE_THROTTLE = createThrottle(1_000, 2_000)

/** Converts a route key to a construct id. */
const toConstructId = (key: string): string => key.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')

const createIntegration = (
  scope: Construct,
  apiId: string,
  { definition, live }: DeployedFunction,
): string => {
  const { region, account, partition } = Stack.of(scope)
  live.addPermission('Gateway', {
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${apiId}/*/*`,
  })
  const { ref } = new CfnIntegration(scope, `${definition.id}Integration`, {
    apiId,
    integrationType: 'AWS_PROXY',
    integrationUri: live.functionArn,
    payloadFormatVersion: '2.0',
  })
  return `integrations/${ref}`
}

const createAccessLog = (scope: Construct, stage: Stage): LogGroup =>
  new LogGroup(scope, 'GatewayLog', {
    // With this prefix the log group needs no entry in the account's resource policy.
    logGroupName: `/aws/vendedlogs/${stage.prefix}cloudshelf`,
    retention: stage.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  })

/** Only the log knows why the gateway refused: its metric of 4xx responses includes every visitor's own mistakes. */
const countTooManyRequests = (scope: Construct, log: LogGroup, stage: Stage): void => {
  const metric = tooManyRequestsMetric(stage)
  new MetricFilter(scope, 'RefusedRequests', {
    logGroup: log,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricNamespace: metric.namespace,
    metricName: metric.metricName,
    metricValue: '1',
  })
}

/** Enough to find a request in the functions' logs; without IP address or query, to protect privacy. */
const LOG_FORMAT = JSON.stringify({
  time: '$context.requestTime',
  request_id: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  integration_milliseconds: '$context.integrationLatency',
  error: '$context.error.message',
})

export const createRoutes = (
  scope: Construct,
  apiId: string,
  functions: DeployedFunctions,
  stage: Stage,
): CfnStage => {
  const routes: CfnRoute[] = []
  const settings: Record<string, Throttle> = {}
  for (const deployed of Object.values(functions)) {
    const { endpoints, otherRoutes } = deployed.definition
    if (endpoints.length + otherRoutes.length === 0) continue
    const target = createIntegration(scope, apiId, deployed)
    const add = (routeKey: string, most: Throttle) => {
      routes.push(new CfnRoute(scope, `Route-${toConstructId(routeKey)}`, { apiId, routeKey, target }))
      settings[routeKey] = most
    }
    for (const one of endpoints) add(routeKey(one), chooseThrottle(one))
    for (const key of otherRoutes) add(key, key === '$default' ? PAGE_THROTTLE : DEFAULT_THROTTLE)
  }
  const log = createAccessLog(scope, stage)
  const deployed = new CfnStage(scope, 'Stage', {
    apiId,
    stageName: '$default',
    autoDeploy: true,
    defaultRouteSettings: {
      throttlingRateLimit: DEFAULT_THROTTLE.ThrottlingRateLimit,
      throttlingBurstLimit: DEFAULT_THROTTLE.ThrottlingBurstLimit,
    },
    routeSettings: settings,
    accessLogSettings: { destinationArn: log.logGroupArn, format: LOG_FORMAT },
  })
  if (stage.isMonitored) countTooManyRequests(scope, log, stage)
  // The gateway refuses settings of routes that do not exist yet.
  for (const route of routes) deployed.addResourceDependency(route)
  return deployed
}
