/** The shop's own name: its certificate, and the records that lead it to the CDN. */
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'

/** The hosted zone of the options; undefined where names are somebody else's. */
export const findZone = (
  scope: Construct,
  { domain, zoneId, zoneName = domain }: Options,
): IHostedZone | undefined =>
  zoneId && zoneName
    ? HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zoneId, zoneName })
    : undefined

/** Confirmed by the zone, or by a record that whoever deploys puts where the name lies: the deployment waits for it. */
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
