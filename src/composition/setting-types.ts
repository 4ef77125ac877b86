/**
 * Types of settings: how the text of an environment variable is parsed, and what a message says that it must be.
 * One of each is enough for many variables (environment.ts), so that all are refused in the same words.
 */
import { readFileSync, statSync } from 'node:fs'
import * as z from 'zod'
import { normalizeEmail } from '../accounts/email.ts'
import { SEARCH_MODES } from '../catalog/search-mode.ts'
import { findCurrency } from '../core/currency.ts'
import { LOG_LEVELS } from '../core/log/log.ts'
import { parseRate } from '../core/money.ts'
import { isTimeZone } from '../core/shop-profile.ts'
import { parseSender } from '../notifications/sender.ts'

export type SettingType = {
  /** From the text of the variable, which is never empty, to the value. */
  readonly schema: z.ZodType<unknown, string>
  /** What the text must be, as the end of a sentence: "PORT must be …". */
  readonly expected: string
  readonly example?: string
}

/** A schema around a parser that gives undefined for a text it does not understand. */
export const parsedBy = <T>(parse: (text: string) => T | undefined) =>
  z.string().transform((text, context) => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom' })
    return z.NEVER
  })

export const wholeNumber = (least: number, most: number, example: string) => ({
  schema: parsedBy(text => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return number >= least && number <= most ? number : undefined
  }),
  expected: `a whole number from ${least} to ${most}`,
  example,
})

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/
const USER_POOL = /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]{1,55}$/
const MAX_MARKDOWN_BYTES = 256 * 1024
const httpUrl = z.url({ protocol: /^https?$/ })

/** The Markdown of a file; undefined for a file that cannot be read or is too large. */
const readMarkdown = (path: string): string | undefined => {
  try {
    return statSync(path).size <= MAX_MARKDOWN_BYTES ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

const lines = (text: string): string[] =>
  text
    .split(/[;\r\n]+/)
    .map(line => line.trim())
    .filter(line => line !== '')

export const TEXT = { schema: z.string(), expected: 'any text' } as const
export const PORT_NUMBER = wholeNumber(0, 65_535, '3000')
export const DAYS = wholeNumber(1, 365, '7')
export const MEGABYTES = wholeNumber(128, 10_240, '1024')
export const COPIES = wholeNumber(0, 1_000_000, '60')
export const PATHS = wholeNumber(1, 1_000_000, '900')
export const COPIES_KEPT = wholeNumber(1, 1_000, '7')

export const HTTP_URL = {
  schema: httpUrl,
  expected: 'an http:// or https:// URL',
  example: 'https://shop.example',
} as const

export const DYNAMODB_URL = {
  schema: z.union([z.literal('aws'), httpUrl]),
  expected: '`aws`, or the URL of a DynamoDB-compatible database',
  example: 'http://127.0.0.1:8000',
} as const

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ })

export const POSTGRES_URL = {
  schema: postgresUrl,
  expected: 'a postgres:// URL',
  example: 'postgres://user:password@db.example/cloudshelf',
} as const

export const DATABASE_LOCATION = {
  schema: z.union([z.literal('embedded'), postgresUrl]),
  expected: '`embedded`, or a postgres:// URL',
  example: 'embedded',
} as const

export const SEARCH_ENGINE = {
  schema: z.enum(SEARCH_MODES),
  expected: `one of ${SEARCH_MODES.join(', ')}`,
  example: 'shadow',
} as const

export const CLUSTER_ARN = {
  schema: z.string().regex(/^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster:[A-Za-z0-9-]{1,63}$/),
  expected: 'the ARN of a database cluster',
  example: 'arn:aws:rds:eu-central-1:123456789012:cluster:cloudshelf',
} as const

export const SECRET_ARN = {
  schema: z.string().regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S{1,200}$/),
  expected: 'the ARN of a secret',
  example: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-AbCdEf',
} as const

export const DATABASE_NAME = {
  schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  expected: 'the name of a database',
  example: 'cloudshelf',
} as const

export const DISTRIBUTION_ID = {
  schema: z.string().regex(/^[A-Z0-9]{5,32}$/),
  expected: 'the id of a CloudFront distribution',
  example: 'E2EXAMPLE1',
} as const

export const FUNCTION_ALIAS = {
  schema: z.string().regex(/^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/),
  expected: 'the name of a Lambda function, a colon, and an alias of it',
  example: 'CdnPurger:live',
} as const

