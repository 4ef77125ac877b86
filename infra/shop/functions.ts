/** Lambda functions of src/lambda/functions.ts, each with its own role, log group and live alias. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { FUNCTION_MEMORY } from '#src/catalog/index/index-memory.ts'
import {
  type BundleId,
  FUNCTIONS,
  type FunctionDefinition,
  type FunctionId,
  OPTIONAL_FUNCTIONS,
  type OptionalFunctionId,
} from '#src/lambda/functions.ts'
import type { Data } from '../data/data.ts'
import type { FunctionPlace } from '../data/network.ts'
import { takesStripe } from '../settings/payments.ts'
import { LIVE } from '../settings/stage.ts'
import { createEnvironment, type FunctionContext } from './environment.ts'
import { grantPermissions } from './permissions.ts'

/** Code folder of each function, ready to upload. */
export type CodeFolders = Readonly<Record<BundleId, string>>

export type DeployedFunction = {
  readonly definition: FunctionDefinition
  readonly lambda: LambdaFunction
  readonly version: IVersion
  /** Alias that all callers use: the live version, or two versions during a rollout. */
  readonly live: Alias
}
/** Optional functions are not in every shop. */
export type DeployedFunctions = Readonly<
  Record<Exclude<FunctionId, OptionalFunctionId>, DeployedFunction> &
    Partial<Record<OptionalFunctionId, DeployedFunction>>
>

type Size = { readonly memory: number; readonly seconds: number }

/**
 * CPU scales with memory: rendering, password hashing and index loading get more. The gateway waits at most 30 seconds; a large index is
 * built from the table within minutes. The option `memory` overrides it.
 */
const SIZES: Readonly<Record<FunctionId, Size>> = {
  BookCatalog: { memory: FUNCTION_MEMORY, seconds: 25 },
  ShoppingCart: { memory: 512, seconds: 15 },
  UserAccounts: { memory: 1024, seconds: 15 },
  OrderProcess: { memory: 512, seconds: 20 },
  Pages: { memory: 1024, seconds: 28 },
  IndexConsumer: { memory: FUNCTION_MEMORY, seconds: 600 },
  OutboxConsumer: { memory: 512, seconds: 120 },
  Sweeper: { memory: 512, seconds: 240 },
  ReportsConsumer: { memory: 512, seconds: 600 },
  // It waits for CloudFront most of the time.
  CdnPurger: { memory: 256, seconds: 300 },
  PaymentEvents: { memory: 512, seconds: 20 },
}

export type FunctionProps = FunctionContext & {
  readonly code: CodeFolders
  readonly blobs: Bucket
  /** PostgreSQL, with the option `reports`. */
  readonly data: Data | undefined
}

/** The role of a function, with exactly the permissions of its definition. */
export const createRole = (
  scope: Construct,
  definition: FunctionDefinition,
  log: LogGroup,
  props: FunctionProps,
): Role => {
  const role = new Role(scope, `${definition.id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Permissions of ${definition.id}`,
  })
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [log.logGroupArn],
    }),
  )
  const { stage, blobs, options, data, cdn } = props
  if (isInNetwork(definition.id, props)) role.addToPolicy(createNetworkStatement())
  const database = data?.database
  grantPermissions(role, definition, { stage, blobs, options, database, cdn })
  return role
}

export const createLogGroup = (scope: Construct, id: BundleId, { stage }: FunctionProps): LogGroup =>
  new LogGroup(scope, `${id}Log`, {
    logGroupName: `/aws/lambda/${stage.prefix}${id}`,
    retention: stage.logDays,
    // Its name is fixed: one that is left behind would be in the way of the next deployment.
    removalPolicy: RemovalPolicy.DESTROY,
  })

/** Only what writes to PostgreSQL can be inside its network. */
const isInNetwork = (id: string, { data }: Pick<FunctionProps, 'data'>): boolean =>
  id === 'ReportsConsumer' && data?.functionPlace !== undefined

/** What Lambda needs of the role of a function inside a network. */
const createNetworkStatement = (): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  })

/** Properties of a function inside a network. */
const placeSettings = (place: FunctionPlace | undefined) =>
  place && {
    vpc: place.vpc,
    vpcSubnets: { subnets: [place.subnet] },
    securityGroups: [place.group],
  }

/** Runtime, handler and log of every function. */
export const COMMON = {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  handler: 'index.handler',
  loggingFormat: LoggingFormat.JSON,
  applicationLogLevelV2: ApplicationLogLevel.INFO,
  systemLogLevelV2: SystemLogLevel.WARN,
}

const createFunction = (
  scope: Construct,
  definition: FunctionDefinition,
  id: FunctionId,
  props: FunctionProps,
): DeployedFunction => {
  const { stage, options } = props
  const { memory, seconds } = SIZES[id]
  const functionName = `${stage.prefix}${id}`
  const logGroup = createLogGroup(scope, id, props)
  const reserved = options.reserved[id]
  const lambda = new LambdaFunction(scope, id, {
    functionName,
    ...COMMON,
    code: Code.fromAsset(props.code[id]),
    role: createRole(scope, definition, logGroup, props),
    memorySize: options.memory[id] ?? memory,
    timeout: Duration.seconds(seconds),
    environment: createEnvironment(definition, { ...props, database: props.data?.database }),
    ...(isInNetwork(id, props) ? placeSettings(props.data?.functionPlace) : {}),
    logGroup,
    // Keeps capacity for other functions during a flood; new accounts start with ten concurrent executions in total.
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    // Old versions are kept for rollbacks. The version of an update that is rolled back is deleted: Lambda publishes no version that
    // equals the last one, so that the same release could not be deployed again.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
  })
  // CDK's types conflict with exactOptionalPropertyTypes wherever one of its classes is passed as its interface.
  const version = lambda.currentVersion as IVersion
  const live = new Alias(scope, `${id}Live`, { aliasName: LIVE, version })
  return { definition, lambda, version, live }
}

/** Whether the option of a function is on. */
const isOn = ({ option }: FunctionDefinition, { cdn, data, options }: FunctionProps): boolean =>
  (option === 'cdnPaths' && cdn !== undefined) ||
  (option === 'reports' && data !== undefined) ||
  (option === 'stripe' && takesStripe(options))

export const createFunctions = (scope: Construct, props: FunctionProps): DeployedFunctions =>
  Object.fromEntries(
    [...FUNCTIONS, ...OPTIONAL_FUNCTIONS.filter(one => isOn(one, props))].map(one => [
      one.id,
      createFunction(scope, one, one.id, props),
    ]),
  ) as DeployedFunctions

/** Functions that make orders of payments, and find out what became of these: with a payment provider three, otherwise one. */
export const paymentFunctions = ({
  OrderProcess,
  PaymentEvents,
  Sweeper,
}: DeployedFunctions): DeployedFunction[] =>
  PaymentEvents ? [OrderProcess, PaymentEvents, Sweeper] : [OrderProcess]
