/** What the rules of cdk-nag find in the stacks and is meant so, each with its reason. What is not named here ends a synthesis. */
import { type App, type IPolicyValidationPlugin, type Stack, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'
import type { Shop } from './shop/shop.ts'
import type { Stacks } from './stacks.ts'
import type { Store } from './store/store.ts'

type Suppressions = Readonly<Record<string, string>>

export const createRulePacks = (): IPolicyValidationPlugin[] => [
  new AwsSolutionsChecks(),
  new ServerlessChecks(),
]

/** Has a synthesis of the app end when they find something. */
export const addChecks = (app: App): void => Validations.of(app).addPlugins(...createRulePacks())

const suppress = (on: IConstruct, rules: Suppressions): void => {
  for (const [id, reason] of Object.entries(rules)) Validations.of(on).acknowledge({ id, reason })
}

/** What CDK calls the output by which other stacks know the ARN of the pictures' bucket. */
const ARN_OUTPUT = 'PublishOutputFnGetAttblobsD4B864AFArnDCAE3BCC'
const blobsArnReference = ({ stackName, region }: Stack): string =>
  JSON.stringify({ 'Fn::GetStackOutput': { StackName: stackName, Region: region, OutputName: ARN_OUTPUT } })

const STORE: Suppressions = {
  'AwsSolutions-S1':
    'What is read lies open to the public through the CDN, and only functions write; a log of it would cost more than the buckets.',
  'AwsSolutions-S10':
    'The rule that asks for TLS stands in the bucket’s one policy, which names the distribution and so lies in the shop’s stack.',
}

const EDGE: Suppressions = {
  'AwsSolutions-CFR1': 'A bookshop sells to every country.',
  'AwsSolutions-CFR3':
    'A log of viewers says who read what: the shop keeps none. Requests are counted, and logged without addresses, at the gateway.',
}
const OWN_POLICIES: Suppressions = {
  '@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac':
    'The policies that let the distribution read stand in the shop’s stack.',
}
const WITHOUT_DOMAIN: Suppressions = {
  'AwsSolutions-CFR4':
    'CloudFront’s own certificate fixes the versions of TLS; with a domain it is TLS 1.2 and newer.',
}
const WITHOUT_WAF: Suppressions = {
  'AwsSolutions-CFR2': 'A firewall costs 8 USD a month, idle or not: it is an option.',
}

const SHOP: Suppressions = {
  'AwsSolutions-APIG4':
    'Sessions are cookies that the functions check, by each endpoint’s own policy; the functions answer nobody but the CDN.',
  'AwsSolutions-SQS3': 'These are the queues of dead letters.',
  'Serverless-SQSRedrivePolicy': 'These are the queues of dead letters.',
  'Serverless-SNSRedrivePolicy':
    'Alarms go to a mail address; a mail that bounces would wait in a queue that nobody looks at.',
  'Serverless-LambdaDLQ':
    'The gateway waits for its answers and tells of failures itself; streams and clocks put aside what fails in queues of their own.',
}
const ROLE: Suppressions = {
  'AwsSolutions-IAM5[Resource::*]':
    'IAM knows nothing narrower for X-Ray’s two calls and for dynamodb:ListStreams.',
}
const ROLLOUT: Suppressions = {
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]':
    'AWS keeps what CodeDeploy needs for functions in this policy.',
}
const USERS: Suppressions = {
  'AwsSolutions-COG2':
    'Customers choose whether they want a second factor; staff are asked for the shop’s own, whatever they signed in by.',
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
      'Covers have names of their own, which are not known before they come.',
  }
  for (const one of shop.node.children.filter(({ node }) => node.id.endsWith('Role')))
    suppress(one, { ...ROLE, ...covers })
  for (const one of findChild(shop, 'RolloutRole')) suppress(one, ROLLOUT)
  for (const one of findChild(shop, 'Users')) suppress(one, USERS)
}

/** Says of what is meant that it is. */
export const suppressFindings = ({ store, edge, shop, standby }: Stacks): void => {
  for (const one of [store, ...(standby ? [standby.store] : [])]) suppress(one, STORE)
  if (standby) {
    const reason = 'S3 copies what is put into the bucket, under whatever name.'
    suppress(store.buckets.blobs, {
      'AwsSolutions-IAM5[Resource::<blobsD4B864AF.Arn>/*]': reason,
      [`AwsSolutions-IAM5[Resource::${blobsArnReference(standby.store)}/*]`]: reason,
    })
    suppressShopFindings(standby.shop, standby.store)
  }
  suppress(edge, { ...EDGE, ...OWN_POLICIES, ...WITHOUT_DOMAIN, ...WITHOUT_WAF })
  suppressShopFindings(shop, store)
}
