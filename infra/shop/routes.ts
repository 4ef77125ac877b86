/** The gateway's routes: one for each endpoint of the shop, and the few besides that src/lambda/functions.ts names. */
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Endpoint } from '#src/http/endpoint.ts'
import { routeKeyOf } from '#src/lambda/functions.ts'
import type { Stage } from '../settings/stage.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'

type Throttle = { readonly ThrottlingRateLimit: number; readonly ThrottlingBurstLimit: number }
const createThrottle = (perSecond: number, atOnce: number): Throttle => ({
  ThrottlingRateLimit: perSecond,
  ThrottlingBurstLimit: atOnce,
})

/**
 * For all visitors together: what keeps a flood from the bill, and browsing from starving checkout. What one visitor may do is
 * the shop's own affair (http/rate-limits.ts). What is answered from memory gets most; what hashes passwords or sends mail, least.
 */
const chooseThrottle = ({ cache, limits, method }: Endpoint): Throttle => {
  if (cache === 'public') return createThrottle(100, 200)
  if (limits && limits.length > 0) return createThrottle(10, 20)
  return method === 'GET' ? createThrottle(50, 100) : createThrottle(25, 50)
}
const DEFAULT_THROTTLE = createThrottle(50, 100)
const PAGE_THROTTLE = createThrottle(100, 200)

/** A route key as part of a construct's name. */
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
    // Of these the account's one policy for deliveries need not name each.
    logGroupName: `/aws/vendedlogs/${stage.prefix}cloudshelf`,
    retention: stage.logDays,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })

/** Enough to find a request in the functions' logs; no address, no query: who bought or searched what is nobody's. */
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
    for (const one of endpoints) add(routeKeyOf(one), chooseThrottle(one))
    for (const key of otherRoutes) add(key, key === '$default' ? PAGE_THROTTLE : DEFAULT_THROTTLE)
  }
  const deployed = new CfnStage(scope, 'Stage', {
    apiId,
    stageName: '$default',
    autoDeploy: true,
    defaultRouteSettings: {
      throttlingRateLimit: DEFAULT_THROTTLE.ThrottlingRateLimit,
      throttlingBurstLimit: DEFAULT_THROTTLE.ThrottlingBurstLimit,
    },
    routeSettings: settings,
    accessLogSettings: { destinationArn: createAccessLog(scope, stage).logGroupArn, format: LOG_FORMAT },
  })
  // The gateway refuses settings of routes that it does not have yet.
  for (const route of routes) deployed.addResourceDependency(route)
  return deployed
}
