/** Suppressed cdk-nag findings, each with its reason. Any other finding fails the synthesis. */
import { type App, type IPolicyValidationPlugin, type Stack, Token, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'
import { getStage } from './settings/stage.ts'
import type { Shop } from './shop/shop.ts'
import type { Stacks } from './stacks.ts'
import type { Store } from './store/store.ts'

type Suppressions = Readonly<Record<string, string>>

export const createRulePacks = (): IPolicyValidationPlugin[] => [
  new AwsSolutionsChecks(),
  new ServerlessChecks(),
]

/** Makes a synthesis fail on any finding. */
export const addChecks = (app: App): void => Validations.of(app).addPlugins(...createRulePacks())

const suppress = (on: IConstruct, rules: Suppressions): void => {
  for (const [id, reason] of Object.entries(rules)) Validations.of(on).acknowledge({ id, reason })
}

/** Name that CDK gives to the output through which other stacks read the ARN of the image bucket. */
const ARN_OUTPUT = 'PublishOutputFnGetAttblobsD4B864AFArnDCAE3BCC'
const blobsArnReference = ({ stackName, region }: Stack): string =>
  JSON.stringify({ 'Fn::GetStackOutput': { StackName: stackName, Region: region, OutputName: ARN_OUTPUT } })

const STORE: Suppressions = {
  'AwsSolutions-S1':
    'Objects are public through the CDN and only functions write them; access logs would cost more than the buckets.',
  'AwsSolutions-S10':
    'The TLS requirement is in the bucket’s only policy, which names the distribution and is therefore in the shop stack.',
}

const TOPIC: Suppressions = {
  'Serverless-SNSRedrivePolicy':
    'Alarms are sent by email; a bounced mail would wait in a queue that nobody reads.',
}
const EDGE: Suppressions = {
  ...TOPIC,
  'AwsSolutions-CFR1': 'A bookshop sells to every country.',
  'AwsSolutions-CFR3':
    'Viewer logs would show who read what, so none are kept. The gateway counts and logs requests without IP addresses.',
}
const OWN_POLICIES: Suppressions = {
  '@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac':
    'The policies that let the distribution read are in the shop stack.',
}
const WITHOUT_DOMAIN: Suppressions = {
  'AwsSolutions-CFR4':
    'CloudFront’s own certificate fixes the versions of TLS; with a domain it is TLS 1.2 and newer.',
}
const WITHOUT_WAF: Suppressions = {
  'AwsSolutions-CFR2': 'A firewall costs 8 USD a month, idle or not: it is an option.',
}

const SHOP: Suppressions = {
  ...TOPIC,
  'AwsSolutions-APIG4':
    'Functions check session cookies by the access of each endpoint, and accept requests only from the CDN.',
  'Serverless-LambdaTracing':
    'X-Ray costs 5 USD per million traces and would only show when a function ran: our calls are made without its SDK.',
  'AwsSolutions-SQS3': 'These are the queues of dead letters.',
  'Serverless-SQSRedrivePolicy': 'These are dead-letter queues.',
  'Serverless-LambdaDLQ':
    'The gateway waits for responses and reports failures; streams and schedules have dead-letter queues of their own.',
}
const ROLE: Suppressions = {
  'AwsSolutions-IAM5[Resource::*]':
    'IAM offers no narrower resource for dynamodb:ListStreams, and for the network interfaces of a function.',
}
const DATA: Suppressions = {
  'AwsSolutions-VPC7':
    'Flow logs cost more than what runs in this network, which has no way to or from the internet.',
  'AwsSolutions-RDS11':
    'No address of the internet leads to the port; another number would hide nothing from the one instance that may reach it.',
}
const DISPOSABLE_DATA: Suppressions = {
  'AwsSolutions-RDS10': 'Stages other than production are disposable; the projection can be built again.',
}
const BI_INSTANCE: Suppressions = {
  'AwsSolutions-EC28': 'It forwards one port; its metrics of every five minutes do.',
  'AwsSolutions-EC29': 'It holds nothing, and is made again by a deployment.',
}
const ROLLOUT: Suppressions = {
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]':
    'AWS keeps what CodeDeploy needs for functions in this policy.',
  'AwsSolutions-IAM5[Resource::<ReleaseCheck8B2118C4.Arn>:*]':
    'CDK lets CodeDeploy invoke its hook under any qualifier.',
}
const USERS: Suppressions = {
  'AwsSolutions-COG2':
    'A second factor is optional for customers; staff need the shop’s own second factor whatever way they sign in.',
  'AwsSolutions-COG8': 'Threat protection costs 0.02 USD for each user and month.',
}

const findChild = (stack: Stack, id: string): IConstruct[] => {
  const found = stack.node.tryFindChild(id)
  return found ? [found] : []
}

const suppressShopFindings = (shop: Shop, store: Store): void => {
  suppress(shop, SHOP)
  const covers = {
    [`AwsSolutions-IAM5[Resource::${blobsArnReference(store)}/images/covers/*]`]:
      'Names of covers are not known in advance.',
  }
  const account = Token.isUnresolved(shop.account) ? '<AWS::AccountId>' : shop.account
  const recipients = {
    [`AwsSolutions-IAM5[Resource::arn:${shop.partition}:ses:${shop.region}:${account}:identity/*]`]:
      'In the sandbox SES checks the identity of the recipient; the sender is a condition.',
  }
  for (const one of shop.node.children.filter(({ node }) => node.id.endsWith('Role')))
    suppress(one, { ...ROLE, ...covers, ...recipients })
  for (const one of findChild(shop, 'RolloutRole')) suppress(one, ROLLOUT)
  for (const one of findChild(shop, 'Users')) suppress(one, USERS)
}

/** Suppresses the listed findings in all stacks. */
export const suppressFindings = ({ stage, store, edge, shop, data, standby }: Stacks): void => {
  for (const one of [data, standby?.data])
    if (one) {
      suppress(one, { ...DATA, ...(getStage(stage).keepsData ? {} : DISPOSABLE_DATA) })
      for (const instance of findChild(one, 'BiInstance')) suppress(instance, BI_INSTANCE)
    }
  for (const one of [store, ...(standby ? [standby.store] : [])]) suppress(one, STORE)
  if (standby) {
    const reason = 'Replication copies objects of any name.'
    suppress(store.buckets.blobs, {
      'AwsSolutions-IAM5[Resource::<blobsD4B864AF.Arn>/*]': reason,
      [`AwsSolutions-IAM5[Resource::${blobsArnReference(standby.store)}/*]`]: reason,
    })
    suppressShopFindings(standby.shop, standby.store)
  }
  suppress(edge, { ...EDGE, ...OWN_POLICIES, ...WITHOUT_DOMAIN, ...WITHOUT_WAF })
  suppressShopFindings(shop, store)
}
