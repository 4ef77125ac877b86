/** Shop stack, which a release changes: functions, routes, triggers, alarms and rollout. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { TableId } from '#src/tables/definitions.ts'
import type { Data } from '../data/data.ts'
import type { Edge } from '../edge/edge.ts'
import { addInputs } from '../inputs.ts'
import type { Options } from '../settings/options.ts'
import type { Stage } from '../settings/stage.ts'
import type { Store } from '../store/store.ts'
import { createTopic } from './alarm.ts'
import { createAlarms } from './alarms.ts'
import { addBucketPolicy } from './bucket-policies.ts'
import { createUserPool } from './cognito.ts'
import { createDashboard } from './dashboard.ts'
import { type CodeFolders, createFunctions } from './functions.ts'
import { createKeysQueue } from './keys-queue.ts'
import { createConfigurationSet, createMailIdentity } from './mail.ts'
import { createRollout } from './rollout.ts'
import { createRoutes } from './routes.ts'
import { createTriggers } from './triggers.ts'

export type ShopProps = StackProps & {
  readonly stage: Stage
  readonly options: Options
  readonly store: Store
  readonly edge: Edge
  readonly code: CodeFolders
  /** Stream ARNs of this Region's tables; undefined in the standby Region, whose functions have no triggers. */
  readonly streamArn: ((table: TableId) => string | undefined) | undefined
  /** PostgreSQL in this Region, with the option `reports`, and the streams of the tables that it follows, whichever Region is active. */
  readonly data: Data | undefined
  readonly followedStreamArn: ((table: TableId) => string | undefined) | undefined
  /** Only the first Region has the user pool and the dashboard. */
  readonly isFirst: boolean
}

export class Shop extends Stack {
  constructor(scope: Construct, id: string, props: ShopProps) {
    const { stage, options, store, edge, code, streamArn, data, followedStreamArn, isFirst, ...stack } = props
    super(scope, id, stack)
    const { blobs, assets } = store.buckets
    const { publicUrl, distributionArn } = edge
    const apiId = store.api.ref
    const name = `${stage.prefix}cloudshelf`
    addBucketPolicy(this, 'BlobsPolicy', blobs, { readable: 'images/*', distributionArn })
    addBucketPolicy(this, 'AssetsPolicy', assets, { readable: '*', distributionArn })
    const hasIdentity = isFirst ? options.mailIdentity : options.secondMailIdentity
    if (options.mailFrom) createConfigurationSet(this, stage)
    if (options.mailFrom && hasIdentity === 'new') createMailIdentity(this, options.mailFrom, options)
    const cognito =
      options.cognito && isFirst
        ? createUserPool(this, { name, prefix: `${stage.prefix}${options.cognito}`, publicUrl, stage })
        : undefined
    const paths = options.cdnPaths ?? stage.cdnPaths
    const keysQueue = createKeysQueue(this, options.reports)
    // Replication reads the streams too.
    const handsOn = options.secondRegion !== undefined && streamArn !== undefined && data !== undefined
    const functionProps = {
      stage,
      options,
      code,
      blobs,
      region: this.region,
      publicUrl,
      apiUrl: `https://${store.apiHost}`,
      bucketName: blobs.bucketName,
      cognito,
      // What the Region that is not active answers after a failover may be behind by what is still to be replicated.
      cdn: streamArn && paths > 0 ? { distributionId: edge.distribution.distributionId, paths } : undefined,
      data,
      keysQueue: keysQueue?.queue.queueUrl,
      handsOn,
    }
    const functions = createFunctions(this, functionProps)
    createRoutes(this, apiId, functions, stage)
    const deadLetters = createTriggers(this, functions, {
      streamArn,
      followedStreamArn,
      keysQueue,
      handOn: handsOn ? { stage, isStarting: options.reports === 'live' } : undefined,
    })
    if (stage.isMonitored) {
      const alarms = createAlarms(this, {
        functions,
        deadLetters,
        keysQueue,
        apiId,
        topic: createTopic(this, options.alarmEmail),
        stage,
        options,
        isActive: streamArn !== undefined,
        replica: isFirst ? options.secondRegion : options.region,
      })
      if (isFirst) createDashboard(this, name, stage, functions, apiId)
      if (stage.hasStagedRollout) createRollout(this, name, functions, alarms, functionProps)
    }
    addInputs(this)
    if (keysQueue) new CfnOutput(this, 'KeysQueue', { value: keysQueue.queue.queueUrl })
    new CfnOutput(this, 'Gateway', { value: `https://${store.apiHost}` })
  }
}
