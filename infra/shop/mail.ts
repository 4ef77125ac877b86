/**
 * SES: the stage's configuration set, and the identity of the sender's domain, with DKIM. An account has one for each domain and Region, whichever stage created it: it and
 * its records are kept when their stack is deleted, because other stages may send by it.
 */
import { CfnOutput, type CfnResource, RemovalPolicy } from 'aws-cdk-lib'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import { CnameRecord, HostedZone } from 'aws-cdk-lib/aws-route53'
import { ConfigurationSet, EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { getMailDomain } from '../settings/mail-domain.ts'
import type { Options } from '../settings/options.ts'
import { getConfigurationSet, type Stage } from '../settings/stage.ts'

/** Counts bounces and complaints of this stage's mails, apart from what else the account sends. */
export const createConfigurationSet = (scope: Construct, stage: Stage): void => {
  new ConfigurationSet(scope, 'MailCounts', {
    configurationSetName: getConfigurationSet(stage),
    reputationMetrics: true,
  })
}

const keep = ({ node }: Construct): void =>
  (node.defaultChild as CfnResource).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

const createDkimRecords = (scope: Construct, zone: IHostedZone, identity: EmailIdentity): void => {
  for (const [i, { name, value }] of identity.dkimRecords.entries())
    keep(new CnameRecord(scope, `Dkim${i + 1}`, { zone, recordName: `${name}.`, domainName: value }))
}

/** Publishes the DKIM records in the hosted zone if it contains the domain, otherwise as stack outputs. */
export const createMailIdentity = (
  scope: Construct,
  mailFrom: string,
  { zoneId, zoneName, domain }: Options,
): void => {
  const mailDomain = getMailDomain(mailFrom)
  const identity = new EmailIdentity(scope, 'MailIdentity', { identity: Identity.domain(mailDomain) })
  keep(identity)
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
