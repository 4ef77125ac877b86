/** The buckets: pictures and the snapshot of the index in one, the pages' files in the other. Nobody reads them but through the CDN. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Stage } from '../settings/stage.ts'

export type Buckets = { readonly blobs: Bucket; readonly assets: Bucket }

/** How long what was deleted or written over can be had back. */
const RETENTION = Duration.days(30)

const createBucket = (
  scope: Construct,
  id: string,
  stage: Stage,
  versioned: boolean,
  copyTo: Bucket | undefined,
) =>
  new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // Its policy, with the rule that asks for TLS, stands beside the distribution: see shop/bucket-policies.ts.
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    versioned,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ...(versioned ? [{ noncurrentVersionExpiration: RETENTION }] : []),
    ],
    ...(copyTo
      ? { replicationRules: [{ destination: copyTo as IBucket, priority: 1, deleteMarkerReplication: true }] }
      : {}),
  })

/**
 * `isCopied`: the buckets of two Regions, of which the first copies its pictures to `copyTo`; S3 copies between buckets with
 * versions alone. The pages' files are uploaded to both.
 */
export const createBuckets = (
  scope: Construct,
  stage: Stage,
  { isCopied, copyTo }: { readonly isCopied: boolean; readonly copyTo?: Bucket | undefined },
): Buckets => ({
  blobs: createBucket(scope, 'blobs', stage, stage.keepsData || isCopied, copyTo),
  assets: createBucket(scope, 'assets', stage, false, undefined),
})
