/** What outlives a release: tables, buckets, and the gateway's address, which the CDN and the functions need of each other. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { TableId } from '#src/tables/definitions.ts'
import type { Stage } from '../settings/stage.ts'
import { type Buckets, createBuckets } from './buckets.ts'
import { createTables } from './tables.ts'

export type StoreProps = StackProps & {
  readonly stage: Stage
  /** Tables are made in the first Region; the second has copies of them. */
  readonly hasTables: boolean
  readonly replica?: string | undefined
  /** Where pictures are copied to. */
  readonly copyTo?: Bucket | undefined
  readonly isCopied: boolean
}

export class Store extends Stack {
  readonly buckets: Buckets
  readonly api: CfnApi
  /** Where API Gateway answers; the CDN alone has what it takes to be answered. */
  readonly apiHost: string
  readonly tables: Readonly<Record<TableId, TableV2>> | undefined

  constructor(scope: Construct, id: string, props: StoreProps) {
    const { stage, hasTables, replica, copyTo, isCopied, ...stack } = props
    super(scope, id, stack)
    this.tables = hasTables ? createTables(this, stage, replica) : undefined
    this.buckets = createBuckets(this, stage, { isCopied, copyTo })
    // No CORS: the pages and the API have one address, and no other site's scripts are asked in.
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
