/** Triggers of functions besides the gateway: table streams and schedules, with dead-letter queues. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import {
  FUNCTIONS,
  type FunctionDefinition,
  type FunctionId,
  SEARCH_TERMS,
  type Trigger,
} from '#src/lambda/functions.ts'
import type { TableId } from '#src/tables/definitions.ts'
import { getReportsConsumerName, type Stage } from '../settings/stage.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'
import type { KeysQueue } from './keys-queue.ts'
import { invokeStatement } from './permissions.ts'

export type DeadLetters = Readonly<Partial<Record<FunctionId, Queue>>>

type Stream = Extract<Trigger, { kind: 'stream' }>

const createDeadLetterQueue = (scope: Construct, id: string): Queue =>
  new Queue(scope, `${id}DeadLetters`, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  })

/** How long a batch that fails is tried again: a mail and an index are too late then, a copy never is. */
const GIVEN_UP = { retryAttempts: 5, maxRecordAge: Duration.hours(6) }
const KEPT = { retryAttempts: 10_000, maxRecordAge: Duration.hours(23) }

const addStream = (
  scope: Construct,
  id: string,
  { lambda, live }: DeployedFunction,
  trigger: Stream & { readonly filters: readonly object[] },
  arn: string,
  deadLetters: Queue,
): void => {
  lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [arn],
    }),
  )
  // Lambda requires it, and IAM offers no narrower resource.
  lambda.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }))
  const { seconds, records } = trigger.batching ?? { seconds: 1, records: 100 }
  const mapping = new EventSourceMapping(scope, id, {
    target: live as IFunction,
    eventSourceArn: arn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: records,
    maxBatchingWindow: Duration.seconds(seconds),
    ...(trigger.parallelBatches ? { parallelizationFactor: trigger.parallelBatches } : {}),
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    ...(trigger.isKept ? KEPT : GIVEN_UP),
    onFailure: new SqsDlq(deadLetters),
    ...(trigger.filters.length > 0
      ? { filters: trigger.filters.map(filter => FilterCriteria.filter({ ...filter })) }
      : {}),
  })
  // Lambda checks the permission when the mapping is created.
  if (lambda.role) mapping.node.addDependency(lambda.role)
}

const addSchedule = (
  scope: Construct,
  { definition, live }: DeployedFunction,
  minutes: number,
  deadLetters: Queue,
): void => {
  live.configureAsyncInvoke({
    retryAttempts: 1,
    maxEventAge: Duration.minutes(Math.min(minutes, 60)),
    onFailure: new SqsDestination(deadLetters),
  })
  const rule = new Rule(scope, `${definition.id}Clock`, {
    schedule: Schedule.rate(Duration.minutes(minutes)),
    description: `Schedule of ${definition.id}`,
  })
  rule.addTarget(new Target(live as IFunction, { retryAttempts: 1, deadLetterQueue: deadLetters }))
}

/** Empties the queue of captured keys. A failed run loses nothing, and the next one begins with the same keys. */
const addDrain = (
  scope: Construct,
  { lambda, live }: DeployedFunction,
  { queue, schedule }: KeysQueue,
  deadLetters: Queue,
): void => {
  lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    }),
  )
  live.configureAsyncInvoke({
    retryAttempts: 0,
    maxEventAge: Duration.minutes(10),
    onFailure: new SqsDestination(deadLetters),
  })
  const rule = new Rule(scope, 'KeysClock', { schedule, description: 'Brings PostgreSQL up to date' })
  rule.addTarget(new Target(live as IFunction, { retryAttempts: 1, deadLetterQueue: deadLetters }))
}

const isHandingOn = ({ handsOn }: FunctionDefinition): boolean => handsOn === true
const tableOf = (trigger: Trigger): readonly TableId[] => (trigger.kind === 'stream' ? [trigger.table] : [])

const grantHandOn = (
  { lambda }: DeployedFunction,
  { queue }: KeysQueue,
  { stage, isStarting }: NonNullable<TriggerSources['handOn']>,
): void => {
  lambda.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }))
  if (isStarting) lambda.addToRolePolicy(invokeStatement(Stack.of(lambda), getReportsConsumerName(stage)))
}

type StreamArn = (table: TableId) => string | undefined

export type TriggerSources = {
  /** Streams of this Region; undefined in the standby Region, where nothing is triggered but what follows its own replicas. */
  readonly streamArn: StreamArn | undefined
  /** Streams that are followed in each Region, for the option `reports`. */
  readonly followedStreamArn: StreamArn | undefined
  readonly keysQueue: KeysQueue | undefined
  /** Given where functions that read a stream hand its keys on; `isStarting`: and start ReportsConsumer. */
  readonly handOn: { readonly stage: Stage; readonly isStarting: boolean } | undefined
}

/** The functions of a stream return undefined for tables whose stream triggers nothing in this Region. */
export const createTriggers = (
  scope: Construct,
  functions: DeployedFunctions,
  { streamArn, followedStreamArn, keysQueue, handOn }: TriggerSources,
): DeadLetters => {
  const deadLetters: Partial<Record<FunctionId, Queue>> = {}
  const handedOn = handOn
    ? FUNCTIONS.filter(isHandingOn).flatMap(({ triggers }) => triggers.flatMap(tableOf))
    : []
  for (const [id, deployed] of Object.entries(functions) as [FunctionId, DeployedFunction][]) {
    const { triggers } = deployed.definition
    const arnOf = deployed.definition.option === 'reports' ? followedStreamArn : streamArn
    if (triggers.length === 0 || !arnOf) continue
    const queue = createDeadLetterQueue(scope, id)
    deadLetters[id] = queue
    if (id === 'ReportsConsumer' && keysQueue) addDrain(scope, deployed, keysQueue, queue)
    const isHanding = handOn !== undefined && isHandingOn(deployed.definition)
    if (isHanding && keysQueue) grantHandOn(deployed, keysQueue, handOn)
    for (const trigger of triggers) {
      if (trigger.kind === 'schedule') addSchedule(scope, deployed, trigger.everyMinutes, queue)
      else if (id !== 'ReportsConsumer' || !handedOn.includes(trigger.table)) {
        const arn = arnOf(trigger.table)
        // One stream of a function had no table in its id.
        const of = triggers.filter(({ kind }) => kind === 'stream').length > 1 ? trigger.table : ''
        const filters = trigger.filter ? [trigger.filter, ...(isHanding ? [SEARCH_TERMS] : [])] : []
        if (arn) addStream(scope, `${id}Stream${of}`, deployed, { ...trigger, filters }, arn, queue)
      }
    }
  }
  return deadLetters
}
