/** What can be said of a deployment: values of CDK's context, each with its meaning, read once. */
import * as z from 'zod'
import { type FunctionId, functions } from '#src/lambda/functions.ts'
import { parseSender } from '#src/notifications/sender.ts'
import { STAGE_NAMES, type StageName } from './stage.ts'

const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'is no region such as eu-central-1' })
const HostName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, { error: 'is no name such as shop.example' })
const Amount = z.string().regex(/^\d{1,7}(\.\d{1,2})?$/, { error: 'is no amount such as 5.99' })
const StreamArn = z.string().regex(/^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/.+\/stream\/.+$/, {
  error: 'is no stream of a table',
})
const BooleanOption = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')])
const Email = z.email({ error: 'is no address such as you@example.com' })

const FUNCTION_IDS = functions.map(({ id }) => id) as [FunctionId, ...FunctionId[]]

/** `OrderProcess=20,ShoppingCart=10`, or an object. */
const ReservedConcurrency = z.preprocess(
  value =>
    typeof value === 'string' && value !== ''
      ? Object.fromEntries(value.split(',').map(one => one.split('=')))
      : value,
  z.partialRecord(
    z.enum(FUNCTION_IDS),
    z.coerce.number({ error: 'is no number of copies such as 20' }).int().min(1).max(10_000),
  ),
)

const Sender = z.string().refine(text => parseSender(text) !== undefined, {
  error: 'is no sender such as CloudShelf <orders@shop.example>',
})

const Context = z.strictObject({
  stage: z.enum(STAGE_NAMES, { error: `is none of ${STAGE_NAMES.join(', ')}` }).default('dev'),
  region: Region.default('us-east-1'),
  /** A standby there: tables and pictures are copied, and the public pages are answered from it when the first fails. */
  secondRegion: Region.optional(),
  /** Which of the two takes orders. */
  active: z.enum(['first', 'second'], { error: 'is neither first nor second' }).default('first'),
  /** Where the streams of the second Region's copies of the tables are; `npm run deploy` finds them. */
  secondBooksStream: StreamArn.optional(),
  secondControlStream: StreamArn.optional(),
  /** The shop's own name; without it CloudFront's. */
  domain: HostName.optional(),
  /** The hosted zone of Route 53 in which the name lies; without it certificate and name are confirmed by hand. */
  zoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{1,31}$/, { error: 'is no hosted zone such as Z0123456789ABC' })
    .optional(),
  zoneName: HostName.optional(),
  waf: BooleanOption.default(false),
  /** The first part of the user pool's sign-in address. */
  cognito: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'is no prefix such as my-bookshop' })
    .refine(text => !/aws|amazon|cognito/.test(text), { error: 'may not contain aws, amazon or cognito' })
    .optional(),
  /** Who mails are from. Its domain becomes an identity of SES. */
  mailFrom: Sender.optional(),
  /** Who is told of alarms and of the bill. */
  alarmEmail: Email.optional(),
  /** In USD a month, for the whole account. */
  monthlyBill: Amount.default('20'),
  reserved: ReservedConcurrency.default({}),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'is no currency such as USD' })
    .default('USD'),
  taxRate: z
    .string()
    .regex(/^0(\.\d{1,6})?$/, { error: 'is no rate such as 0.08' })
    .default('0.08'),
  shippingFlat: Amount.default('5.99'),
  cartTtlDays: z.coerce.number().int().min(1).max(365).default(7),
  /** When the secrets last changed: functions read them when they start, and start anew when this is another. */
  secretsRead: z.string().optional(),
  /** `lambda`: functions are laid with the native packages that Lambda runs, as a deployment needs. */
  natives: z.enum(['none', 'host', 'lambda']).default('none'),
})

export type Options = z.output<typeof Context>
export const OPTION_NAMES = Object.keys(Context.shape)

/** An option is wrong: the message names every one that is, in one line. */
export class OptionsError extends Error {}

const checkCombinations = (options: Options): string[] => {
  const { secondRegion, active, domain, zoneId, zoneName, region } = options
  return [
    ...(secondRegion === region ? ['secondRegion is the first one again'] : []),
    ...(secondRegion && !domain ? ['secondRegion needs a domain, which both Regions answer to'] : []),
    ...(active === 'second' && !secondRegion ? ['active=second needs a secondRegion'] : []),
    ...(active === 'second' && !(options.secondBooksStream && options.secondControlStream)
      ? ['active=second needs secondBooksStream and secondControlStream']
      : []),
    ...(zoneId && !domain ? ['zoneId needs a domain'] : []),
    ...(zoneName && !zoneId ? ['zoneName needs a zoneId'] : []),
    ...(domain && zoneName && domain !== zoneName && !domain.endsWith(`.${zoneName}`)
      ? [`domain does not lie in the zone ${zoneName}`]
      : []),
  ]
}

/** What CDK and its command put into the context themselves. */
const isOption = (name: string): boolean => !/[:@]|^(stages|context|aws|cdk)/.test(name)

/**
 * The options in a context: what the command line says, over what `stages.<stage>` of cdk.json says. Throws OptionsError, also for
 * names that are none.
 */
export const readOptions = (context: Readonly<Record<string, unknown>>): Options => {
  const said = Object.fromEntries(
    Object.entries(context).filter(([name, value]) => isOption(name) && value !== ''),
  )
  const stages = (context.stages ?? {}) as Readonly<Record<string, object | undefined>>
  const kept = stages[String(said.stage ?? 'dev')] ?? {}
  const parsed = Context.safeParse({ ...kept, ...said })
  if (!parsed.success) {
    const wrong = parsed.error.issues.flatMap(issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(key =>
            issue.path.length === 0
              ? `there is no ${key}`
              : `${issue.path.join('.')} names ${key}, which is none of ${FUNCTION_IDS.join(', ')}`,
          )
        : [`${issue.path.join('.')} ${issue.message}`],
    )
    throw new OptionsError(`these options are wrong: ${wrong.join('; ')}`)
  }
  const wrong = checkCombinations(parsed.data)
  if (wrong.length > 0) throw new OptionsError(`these options are wrong: ${wrong.join('; ')}`)
  return parsed.data
}

export type { StageName }
