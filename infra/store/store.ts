/** Store stack, which outlives releases: tables, buckets, and the gateway that CDN and functions both refer to. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { FunctionDefinition } from '#src/lambda/functions.ts'
import type { TableId } from '#src/tables/definitions.ts'
import type { Stage } from '../settings/stage.ts'
import { type Buckets, createBuckets } from './buckets.ts'
import { createTables } from './tables.ts'

export type StoreProps = StackProps & {
  readonly stage: Stage
  /** Tables are created in the first Region; the second has replicas. */
  readonly hasTables: boolean
  readonly replica?: string | undefined
  /** Bucket to which images are replicated. */
  readonly copyTo?: Bucket | undefined
  readonly isCopied: boolean
  /** Functions that the streams of the tables may trigger. */
  readonly functions?: readonly FunctionDefinition[]
}

export class Store extends Stack {
  readonly buckets: Buckets
  readonly api: CfnApi
  /** Host of API Gateway; its functions accept requests only from the CDN. */
  readonly apiHost: string
  readonly tables: Readonly<Record<TableId, TableV2>> | undefined

  constructor(scope: Construct, id: string, props: StoreProps) {
    const { stage, hasTables, replica, copyTo, isCopied, functions = [], ...stack } = props
    super(scope, id, stack)
    this.tables = hasTables ? createTables(this, { stage, replica, functions }) : undefined
    this.buckets = createBuckets(this, stage, { isCopied, copyTo })
    // No CORS: pages and API share one origin, and scripts of other sites have no access.
    this.api = new CfnApi(this, 'Api', {
      name: `${stage.prefix}cloudshelf`,
      protocolType: 'HTTP',
      description: 'CloudShelf, behind its CDN',
    })
    this.apiHost = `${this.api.ref}.execute-api.${this.region}.${this.urlSuffix}`
    new CfnOutput(this, 'AssetsBucket', { value: this.buckets.assets.bucketName })
    new CfnOutput(this, 'BlobsBucket', { value: this.buckets.blobs.bucketName })
  }
}