export const SMTP_SERVER = {
  schema: z.url({ protocol: /^smtps?$/ }),
  expected: 'an smtp:// or smtps:// URL',
  example: 'smtps://user:password@mail.example:465',
} as const

export const AWS_REGION_NAME = {
  schema: z.string().regex(REGION),
  expected: 'an AWS Region',
  example: 'eu-central-1',
} as const

export const USER_POOL_ID = {
  schema: z.string().regex(USER_POOL),
  expected: 'the ID of a Cognito user pool',
  example: 'eu-central-1_AbCd1234',
} as const

export const CLIENT_ID = {
  schema: z.string().regex(/^[\w+]{1,128}$/),
  expected: 'the ID of an app client: at most 128 letters, digits, `+` and `_`',
  example: '7c9example0client1id2',
} as const

export const BUCKET_NAME = {
  schema: z.string().min(3).max(63),
  expected: 'a bucket name of 3 to 63 characters',
  example: 'cloudshelf-blobs',
} as const

export const PARAMETER_PATH = {
  schema: z.string().regex(/^(\/[A-Za-z0-9_.-]+)+$/),
  expected: 'a path of SSM parameters',
  example: '/cloudshelf/prod',
} as const

export const TABLE_NAME = {
  schema: z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/),
  expected: 'a table name of 3 to 255 letters, digits, `.`, `-` and `_`',
  example: 'cloudshelf-books',
} as const

export const SECRET = { schema: z.string().min(32), expected: 'at least 32 characters long' } as const

export const SENDER = {
  schema: parsedBy(parseSender),
  expected: 'a sender',
  example: 'CloudShelf <orders@shop.example>',
} as const

export const QUEUED_KEYS = {
  schema: z.enum(['all', 'searches']),
  expected: '`all` or `searches`',
} as const

export const LOG_LEVEL = {
  schema: z.enum(LOG_LEVELS),
  expected: `one of ${LOG_LEVELS.join(', ')}`,
} as const

export const CURRENCY_CODE = {
  schema: parsedBy(findCurrency),
  expected: 'a currency code of ISO 4217',
  example: 'EUR',
} as const

export const RATE = {
  schema: parsedBy(parseRate),
  expected: 'a decimal rate from 0 to less than 1',
  example: '0.08',
} as const

/** Its decimals are checked with the currency. */
export const AMOUNT = {
  schema: z.string().regex(/^\d{1,8}(\.\d{1,4})?$/),
  expected: 'an amount in the currency of the shop',
  example: '5.99',
} as const

export const SHORT_TEXT = {
  schema: z
    .string()
    .trim()
    .regex(/^[^\p{C}]{1,100}$/u),
  expected: 'one line of at most 100 characters',
} as const

export const ADDRESS_LINES = {
  schema: parsedBy(text => {
    const address = lines(text)
    return address.length > 0 && address.length <= 6 && address.every(line => line.length <= 100)
      ? address
      : undefined
  }),
  expected: 'one to six lines, separated by `;` or line breaks',
  example: '1 Library Lane; Anytown, NY 12345; USA',
} as const

export const EMAIL_ADDRESS = {
  schema: parsedBy(normalizeEmail),
  expected: 'an email address',
  example: 'hello@shop.example',
} as const

export const HOURS_OF_DAY = {
  schema: parsedBy(text => {
    const [, from, until] = /^(\d{1,2})-(\d{1,2})$/.exec(text)?.map(Number) ?? []
    return from !== undefined && until !== undefined && from < until && until <= 24
      ? { from, until }
      : undefined
  }),
  expected: 'two hours from 0 to 24, the first one earlier',
  example: '9-21',
} as const

export const TIME_ZONE_NAME = {
  schema: parsedBy(text => (isTimeZone(text) ? text : undefined)),
  expected: 'an IANA time zone',
  example: 'Europe/Berlin',
} as const

/** A file whose text is the value. */
export const MARKDOWN_FILE = {
  schema: parsedBy(readMarkdown),
  expected: 'a readable Markdown file of at most 256 KB',
} as const

export const TIME_OF_DAY = {
  schema: parsedBy(text => {
    const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
    return hour === undefined ? undefined : { hour: Number(hour), minute: Number(minute) }
  }),
  expected: 'a time of day, as `HH:MM`',
  example: '03:30',
} as const
