/** Who may read the buckets: this shop's distribution, and of the pictures' bucket the pictures alone; nobody without TLS. */
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
  ].map(statement => statement.toStatementJson()),
})

/** `readable` is what the CDN may give out of the bucket: `images/*`, or all. */
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
