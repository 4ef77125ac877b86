/** Buckets: one for images and the index snapshot, one for the pages' files. They are read only through the CDN. */
import { Duration, Tags } from 'aws-cdk-lib'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Stage } from '../settings/stage.ts'
import { dataRemovalPolicy } from './removal-policy.ts'

export type Buckets = { readonly blobs: Bucket; readonly assets: Bucket }

/**
 * How long deleted or overwritten objects can be restored, by the beginning of their keys. The index snapshot is rewritten every few
 * minutes and can be built from the table: a month of its versions would cost more than everything else in the bucket.
 */
const RETENTION = [
  { prefix: 'images/', noncurrentVersionExpiration: Duration.days(30) },
  { prefix: 'index/', noncurrentVersionExpiration: Duration.days(1) },
] as const

const createBucket = (
  scope: Construct,
  id: string,
  stage: Stage,
  versioned: boolean,
  copyTo: Bucket | undefined,
): Bucket => {
  const bucket = new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // Its policy, with the TLS requirement, is next to the distribution: see shop/bucket-policies.ts.
    removalPolicy: dataRemovalPolicy(stage),
    versioned,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ...(versioned ? RETENTION : []),
    ],
    ...(copyTo
      ? {
          replicationRules: [
            {
              destination: copyTo as IBucket,
              priority: 1,
              deleteMarkerReplication: true,
              // The standby Region has an index snapshot of its own.
              filter: { prefix: 'images/' },
            },
          ],
        }
      : {}),
  })
  // Its name is random: by this tag it is found again when its stack is gone.
  Tags.of(bucket).add('part', id)
  return bucket
}

/**
 * `isCopied`: there are buckets in two Regions and the first replicates its images to `copyTo`; replication requires versioning. The
 * pages' files are uploaded to both.
 */
export const createBuckets = (
  scope: Construct,
  stage: Stage,
  { isCopied, copyTo }: { readonly isCopied: boolean; readonly copyTo?: Bucket | undefined },
): Buckets => ({
  blobs: createBucket(scope, 'blobs', stage, stage.keepsData || isCopied, copyTo),
  assets: createBucket(scope, 'assets', stage, false, undefined),
})
