/** The identity of SES that mails are from: its domain, signed by DKIM. */
import { CfnOutput } from 'aws-cdk-lib'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import { CnameRecord, HostedZone } from 'aws-cdk-lib/aws-route53'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'
import { getMailDomain } from './permissions.ts'

const createDkimRecords = (scope: Construct, zone: IHostedZone, identity: EmailIdentity): void => {
  for (const [i, { name, value }] of identity.dkimRecords.entries())
    new CnameRecord(scope, `Dkim${i + 1}`, { zone, recordName: `${name}.`, domainName: value })
}

/** Its records are put into the zone where the domain lies in it, else shown, to be put where the domain is kept. */
export const createMailIdentity = (
  scope: Construct,
  mailFrom: string,
  { zoneId, zoneName, domain }: Options,
): void => {
  const mailDomain = getMailDomain(mailFrom)
  const identity = new EmailIdentity(scope, 'MailIdentity', { identity: Identity.domain(mailDomain) })
  const zone = zoneName ?? domain
  if (zoneId && zone && (mailDomain === zone || mailDomain.endsWith(`.${zone}`)))
    createDkimRecords(
      scope,
      HostedZone.fromHostedZoneAttributes(scope, 'MailZone', { hostedZoneId: zoneId, zoneName: zone }),
      identity,
    )
  else
    for (const [i, { name, value }] of identity.dkimRecords.entries())
      new CfnOutput(scope, `MailRecord${i + 1}`, { value: `${name} CNAME ${value}` })
}
