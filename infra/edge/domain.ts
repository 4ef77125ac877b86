/** Custom domain: its certificate and the DNS records that point to the CDN. */
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'

/** Hosted zone from the options; undefined if DNS is managed elsewhere. */
export const findZone = (
  scope: Construct,
  { domain, zoneId, zoneName = domain }: Options,
): IHostedZone | undefined =>
  zoneId && zoneName
    ? HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zoneId, zoneName })
    : undefined

/** Certificate validated through the zone, or through a record that the operator adds by hand while the deployment waits. */
export const createCertificate = (
  scope: Construct,
  { domain }: Options,
  zone: IHostedZone | undefined,
): ICertificate | undefined =>
  domain
    ? new Certificate(scope, 'Certificate', {
        domainName: domain,
        validation: CertificateValidation.fromDns(zone),
      })
    : undefined

export const createAliasRecords = (
  scope: Construct,
  distribution: Distribution,
  zone: IHostedZone,
  domain: string,
): void => {
  const record = {
    zone,
    recordName: `${domain}.`,
    target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
  }
  new ARecord(scope, 'NameIpv4', record)
  new AaaaRecord(scope, 'NameIpv6', record)
}
