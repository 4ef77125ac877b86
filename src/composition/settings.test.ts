import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { VARIABLES_BY_SUBJECT } from './environment.ts'
import { readSettings, SettingsError } from './settings.ts'

const messageOf = (environment: Record<string, string>): string => {
  try {
    readSettings(environment)
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  throw new Error('these settings were accepted')
}

test('an empty environment is a shop on this machine', () => {
  expect(readSettings({})).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    dynamodbPort: 8000,
    publicUrl: 'http://localhost:3000',
    dataDir: resolve('.cloudshelf'),
    endpoint: undefined,
    accessKey: undefined,
    bucket: undefined,
    cognito: undefined,
    mail: { from: { name: 'CloudShelf', address: 'orders@localhost' } },
    currency: { code: 'USD', decimals: 2 },
    rules: { tax: { numerator: 8n, denominator: 100n }, shipping: 599 },
    cartTtlSeconds: 604_800,
    log: { level: 'events', service: 'cloudshelf' },
  })
})

test.each([
  ['JPY', undefined, 600],
  ['JPY', '500', 500],
  ['KWD', '1.250', 1250],
  ['KWD', undefined, 5990],
  ['HUF', '1490.50', 149_050],
  ['ISK', undefined, 600],
])('in %s a shipping cost of %s is %i minor units', (CURRENCY, SHIPPING_FLAT, shipping) => {
  expect(readSettings({ CURRENCY, SHIPPING_FLAT }).rules.shipping).toBe(shipping)
})

test('an empty variable counts as not set', () => {
  expect(readSettings({ PORT: '', DYNAMODB_ENDPOINT: '', CURRENCY: '' })).toEqual(readSettings({}))
})

test('the shop profile is what the settings say, with the texts of the files', () => {
  const profile = readSettings({
    SHOP_NAME: ' Corner Books ',
    SHOP_ADDRESS: '1 Library Lane;  Anytown, NY 12345;',
    TIME_ZONE: 'America/New_York',
    TERMS_FILE: 'LICENSE',
  })
  expect(profile.shop).toMatchObject({
    name: 'Corner Books',
    legalName: undefined,
    address: ['1 Library Lane', 'Anytown, NY 12345'],
    timeZone: 'America/New_York',
    terms: expect.stringContaining('MIT'),
    privacy: undefined,
  })
  expect(profile.mail.from).toEqual({ name: 'Corner Books', address: 'orders@localhost' })
  expect(readSettings({}).shop).toMatchObject({ name: 'CloudShelf', address: [], timeZone: 'UTC' })
})

