/**
 * The environment variables of the shop as data: type, default and meaning of each, by subject. settings.ts parses them,
 * messages quote them, and test/settings-page.test.ts keeps docs/settings.md equal to them.
 */
import type * as z from 'zod'
import { DEFAULT_TABLE_NAMES } from '../tables/definitions.ts'
import { COGNITO, LAMBDA } from './environment-aws.ts'
import { SHOP } from './environment-shop.ts'
import {
  AMOUNT,
  AWS_REGION_NAME,
  COPIES,
  CURRENCY_CODE,
  DATABASE_LOCATION,
  DAYS,
  DYNAMODB_URL,
  HTTP_URL,
  LOG_LEVEL,
  PORT_NUMBER,
  POSTGRES_URL,
  RATE,
  SECRET,
  SENDER,
  type SettingType,
  SMTP_SERVER,
  TABLE_NAME,
  TEXT,
} from './setting-types.ts'

export type Variable = SettingType & {
  /** What it is for, in one line. */
  readonly meaning: string
  /** The text that an unset variable stands for. */
  readonly default?: string
  /** What applies when it is not set, where that is no fixed text. */
  readonly unset?: string
}

export type Variables = Readonly<Record<string, Variable>>

const WEB_SERVER = {
  PORT: { ...PORT_NUMBER, default: '3000', meaning: 'Port of the shop. 0 takes any free port' },
  HOST: { ...TEXT, default: '127.0.0.1', example: '0.0.0.0', meaning: 'Network interface of the shop' },
  PUBLIC_URL: {
    ...HTTP_URL,
    unset: '`http://localhost:<PORT>`',
    meaning:
      'URL at which customers reach the shop. Must be https:// unless the shop is for this machine only',
  },
  TRUSTED_PROXY_SECRET: {
    ...SECRET,
    unset: 'no proxy is trusted',
    meaning:
      'Shared secret that a reverse proxy sends in `X-Trusted-Proxy`, so that its `X-Forwarded-For` is believed',
  },
  CLOUDSHELF_SECRET: {
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

const tableName = (id: keyof typeof DEFAULT_TABLE_NAMES) => ({
  ...TABLE_NAME,
  default: DEFAULT_TABLE_NAMES[id],
  example: `shop2-${id}`,
  meaning: `Name of the ${id} table`,
})

const DATA = {
  CLOUDSHELF_DATA_DIR: {
    ...TEXT,
    default: '.cloudshelf',
    example: '/var/lib/cloudshelf',
    meaning: 'Data folder: database, covers, search index, mails and secret',
  },
  DYNAMODB_ENDPOINT: {
    ...DYNAMODB_URL,
    unset: 'the embedded engine',
    meaning:
      'Database. `aws` is Amazon DynamoDB in AWS_REGION; create its tables with `npx cloudshelf tables create`',
  },
  DYNAMODB_PORT: {
    ...PORT_NUMBER,
    default: '8000',
    example: '8001',
    meaning: 'Port at which AWS clients reach the embedded engine',
  },
  AWS_REGION: {
    ...TEXT,
    example: 'eu-central-1',
    unset: 'AWS_DEFAULT_REGION, else the Region of the AWS profile',
    meaning: 'Region of the database and the other AWS services. One must be found where they are used',
  },
  AWS_DEFAULT_REGION: { ...TEXT, example: 'eu-central-1', meaning: 'The same, where AWS_REGION is not set' },
  AWS_ACCESS_KEY_ID: {
    ...TEXT,
    unset: 'AWS_PROFILE, single sign-on or the role of the machine',
    meaning: 'Access key for AWS, together with AWS_SECRET_ACCESS_KEY',
  },
  AWS_SECRET_ACCESS_KEY: { ...TEXT, meaning: 'Secret of the access key' },
  AWS_SESSION_TOKEN: { ...TEXT, meaning: 'Session token of temporary credentials' },
  BOOKS_TABLE_NAME: tableName('books'),
  CARTS_TABLE_NAME: tableName('carts'),
  USERS_TABLE_NAME: tableName('users'),
  ORDERS_TABLE_NAME: tableName('orders'),
  CONTROL_TABLE_NAME: tableName('control'),
} as const satisfies Variables

const POSTGRES = {
  DATABASE_URL: {
    ...DATABASE_LOCATION,
    unset: 'no PostgreSQL',
    meaning:
      'PostgreSQL beside DynamoDB, see [phase 2](phase-2.md). `embedded` runs one in the data folder; a URL names a database of your own that nothing else uses',
  },
  DATABASE_READ_URL: {
    ...POSTGRES_URL,
    unset: 'DATABASE_URL',
    meaning:
      'A replica of that database, which reports read; while it cannot be reached they read DATABASE_URL',
  },
  POSTGRES_PORT: {
    ...PORT_NUMBER,
    default: '5433',
    example: '5432',
    meaning: 'Port at which this machine reaches the embedded PostgreSQL. 0 takes any free port',
  },
} as const satisfies Variables

const MAIL = {
  SMTP_URL: { ...SMTP_SERVER, unset: 'mails are files in the data folder', meaning: 'Mail server' },
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
  'Data and database': DATA,
  PostgreSQL: POSTGRES,
  Mail: MAIL,
  'Sign-in with Amazon Cognito': COGNITO,
  Logs: LOGS,
  'On AWS, set by the stacks': LAMBDA,
}

const VARIABLES = {
  ...WEB_SERVER,
  ...SHOP,
  ...SALES,
  ...DATA,
  ...POSTGRES,
  ...MAIL,
  ...COGNITO,
  ...LOGS,
  ...LAMBDA,
}

type ValueOf<V extends Variable> =
  | z.output<V['schema']>
  | (V extends { readonly default: string } ? never : undefined)

/** The parsed variables; undefined for one that is not set and has no default. */
export type Environment = { readonly [name in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[name]> }

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
