/** The functions of src/lambda/functions.ts: each with a role, a log and a name of its own, called by what is live. */
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
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { type FunctionDefinition, type FunctionId, functions } from '#src/lambda/functions.ts'
import { createEnvironment, type FunctionContext } from './environment.ts'
import { grantPermissions } from './permissions.ts'

/** The folder of each function's code, ready to be uploaded. */
export type CodeFolders = Readonly<Record<FunctionId, string>>

export type DeployedFunction = {
  readonly definition: FunctionDefinition
  readonly lambda: LambdaFunction
  /** What everything calls: the version that is live, or two of them while one rolls out. */
  readonly live: Alias
}
export type DeployedFunctions = Readonly<Record<FunctionId, DeployedFunction>>

type Size = { readonly memory: number; readonly seconds: number }

/** CPU comes with memory: what renders, hashes passwords or loads the index gets more. The gateway waits for 30 seconds at most. */
const SIZES: Readonly<Record<FunctionId, Size>> = {
  BookCatalog: { memory: 1024, seconds: 25 },
  ShoppingCart: { memory: 512, seconds: 15 },
  UserAccounts: { memory: 1024, seconds: 15 },
  OrderProcess: { memory: 512, seconds: 20 },
  Pages: { memory: 1024, seconds: 28 },
  IndexConsumer: { memory: 1024, seconds: 120 },
  OutboxConsumer: { memory: 512, seconds: 120 },
  Sweeper: { memory: 512, seconds: 240 },
}

export type FunctionProps = FunctionContext & { readonly code: CodeFolders; readonly blobs: Bucket }

const createRole = (
  scope: Construct,
  definition: FunctionDefinition,
  log: LogGroup,
  props: FunctionProps,
): Role => {
  const role = new Role(scope, `${definition.id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${definition.id} may do`,
  })
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [log.logGroupArn],
    }),
  )
  const { stage, blobs, options } = props
  grantPermissions(role, definition, { stage, blobs, mailFrom: options.mailFrom })
  return role
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
  const logGroup = new LogGroup(scope, `${id}Log`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: stage.logDays,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
  const reserved = options.reserved[id]
  const lambda = new LambdaFunction(scope, id, {
    functionName,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(props.code[id]),
    role: createRole(scope, definition, logGroup, props),
    memorySize: memory,
    timeout: Duration.seconds(seconds),
    environment: createEnvironment(definition, props),
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.WARN,
    tracing: Tracing.ACTIVE,
    // A flood of one kind of call then leaves room for the others; accounts begin with ten copies of all functions together.
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    // What is live can be gone back to.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
  })
  // CDK's own types do not agree with exactOptionalPropertyTypes, here and wherever else one of its classes is given as its interface.
  const version = lambda.currentVersion as IVersion
  const live = new Alias(scope, `${id}Live`, { aliasName: 'live', version })
  return { definition, lambda, live }
}

export const createFunctions = (scope: Construct, props: FunctionProps): DeployedFunctions =>
  Object.fromEntries(functions.map(one => [one.id, createFunction(scope, one, one.id, props)])) as Record<
    FunctionId,
    DeployedFunction
  >
