/** One CloudWatch alarm, and the topic by which alarms are sent by email. */
import { Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/** Alarm when the metric exceeds `threshold` in `datapoints[0]` of the last `datapoints[1]` periods. */
export type AlarmDefinition = {
  readonly metric: IMetric
  readonly threshold: number
  readonly datapoints?: readonly [number, number]
  readonly description: string
}

/** The topic of the alarms of this stack's account and Region, with its subscriber. */
export const createTopic = (scope: Construct, email: string | undefined): Topic => {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true, displayName: 'CloudShelf' })
  // `enforceSSL` replaces the topic's default policy, by which CloudWatch could publish.
  const { account, region, partition } = Stack.of(scope)
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    }),
  )
  if (email) topic.addSubscription(new EmailSubscription(email))
  return topic
}

/** Creates an alarm with this id in a stack. */
export type Watch = (id: string, definition: AlarmDefinition) => Alarm

/** Creates an alarm that sends a mail when it goes off and when it is over. */
export const createAlarm = (
  scope: Construct,
  id: string,
  topic: Topic,
  { metric, threshold, datapoints: [most, last] = [1, 1], description }: AlarmDefinition,
): Alarm => {
  const made = new Alarm(scope, id, {
    metric,
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: most,
    evaluationPeriods: last,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: description,
  })
  made.addAlarmAction(new SnsAction(topic))
  made.addOkAction(new SnsAction(topic))
  return made
}
