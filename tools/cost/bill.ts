/** A month's bill for a stage: what is used and what stands there, what weighs most in it, and what would make it less. */

import { createStandingLines, type Line, type Stage, sumLines } from './prices.ts'
import { createUsageLines, estimateUsage, type Usage, type UsageInput } from './usage.ts'

export type Bill = {
  readonly stage: Stage
  readonly usage: Usage
  /** The dearest first. */
  readonly lines: readonly Line[]
  readonly usd: number
  /** What is left where the account has the whole free tier for itself. */
  readonly withFreeTier: number
  readonly dominating: Line
  /** What weighs most with the free tier; undefined where that leaves nothing. */
  readonly remaining: Line | undefined
}

/** The bill for what was said; `options` are those of data/standing-charges.json, such as `waf`. */
export const createBill = (input: UsageInput, stage: Stage, options: readonly string[] = []): Bill => {
  const demand = estimateUsage(input)
  const standing = [undefined, ...options].flatMap(option => createStandingLines(stage, option))
  const lines = [...createUsageLines(demand, stage, options.includes('waf')), ...standing].sort(
    (a, b) => b.usd - a.usd,
  )
  const { usd, withFreeTier } = sumLines(lines)
  const [dominating] = lines
  if (!dominating) throw new TypeError('a bill has lines: what is scheduled runs always')
  const afterFreeTier = ({ usd: price, freeUsd }: Line) => price - freeUsd
  const [remaining] = lines
    .filter(line => afterFreeTier(line) > 0)
    .sort((a, b) => afterFreeTier(b) - afterFreeTier(a))
  return { stage, usage: demand, lines, usd, withFreeTier, dominating, remaining }
}

/** The bill of a shop that nobody visits: an empty shelf, what stands there, and what is scheduled. */
export const createIdleBill = (stage: Stage, options: readonly string[] = []): Bill =>
  createBill({ visitors: 0, orders: 0, books: 0, storage: 0 }, stage, options)

/** The specification's three levels, with what it expects them to cost: DynamoDB's, in US dollars a month. */
export const LEVELS = [
  { name: 'Development', stage: 'dev', reads: 1e5, writes: 5e4, storage: 1, estimate: '$2-5' },
  { name: 'Small Business', stage: 'prod', reads: 1e6, writes: 5e5, storage: 10, estimate: '$15-25' },
  { name: 'Growing Business', stage: 'prod', reads: 1e7, writes: 5e6, storage: 100, estimate: '$100-150' },
] as const

/** Of a bill, what DynamoDB takes. */
export const sumDynamodb = ({ lines }: Bill) =>
  sumLines(lines.filter(({ price }) => price.id.startsWith('dynamodb-')))

const ADVICE: Readonly<Record<string, string>> = {
  'dynamodb-write':
    'each sale writes the whole book again into the index of titles, as the specification has it: short descriptions write less',
  'dynamodb-read':
    'carts and orders are read consistently, at twice the price; browsing reads next to nothing',
  'dynamodb-storage': 'move orders whose time to be kept is over out of the table; covers lie in S3 already',
  'dynamodb-recovery':
    'recovery to a point in time is priced by what lies in the tables: the same as for storage',
  'lambda-request': 'let the CDN keep public pages longer than a minute',
  'lambda-duration': 'let the CDN keep public pages longer than a minute; try less memory for pages',
  'api-gateway-request':
    'let the CDN keep public pages longer than a minute; each page that is rendered asks the gateway once for itself and more than once for what it shows',
  'cloudfront-request':
    'one of CloudFront’s flat-rate plans (free up to a million requests) instead of paying each',
  'cloudfront-transfer': 'smaller covers, or one of CloudFront’s flat-rate plans, which include the traffic',
  's3-storage': 'fewer sizes of each cover',
  's3-get': 'let the CDN keep covers for longer',
  's3-put': 'write the snapshot of the index less often',
  'ses-mail': 'an account that sent by SES before July 2026 may stay with $0.10 for a thousand mails',
  'logs-ingestion': 'CLOUDSHELF_LOG=events: failures and orders alone',
  'logs-storage': 'keep logs for fewer days',
  'cloudwatch-alarm': 'ten are free in an account: leave out those of staging',
  'cloudwatch-custom-metric': 'ten are free in an account: POWERTOOLS_METRICS_DISABLED=true in staging',
  'cloudwatch-dashboard': 'three are free in an account',
  'waf-web-acl': 'leave the firewall out, or take a flat-rate plan of CloudFront, which includes one',
}

/** What would make a line of the bill less. */
export const getAdvice = ({ price }: Line): string =>
  ADVICE[price.id] ?? 'do without it where it is not needed'
