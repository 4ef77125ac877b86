/**
 * The environment variables of the shop as data: type, default and meaning of each, by subject. settings.ts parses them,
 * messages quote them, and test/settings-page.test.ts keeps docs/settings.md equal to them.
 */
import type * as z from 'zod'
import { COGNITO, LAMBDA } from './environment-aws.ts'
import { BACKUPS } from './environment-backup.ts'
import { DATA, POSTGRES } from './environment-data.ts'
import { PAYMENTS } from './environment-payments.ts'
import { SHOP } from './environment-shop.ts'
import {
  AMOUNT,
  AWS_REGION_NAME,
  COPIES,
  CURRENCY_CODE,
  DAYS,
  HTTP_URL,
  LOG_LEVEL,
  PORT_NUMBER,
  RATE,
  SECRET,
  SENDER,
  type SettingType,
  SMTP_SERVER,
  TEXT,
} from './setting-types.ts'

export type Variable = SettingType & {
  /** What it is for, in one line. */
  readonly meaning: string
  /** The text that an unset variable stands for. */
  readonly default?: string
  /** What applies when it is not set, where that is no fixed text. */
  readonly unset?: string
  /** Whether it is, or contains, a secret of the shop: in a backup only when that is sealed. */
  readonly secret?: true
  /** Whether it belongs to this machine or to whoever runs the command, not to the shop: in no backup. */
  readonly machine?: true
}

export type Variables = Readonly<Record<string, Variable>>

const WEB_SERVER = {
  PORT: {
    machine: true,
    ...PORT_NUMBER,
    default: '3000',
    meaning: 'Port of the shop. 0 takes any free port',
  },
  HOST: {
    machine: true,
    ...TEXT,
    default: '127.0.0.1',
    example: '0.0.0.0',
    meaning: 'Network interface of the shop',
  },
  PUBLIC_URL: {
    ...HTTP_URL,
    unset: '`http://localhost:<PORT>`',
    meaning:
      'URL at which customers reach the shop. Must be https:// unless the shop is for this machine only',
  },
  TRUSTED_PROXY_SECRET: {
    secret: true,
    ...SECRET,
    unset: 'no proxy is trusted',
    meaning:
      'Shared secret that a reverse proxy sends in `X-Trusted-Proxy`, so that its `X-Forwarded-For` is believed',
  },
  CLOUDSHELF_SECRET: {
    secret: true,
    ...SECRET,
    unset: 'generated once, kept in the data folder',
    meaning: 'Key for sessions, pagination cursors, rate limits and authenticator apps',
  },
} as const satisfies Variables

const SALES = {
  CURRENCY: {
    ...CURRENCY_CODE,
    default: 'USD',
    meaning: 'Currency of all prices: a code of ISO 4217. A shop keeps the one that it began with',
  },
  TAX_RATE: { ...RATE, default: '0.08', meaning: 'Sales tax on the subtotal of an order' },
  SHIPPING_FLAT: {
    ...AMOUNT,
    unset: '`5.99`, or `600` in a currency without minor units, such as JPY',
    meaning: 'Shipping cost of every order',
  },
  CART_TTL_DAYS: { ...DAYS, default: '7', meaning: 'Days until an unchanged cart expires' },
  UNPAID_LIMIT_NETWORK: {
    ...COPIES,
    default: '60',
    meaning:
      'Copies that guests from one client network can have on order within 24 hours, unpaid and not shipped. 0: no limit. Behind a proxy without TRUSTED_PROXY_SECRET all guests are one network',
  },
  UNPAID_LIMIT_EMAIL: {
    ...COPIES,
    default: '20',
    example: '10',
    meaning: 'The same for one email address of guests',
  },
} as const satisfies Variables

const MAIL = {
  SMTP_URL: {
    secret: true,
    ...SMTP_SERVER,
    unset: 'mails are files in the data folder',
    meaning: 'Mail server',
  },
  SES_REGION: { ...AWS_REGION_NAME, meaning: 'Send mails with Amazon SES in this Region instead' },
  SES_CONFIGURATION_SET: {
    ...TEXT,
    example: 'cloudshelf',
    meaning: 'Configuration set of SES, which counts bounces and complaints of these mails apart',
  },
  MAIL_FROM: {
    ...SENDER,
    unset: '`<SHOP_NAME> <orders@…>` at the host of PUBLIC_URL',
    meaning: 'Sender of the mails',
  },
} as const satisfies Variables

const LOGS = {
  CLOUDSHELF_LOG: {
    ...LOG_LEVEL,
    unset: '`events`, on Lambda `requests`',
    meaning:
      'How much is logged. `calls` are those of the database. A terminal gets lines, everything else JSON',
  },
  POWERTOOLS_SERVICE_NAME: {
    ...TEXT,
    unset: '`cloudshelf`, on Lambda the name of the function',
    meaning: 'Service in JSON logs and metrics',
  },
} as const satisfies Variables

/** All variables by subject, in the order of docs/settings.md. */
export const VARIABLES_BY_SUBJECT: Readonly<Record<string, Variables>> = {
  'Web server': WEB_SERVER,
  'The shop': SHOP,
  'Prices and carts': SALES,
  Payments: PAYMENTS,
  'Data and database': DATA,
  PostgreSQL: POSTGRES,
  Mail: MAIL,
  'Sign-in with Amazon Cognito': COGNITO,
  Backups: BACKUPS,
  Logs: LOGS,
  'On AWS, set by the stacks': LAMBDA,
}

const VARIABLES = {
  ...WEB_SERVER,
  ...SHOP,
  ...SALES,
  ...PAYMENTS,
  ...DATA,
  ...POSTGRES,
  ...MAIL,
  ...COGNITO,
  ...BACKUPS,
  ...LOGS,
  ...LAMBDA,
}

type ValueOf<V extends Variable> =
  | z.output<V['schema']>
  | (V extends { readonly default: string } ? never : undefined)

/** The parsed variables; undefined for one that is not set and has no default. */
export type Environment = { readonly [name in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[name]> }

/** A variable of the shop that is set, with its text. */
export type SetVariable = { readonly name: string; readonly text: string; readonly secret: boolean }

/** The variables that are set and belong to the shop: not those of this machine, nor those that the stacks on AWS set. */
export const listSetVariables = (
  given: Readonly<Record<string, string | undefined>>,
): readonly SetVariable[] =>
  Object.entries<Variable>(VARIABLES).flatMap(([name, { secret = false, machine = false }]) => {
    const text = given[name]
    return text && !machine && !(name in LAMBDA) ? [{ name, text, secret }] : []
  })

const messageFor = (name: string, { expected, example }: SettingType): string =>
  `${name} must be ${expected}${example === undefined ? '' : `, for example ${example}`}`

/** Parses the variables of the shop; an empty one counts as not set. Returns them, or a message for each that is wrong. */
export const parseEnvironment = (
  given: Readonly<Record<string, string | undefined>>,
): { readonly environment: Environment } | { readonly problems: readonly string[] } => {
  const problems: string[] = []
  const values = Object.entries<Variable>(VARIABLES).map(([name, variable]) => {
    const text = given[name] || variable.default
    const parsed = text === undefined ? undefined : variable.schema.safeParse(text)
    if (parsed && !parsed.success) problems.push(messageFor(name, variable))
    return [name, parsed?.data]
  })
  return problems.length > 0 ? { problems } : { environment: Object.fromEntries(values) as Environment }
}
