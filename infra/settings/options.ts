/** Deployment options, given as CDK context values. */
import { basename } from 'node:path'
import * as z from 'zod'
import { decimalsOf, findCurrency } from '#src/core/currency.ts'
import { parseDecimal } from '#src/core/money.ts'
import { FUNCTIONS, type FunctionId, OPTIONAL_FUNCTIONS } from '#src/lambda/functions.ts'
import { parseSender } from '#src/notifications/sender.ts'
import { checkPayments, PAYMENT_OPTIONS } from './payments.ts'
import { PROFILE_OPTIONS } from './profile.ts'
import { STAGE_NAMES, type StageName } from './stage.ts'

const Region = z
  .string({ error: 'is not known: add --context region=eu-central-1, or set AWS_REGION' })
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'must be a Region, for example eu-central-1' })
const HostName = z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, {
  error: 'must be a host name, for example shop.example',
})
const Dollars = z.string().regex(/^\d{1,7}(\.\d{1,2})?$/, { error: 'must be an amount, for example 5.99' })
const StreamArn = z.string().regex(/^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/.+\/stream\/.+$/, {
  error: 'must be the ARN of a table stream',
})
const BooleanOption = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')])
const Email = z.email({ error: 'must be an email address, for example you@example.com' })

const FUNCTION_IDS = [...FUNCTIONS, ...OPTIONAL_FUNCTIONS].map(({ id }) => id) as [
  FunctionId,
  ...FunctionId[],
]

/** A number for some functions: `OrderProcess=20,ShoppingCart=10`, or an object. */
const perFunction = (expected: string, min: number, max: number) =>
  z.preprocess(
    value =>
      typeof value === 'string' && value !== ''
        ? Object.fromEntries(value.split(',').map(one => one.split('=')))
        : value,
    z.partialRecord(
      z.enum(FUNCTION_IDS),
      z.coerce
        .number({ error: expected })
        .int({ error: expected })
        .min(min, { error: expected })
        .max(max, { error: expected }),
    ),
  )

const Sender = z.string().refine(text => parseSender(text) !== undefined, {
  error: 'must be a sender, for example CloudShelf <orders@shop.example>',
})

const MailIdentity = z.enum(['new', 'existing'], { error: 'must be new or existing' }).default('new')

const Context = z.strictObject({
  stage: z.enum(STAGE_NAMES, { error: `must be one of ${STAGE_NAMES.join(', ')}` }).default('dev'),
  /** Default: that of AWS_REGION, AWS_DEFAULT_REGION or the AWS profile. */
  region: Region,
  /** Standby Region: tables and images are replicated there, and public pages fail over to it. */
  secondRegion: Region.optional(),
  /** Which of the two Regions is active, that is, takes orders. */
  active: z.enum(['first', 'second'], { error: 'must be first or second' }).default('first'),
  /** Stream ARNs of the second Region's table replicas, found by `npm run deploy`. */
  secondBooksStream: StreamArn.optional(),
  secondControlStream: StreamArn.optional(),
  secondOrdersStream: StreamArn.optional(),
  secondCartsStream: StreamArn.optional(),
  secondUsersStream: StreamArn.optional(),
  /** PostgreSQL for reports, and when it is brought up to date: each night, each hour, or with each change. Without it there is none. */
  reports: z.enum(['nightly', 'hourly', 'live'], { error: 'must be nightly, hourly or live' }).optional(),
  /** Whether the function that brings it up to date runs inside its network. */
  vpcFunctions: BooleanOption.default(false),
  /** Whether BI tools have a private way to it, and whether they read an instance of their own. */
  biAccess: BooleanOption.default(false),
  databaseReader: BooleanOption.default(false),
  /** Custom domain; without it the shop uses CloudFront's. */
  domain: HostName.optional(),
  /** Route 53 hosted zone of the domain; without it certificate and DNS records are set up by hand. */
  zoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{1,31}$/, { error: 'must be a hosted zone id, for example Z0123456789ABC' })
    .optional(),
  zoneName: HostName.optional(),
  /** Firewall with rate limits by IP address; without it that of the stage. */
  waf: BooleanOption.optional(),
  /** Paths of the CDN that are purged in a month at most; 0: it keeps responses for seconds only. Without it that of the stage. */
  cdnPaths: z.coerce
    .number({ error: 'must be a number of paths, for example 900' })
    .int()
    .min(0)
    .max(1_000_000)
    .optional(),
  /** Whether browsers may reach every host below `domain` over HTTPS only (HSTS), not just the shop. */
  hstsSubdomains: BooleanOption.default(false),
  /** Prefix of the user pool's sign-in domain, after that of the stage. */
  cognito: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,53}[a-z0-9])?$/, { error: 'must be a prefix, for example my-bookshop' })
    .refine(text => !/aws|amazon|cognito/.test(text), { error: 'must not contain aws, amazon or cognito' })
    .optional(),
  /** Sender of emails. Its domain becomes an SES identity. */
  mailFrom: Sender.optional(),
  /** `existing` where the account has the SES identity of that domain from elsewhere, as `npm run deploy` finds out. */
  mailIdentity: MailIdentity,
  secondMailIdentity: MailIdentity,
  /** Email address for alarms and budget alerts. */
  alarmEmail: Email.optional(),
  /** Hours within `orderHours` without an order after which the alarm goes off. */
  orderGap: z.coerce
    .number({ error: 'must be a number of hours, for example 6' })
    .int()
    .min(1)
    .max(80)
    .default(6),
  /** Budget in USD per month for the whole account. */
  monthlyBill: Dollars.default('20'),
  reserved: perFunction('must be a number of instances, for example 20', 1, 10_000).default({}),
  /** Megabytes of memory; a new account may have at most 3,008. */
  memory: perFunction(
    'must be a number of megabytes from 128 to 10240, for example 2048',
    128,
    10_240,
  ).default({}),
  currency: z
    .string()
    .refine(code => findCurrency(code) !== undefined, { error: 'must be a currency code, for example USD' })
    .default('USD'),
  taxRate: z
    .string()
    .regex(/^0(\.\d{1,6})?$/, { error: 'must be a rate, for example 0.08' })
    .default('0.08'),
  /** In the currency; without it the shop's default. */
  shippingFlat: z
    .string()
    .regex(/^\d{1,8}(\.\d{1,4})?$/, { error: 'must be an amount, for example 5.99' })
    .optional(),
  cartTtlDays: z.coerce.number().int().min(1).max(365).default(7),
  /** Unpaid copies that guests from one network, and with one email, can have on order; 0: no limit. */
  unpaidLimitNetwork: z.coerce.number().int().min(0).max(1_000_000).default(60),
  unpaidLimitEmail: z.coerce.number().int().min(0).max(1_000_000).default(20),
  ...PROFILE_OPTIONS,
  ...PAYMENT_OPTIONS,
  /** When the secrets last changed; a new value makes the functions restart and read them. */
  secretsRead: z.string().optional(),
  /** `lambda`: bundles include the native packages for Lambda, as a deployment needs. */
  natives: z.enum(['none', 'host', 'lambda']).default('none'),
})

