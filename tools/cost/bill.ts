/** Monthly bill of a stage: usage and standing charges, the most expensive line, and advice on lowering it. */

import { createStandingLines, type Line, listDefaultOptions, type Stage, sumLines } from './prices.ts'
import { createUsageLines, estimateUsage, type Usage, type UsageInput } from './usage.ts'

export type Bill = {
  readonly stage: Stage
  readonly usage: Usage
  /** Most expensive first. */
  readonly lines: readonly Line[]
  readonly usd: number
  /** US dollars left to pay if the account has the whole free tier for itself. */
  readonly withFreeTier: number
  readonly dominating: Line
  /** Most expensive line after the free tier; undefined if nothing is left to pay. */
  readonly remaining: Line | undefined
}

/** Creates the bill for this usage; `options` are those of data/standing-charges.json, for example `waf`. */
export const createBill = (
  input: UsageInput,
  stage: Stage,
  options: readonly string[] = listDefaultOptions(stage),
): Bill => {
  const demand = estimateUsage(input)
  const standing = [undefined, ...options].flatMap(option => createStandingLines(stage, option))
  const lines = [...createUsageLines(demand, stage, options), ...standing].sort((a, b) => b.usd - a.usd)
  const { usd, withFreeTier } = sumLines(lines)
  const [dominating] = lines
  if (!dominating) throw new TypeError('a bill always has lines: scheduled functions run in every stage')
  const afterFreeTier = ({ usd: price, freeUsd }: Line) => price - freeUsd
  const [remaining] = lines
    .filter(line => afterFreeTier(line) > 0)
    .sort((a, b) => afterFreeTier(b) - afterFreeTier(a))
  return { stage, usage: demand, lines, usd, withFreeTier, dominating, remaining }
}

/** Bill of a shop without visitors: no books, only standing charges and scheduled functions. */
export const createIdleBill = (stage: Stage, options?: readonly string[]): Bill =>
  createBill({ visitors: 0, orders: 0, books: 0, storage: 0 }, stage, options)

/** The specification's three levels, with its estimates for DynamoDB in US dollars a month. */
export const LEVELS = [
  { name: 'Development', stage: 'dev', reads: 1e5, writes: 5e4, storage: 1, estimate: '$2-5' },
  { name: 'Small Business', stage: 'prod', reads: 1e6, writes: 5e5, storage: 10, estimate: '$15-25' },
  { name: 'Growing Business', stage: 'prod', reads: 1e7, writes: 5e6, storage: 100, estimate: '$100-150' },
] as const

/** The DynamoDB lines of a bill, added up. */
export const sumDynamodb = ({ lines }: Bill) =>
  sumLines(lines.filter(({ price }) => price.id.startsWith('dynamodb-')))

const ADVICE: Readonly<Record<string, string>> = {
  'dynamodb-write':
    'each sale rewrites the whole book in the title index, as the specification requires: shorter descriptions write less',
  'dynamodb-read':
    'carts and orders use consistent reads at twice the price; browsing hardly reads the table',
  'dynamodb-storage': 'move orders past their retention period out of the table; covers are in S3 already',
  'dynamodb-recovery': 'point-in-time recovery is priced by table size: the same advice as for storage',
  'lambda-request': 'let the CDN cache public pages for longer than a minute',
  'lambda-duration': 'let the CDN cache public pages for longer than a minute; try less memory for Pages',
  'api-gateway-request':
    'let the CDN cache public pages for longer than a minute; each rendered page costs one gateway request for itself and more than one for its data',
  'cloudfront-request':
    'use one of CloudFront’s flat-rate plans (free up to a million requests) instead of paying per request',
  'cloudfront-function': 'use one of CloudFront’s flat-rate plans, which include these calls',
  'cloudfront-transfer':
    'use smaller covers, or one of CloudFront’s flat-rate plans, which include the traffic',
  's3-storage': 'store fewer sizes of each cover',
  's3-get': 'let the CDN cache covers for longer',
  's3-put': 'write the index snapshot less often',
  'ses-mail': 'accounts that used SES before July 2026 may keep the price of $0.10 per thousand emails',
  'logs-ingestion': 'set CLOUDSHELF_LOG=events to log only failures and orders',
  'logs-storage': 'keep logs for fewer days',
  'cloudwatch-alarm': 'ten are free per account: leave out those of staging',
  'cloudwatch-custom-metric': 'ten are free per account: set POWERTOOLS_METRICS_DISABLED=true in staging',
  'cloudwatch-dashboard': 'three are free per account',
  'secrets-manager-secret': 'it comes with the option reports',
  'vpc-interface-endpoint':
    'let functions reach the Data API from outside of the network: leave vpcFunctions out',
  'ec2-t4g-nano': 'stop the instance while nobody uses BI tools: its disk alone is charged then',
  'waf-web-acl': 'leave the firewall out, or use a flat-rate plan of CloudFront, which includes one',
}

/** Advice on how to lower a line of the bill. */
export const getAdvice = ({ price }: Line): string =>
  ADVICE[price.id] ?? 'leave it out where it is not needed'
