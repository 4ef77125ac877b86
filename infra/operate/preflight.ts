/** Checks before a deployment: what its account lacks, and what the operator should know or confirm. */
import { getMailDomain } from '../settings/mail-domain.ts'
import type { Options } from '../settings/options.ts'
import { parseRecordedOptions, type RecordedOptions } from '../settings/recorded-options.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage, STAGE_NAMES } from '../settings/stage.ts'
import type { Aws } from './aws.ts'
import { OperatorError } from './calls.ts'
import { deployedTemplate, type StackIn } from './plan.ts'

/** Executions at once that a shop with visitors needs: a page calls the API several times while others are read. */
const ENOUGH_EXECUTIONS = 100
/** What Lambda leaves for functions without a reservation, where the account has as many. */
const UNRESERVABLE = 100

export type Findings = {
  /** To be confirmed. */
  readonly concerns: readonly string[]
  /** To be known. */
  readonly notices: readonly string[]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** `OrderProcess=20,ShoppingCart=10` as executions. */
const reservedBy = (recorded: RecordedOptions | undefined): number =>
  sum((recorded?.reserved ?? '').split(',').map(one => Number(one.split('=')[1] ?? 0)))

const quotaCommand = (region: string): string =>
  `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${region}`

/** Throws OperatorError where Lambda would refuse the reservations. */
const checkConcurrency = async (
  { region, concurrency }: Pick<Aws, 'region' | 'concurrency'>,
  { reserved, stage }: Options,
  last: RecordedOptions | undefined,
): Promise<Findings> => {
  const { limit, unreserved } = await concurrency()
  const wanted = sum(Object.values(reserved))
  // Those of the last deployment are given back.
  const free = Math.min(limit, unreserved + reservedBy(last)) - Math.min(UNRESERVABLE, limit)
  if (wanted > free)
    throw new OperatorError(
      `reserved takes ${wanted} concurrent executions, but ${region} has ${Math.max(0, free)} to reserve of ${limit}: leave it out, or request more (free, takes up to a day): ${quotaCommand(region)}`,
    )
  if (limit >= ENOUGH_EXECUTIONS) return { concerns: [], notices: [] }
  const few = `${region} runs at most ${limit} executions of functions at once: a few visitors use them up and others are refused; request more, free: ${quotaCommand(region)}`
  return getStage(stage).keepsData ? { concerns: [few], notices: [] } : { concerns: [], notices: [few] }
}

const checkMail = async (
  aws: Pick<Aws, 'region' | 'mailAccount' | 'mailIdentity'>,
  { mailFrom }: Options,
): Promise<string[]> => {
  if (!mailFrom) return []
  const domain = getMailDomain(mailFrom)
  const identity = await aws.mailIdentity(domain)
  const { isInSandbox, isSending, mailsPerDay, mailsPerSecond } = await aws.mailAccount()
  const limits = `${mailsPerDay} mails in 24 hours, ${mailsPerSecond} a second`
  return [
    ...(isSending ? [] : [`SES does not send mails in ${aws.region}: sending is paused for this account`]),
    ...(identity && !identity.isVerified
      ? [
          `SES has not verified ${domain} in ${aws.region}: its three DKIM records are missing in the DNS: docs/operations.md, "Mail on AWS"`,
        ]
      : []),
    ...(isInSandbox
      ? [
          `SES is in its sandbox in ${aws.region}: ${limits}, and only to addresses and domains that are verified there; request production access: docs/operations.md, "Mail on AWS"`,
        ]
      : []),
  ]
}

/** Checks limits of all Regions. Throws OperatorError where the deployment would fail. */
export const checkAccount = async (
  regions: readonly Pick<Aws, 'region' | 'concurrency' | 'mailAccount' | 'mailIdentity'>[],
  options: Options,
  last: RecordedOptions | undefined,
): Promise<Findings> => {
  const found = await Promise.all(regions.map(aws => checkConcurrency(aws, options, last)))
  const mail = await Promise.all(regions.map(aws => checkMail(aws, options)))
  const noMail =
    getStage(options.stage).keepsData && !options.mailFrom
      ? [
          'there is no way for mail: confirmations of orders and links of accounts are not sent, and customers cannot sign up; add --context mailFrom="Your Shop <orders@your.domain>"',
        ]
      : []
  const cognito = options.cognito
    ? ['Cognito sends its own mails, at most 50 a day for the account: docs/operations.md, "Mail on AWS"']
    : []
  return {
    concerns: [...noMail, ...found.flatMap(({ concerns }) => concerns)],
    notices: [...mail.flat(), ...cognito, ...found.flatMap(({ notices }) => notices)],
  }
}

/** Options of the last deployment of a stage; undefined if there was none. `edge` is AWS in the Region of the edge stack. */
export const readRecordedOptions = async (
  edge: Pick<Aws, 'stackOutputs'>,
  stage: Options['stage'],
): Promise<RecordedOptions | undefined> =>
  parseRecordedOptions((await edge.stackOutputs(stackNames({ stage }).edge)).Options)

/**
 * Options `mailIdentity` and `secondMailIdentity`: whether the SES identity of the sender's domain exists without belonging to the
 * shop stack of that Region. A Region that is not in `stacks` keeps what the last deployment found.
 */
export const findMailIdentities = async (
  stacks: readonly StackIn[],
  options: Options,
  last: RecordedOptions | undefined,
): Promise<Record<string, string>> => {
  if (!options.mailFrom) return {}
  const domain = getMailDomain(options.mailFrom)
  const { shop, standbyShop } = stackNames(options)
  const find = async (name: string, option: string): Promise<[string, string]> => {
    const stack = stacks.find(one => one.name === name)
    if (!stack) return [option, last?.[option] ?? 'new']
    const own = Object.values((await deployedTemplate(stack))?.Resources ?? {}).some(
      ({ Type, Properties }) => Type === 'AWS::SES::EmailIdentity' && Properties?.EmailIdentity === domain,
    )
    return [option, own || !(await stack.aws.mailIdentity(domain)) ? 'new' : 'existing']
  }
  return Object.fromEntries([await find(shop, 'mailIdentity'), await find(standbyShop, 'secondMailIdentity')])
}

/** Throws OperatorError if another stage of this account has the domain. */
export const checkDomain = async (
  edge: Pick<Aws, 'stackOutputs'>,
  { stage, domain }: Options,
): Promise<void> => {
  if (!domain) return
  for (const other of STAGE_NAMES.filter(name => name !== stage))
    if ((await readRecordedOptions(edge, other))?.domain === domain)
      throw new OperatorError(
        `domain ${domain} belongs to ${other}: give ${stage} another, for example ${stage}.${domain}`,
      )
}
