/**
 * Bucket policies: only this shop's distribution may read, from the image bucket only images, and only over TLS. It may also list,
 * because S3 answers 403 instead of 404 for a missing object to a reader that may not; no path of the CDN leads to a list.
 */
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type Bucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

const createPolicyDocument = ({ bucketArn }: Bucket, readable: string, distributionArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:*'],
      resources: [bucketArn, `${bucketArn}/*`],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      actions: ['s3:GetObject'],
      resources: [`${bucketArn}/${readable}`],
      conditions: { StringEquals: { 'AWS:SourceArn': distributionArn } },
    }),
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringEquals: { 'AWS:SourceArn': distributionArn } },
    }),
  ].map(statement => statement.toStatementJson()),
})

/** `readable` is the key pattern that the CDN may read: `images/*`, or everything. */
export const addBucketPolicy = (
  scope: Construct,
  id: string,
  bucket: Bucket,
  { readable, distributionArn }: { readonly readable: string; readonly distributionArn: string },
): void => {
  new CfnBucketPolicy(scope, id, {
    bucket: bucket.bucketName,
    policyDocument: createPolicyDocument(bucket, readable, distributionArn),
  })
}
