/** Triggers of functions besides the gateway: table streams and schedules, with dead-letter queues. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { FunctionId, Trigger } from '#src/lambda/functions.ts'
import type { TableId } from '#src/tables/definitions.ts'
import type { DeployedFunction, DeployedFunctions } from './functions.ts'

export type DeadLetters = Readonly<Partial<Record<FunctionId, Queue>>>

type Stream = Extract<Trigger, { kind: 'stream' }>

const createDeadLetterQueue = (scope: Construct, id: string): Queue =>
  new Queue(scope, `${id}DeadLetters`, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  })

const addStream = (
  scope: Construct,
  { definition, lambda, live }: DeployedFunction,
  trigger: Stream,
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
  const mapping = new EventSourceMapping(scope, `${definition.id}Stream`, {
    target: live as IFunction,
    eventSourceArn: arn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    maxBatchingWindow: Duration.seconds(1),
    ...(trigger.parallelBatches ? { parallelizationFactor: trigger.parallelBatches } : {}),
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 5,
    maxRecordAge: Duration.hours(6),
    onFailure: new SqsDlq(deadLetters),
    ...(trigger.filter ? { filters: [FilterCriteria.filter({ ...trigger.filter })] } : {}),
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

/** `streamArn` returns undefined for tables whose stream triggers nothing in this Region. */
export const createTriggers = (
  scope: Construct,
  functions: DeployedFunctions,
  streamArn: (table: TableId) => string | undefined,
): DeadLetters => {
  const deadLetters: Partial<Record<FunctionId, Queue>> = {}
  for (const [id, deployed] of Object.entries(functions) as [FunctionId, DeployedFunction][]) {
    const { triggers } = deployed.definition
    if (triggers.length === 0) continue
    const queue = createDeadLetterQueue(scope, id)
    deadLetters[id] = queue
    for (const trigger of triggers) {
      if (trigger.kind === 'schedule') addSchedule(scope, deployed, trigger.everyMinutes, queue)
      else {
        const arn = streamArn(trigger.table)
        if (arn) addStream(scope, deployed, trigger, arn, queue)
      }
    }
  }
  return deadLetters
}