describe('a value that cannot be used is refused with what it must be:', () => {
  test.each([
    [{ PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535, for example 3000'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535, for example 3000'],
    [{ DYNAMODB_PORT: '80.5' }, 'DYNAMODB_PORT must be a whole number from 0 to 65535, for example 8001'],
    [{ CART_TTL_DAYS: '0' }, 'CART_TTL_DAYS must be a whole number from 1 to 365, for example 7'],
    [{ TAX_RATE: '8%' }, 'TAX_RATE must be a decimal rate from 0 to less than 1, for example 0.08'],
    [
      { SHIPPING_FLAT: '-1' },
      'SHIPPING_FLAT must be an amount in the currency of the shop, for example 5.99',
    ],
    [
      { SHIPPING_FLAT: '1e3' },
      'SHIPPING_FLAT must be an amount in the currency of the shop, for example 5.99',
    ],
    [{ SHIPPING_FLAT: '5.999' }, 'SHIPPING_FLAT must be an amount in USD, with at most 2 decimals'],
    [{ SHIPPING_FLAT: '5.99', CURRENCY: 'JPY' }, 'SHIPPING_FLAT must be an amount in JPY, with no decimals'],
    [{ PORT: '0x10' }, 'PORT must be a whole number from 0 to 65535, for example 3000'],
    [{ PORT: '1e3' }, 'PORT must be a whole number from 0 to 65535, for example 3000'],
    [{ CURRENCY: 'euro' }, 'CURRENCY must be a currency code of ISO 4217, for example EUR'],
    [{ CURRENCY: 'XAU' }, 'CURRENCY must be a currency code of ISO 4217, for example EUR'],
    [
      { PUBLIC_URL: 'shop.example' },
      'PUBLIC_URL must be an http:// or https:// URL, for example https://shop.example',
    ],
    [
      { DYNAMODB_ENDPOINT: 'localhost:8000' },
      'DYNAMODB_ENDPOINT must be `aws`, or the URL of a DynamoDB-compatible database, for example http://127.0.0.1:8000',
    ],
    [{ CLOUDSHELF_SECRET: 'short' }, 'CLOUDSHELF_SECRET must be at least 32 characters long'],
    [{ CLOUDSHELF_LOG: 'all' }, 'CLOUDSHELF_LOG must be one of errors, events, requests, calls'],
    [{ MAIL_FROM: 'me' }, 'MAIL_FROM must be a sender, for example CloudShelf <orders@shop.example>'],
    [{ SHOP_NAME: 'a\nb' }, 'SHOP_NAME must be one line of at most 100 characters, for example Corner Books'],
    [{ SHOP_EMAIL: 'hello' }, 'SHOP_EMAIL must be an email address, for example hello@shop.example'],
    [{ TIME_ZONE: 'Berlin' }, 'TIME_ZONE must be an IANA time zone, for example Europe/Berlin'],
    [{ TIME_ZONE: '+02:00' }, 'TIME_ZONE must be an IANA time zone, for example Europe/Berlin'],
    [{ TERMS_FILE: '/no/such/terms.md' }, 'TERMS_FILE must be a readable Markdown file of at most 256 KB'],
  ])('%j', (environment, expected) => {
    expect(messageOf(environment)).toBe(`invalid settings: ${expected}`)
  })

  test('all of them in one line, none with its value', () => {
    const message = messageOf({ PORT: 'abc', TRUSTED_PROXY_SECRET: 'hunter2', TAX_RATE: '2' })
    expect(message).toMatch(
      /^invalid settings: PORT must .*; TRUSTED_PROXY_SECRET must .*; TAX_RATE must [^\n]+$/,
    )
    expect(message).not.toMatch(/abc|hunter2/)
  })

  test('settings that exclude or need each other', () => {
    expect(messageOf({ SMTP_URL: 'smtp://mail.example', SES_REGION: 'eu-central-1' })).toBe(
      'invalid settings: set SMTP_URL or SES_REGION, not both',
    )
    expect(messageOf({ COGNITO_CLIENT_ID: 'abc' })).toBe(
      'invalid settings: COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID must be set together',
    )
  })
})

const ALL = Object.values(VARIABLES_BY_SUBJECT).flatMap(variables => Object.entries(variables))

test.each(ALL)('the default and the example of %s are themselves accepted', (_name, variable) => {
  for (const text of [variable.default, variable.example])
    if (text !== undefined) expect(variable.schema.safeParse(text)).toMatchObject({ success: true })
})

test('every variable is described once, in one line', () => {
  expect(new Set(ALL.map(([name]) => name)).size).toBe(ALL.length)
  expect(ALL.length).toBeGreaterThan(35)
  for (const [name, { meaning }] of ALL) expect(meaning, name).toMatch(/^[A-Z][^\n|]+[^.\n]$/)
})

test('a shop has a PostgreSQL server or an Aurora cluster, whose Region is in its ARN', () => {
  const DATABASE_ARN = 'arn:aws:rds:eu-west-1:123456789012:cluster:cloudshelf'
  const DATABASE_SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-1'
  expect(readSettings({ DATABASE_ARN, DATABASE_SECRET_ARN })).toMatchObject({
    postgres: undefined,
    aurora: {
      database: 'cloudshelf',
      region: 'eu-west-1',
      endpoint: 'https://rds-data.eu-west-1.amazonaws.com',
      keysQueue: undefined,
      queued: 'all',
    },
  })
  expect(messageOf({ DATABASE_ARN, DATABASE_SECRET_ARN, DATABASE_URL: 'embedded' })).toContain('not both')
  expect(messageOf({ DATABASE_ARN })).toContain('must be set together')
  expect(messageOf({ DATABASE_ARN: 'cloudshelf', DATABASE_SECRET_ARN })).toContain(
    'the ARN of a database cluster',
  )
})

test('PostgreSQL answers searches only where there is one', () => {
  expect(readSettings({}).search).toBe('memory')
  expect(readSettings({ SEARCH: 'shadow', DATABASE_URL: 'embedded' }).search).toBe('shadow')
  expect(messageOf({ SEARCH: 'postgres' })).toMatch(
    /set DATABASE_URL with SEARCH=postgres, or leave SEARCH out/,
  )
  expect(messageOf({ SEARCH: 'fast', DATABASE_URL: 'embedded' })).toMatch(
    /SEARCH must be one of memory, shadow, postgres/,
  )
})