export type Options = z.output<typeof Context>
export const OPTION_NAMES = Object.keys(Context.shape)
/** Values of options that are left out; the Region has none. */
export const OPTION_DEFAULTS: Readonly<Record<string, unknown>> = Context.partial({ region: true }).parse({})

/** Invalid options; the message names all of them in one line. */
export class OptionsError extends Error {}

const checkShipping = ({ currency: code, shippingFlat }: Options): string[] => {
  const currency = findCurrency(code)
  if (!currency || shippingFlat === undefined || parseDecimal(shippingFlat, currency) !== undefined) return []
  return [`shippingFlat must be an amount in ${code}, with ${decimalsOf(currency)}`]
}

const checkCombinations = (options: Options): string[] => {
  const { secondRegion, active, domain, zoneId, zoneName, region, termsFile, privacyFile } = options
  return [
    ...(termsFile && privacyFile && basename(termsFile) === basename(privacyFile)
      ? ['termsFile and privacyFile must have different names']
      : []),
    ...checkShipping(options),
    ...checkPayments(options),
    ...(secondRegion === region ? ['secondRegion must differ from region'] : []),
    ...(secondRegion && !domain ? ['secondRegion requires a domain, which both Regions share'] : []),
    ...(active === 'second' && !secondRegion ? ['active=second requires a secondRegion'] : []),
    ...(['vpcFunctions', 'biAccess'] as const)
      .filter(name => options[name] && !options.reports)
      .map(name => `${name} requires reports=nightly, hourly or live`),
    ...(options.databaseReader && !options.biAccess
      ? ['databaseReader requires biAccess, since only BI tools can read it']
      : []),
    ...(zoneId && !domain ? ['zoneId requires a domain'] : []),
    ...(zoneName && !zoneId ? ['zoneName requires a zoneId'] : []),
    ...(domain && zoneName && domain !== zoneName && !domain.endsWith(`.${zoneName}`)
      ? [`domain must be in the zone ${zoneName}`]
      : []),
  ]
}

/** Whether a context value is an option, not one that CDK sets itself. */
const isOption = (name: string): boolean => !/[:@]|^(stages|context|aws|cdk)/.test(name)

/**
 * Reads the options of a context: command-line values override those of `stages.<stage>` in cdk.json, and those override
 * `environment`: the Region that was found, and the options of the last deployment where they are to hold. Throws OptionsError, also for unknown options.
 */
export const readOptions = (
  context: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Options => {
  const said = Object.fromEntries(
    Object.entries(context).filter(([name, value]) => isOption(name) && value !== ''),
  )
  const stages = (context.stages ?? {}) as Readonly<Record<string, object | undefined>>
  const kept = stages[String(said.stage ?? 'dev')] ?? {}
  const parsed = Context.safeParse({ ...environment, ...kept, ...said })
  if (!parsed.success) {
    const wrong = parsed.error.issues.flatMap(issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(key =>
            issue.path.length === 0
              ? `unknown option ${key}`
              : `${issue.path.join('.')} has an unknown function ${key}; must be one of ${FUNCTION_IDS.join(', ')}`,
          )
        : [`${issue.path.join('.')} ${issue.message}`],
    )
    throw new OptionsError(`invalid options: ${wrong.join('; ')}`)
  }
  const wrong = checkCombinations(parsed.data)
  if (wrong.length > 0) throw new OptionsError(`invalid options: ${wrong.join('; ')}`)
  return parsed.data
}

export type { StageName }
