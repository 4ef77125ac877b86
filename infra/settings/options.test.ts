/** Tests of deployment options: defaults, precedence and error messages. */
import { expect, test } from 'vitest'
import { readSettings } from '#src/composition/settings.ts'
import { OPTION_NAMES, OptionsError, readOptions } from './options.ts'
import { paymentSettings } from './payments.ts'

const refusal = (
  context: Record<string, unknown>,
  environment: { region?: string } = { region: 'us-east-1' },
): string => {
  try {
    readOptions(context, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError)
    return (error as OptionsError).message
  }
  return 'nothing was refused'
}

const HERE = { region: 'eu-central-1' }

test('the default is dev without anything that has a standing charge', () => {
  expect(readOptions({}, HERE)).toMatchObject({ stage: 'dev', reserved: {} })
})

test('the Region is the one of the command line, of the stage or of the environment; without any there is none', () => {
  const stages = { prod: { region: 'eu-west-1' } }
  expect(readOptions({ stages, stage: 'prod', region: 'us-west-2' }, HERE).region).toBe('us-west-2')
  expect(readOptions({ stages, stage: 'prod' }, HERE).region).toBe('eu-west-1')
  expect(readOptions({ stages }, HERE).region).toBe('eu-central-1')
  expect(refusal({ stages }, {})).toBe(
    'invalid options: region is not known: add --context region=eu-central-1, or set AWS_REGION',
  )
})

test('options of a stage come from cdk.json, and the command line overrides them', () => {
  const stages = { prod: { domain: 'shop.example', currency: 'EUR' }, dev: { currency: 'CHF' } }
  expect(readOptions({ stages, stage: 'prod' }, HERE)).toMatchObject({
    domain: 'shop.example',
    currency: 'EUR',
  })
  expect(readOptions({ stages }, HERE)).toMatchObject({ currency: 'CHF' })
  expect(readOptions({ stages, stage: 'prod', currency: 'USD' }, HERE).currency).toBe('USD')
})

test('context values of CDK itself are ignored', () => {
  expect(
    readOptions({ 'aws:cdk:bundling-stacks': ['**'], '@aws-cdk/core:x': true, stage: 'staging' }, HERE).stage,
  ).toBe('staging')
})

test.each([
  [{ stage: 'production' }, 'stage must be one of dev, staging, prod'],
  [{ stgae: 'prod' }, 'unknown option stgae'],
  [{ region: 'Frankfurt' }, 'region must be a Region, for example eu-central-1'],
  [{ domain: 'https://shop.example' }, 'domain must be a host name, for example shop.example'],
  [{ reserved: 'Checkout=5' }, 'reserved has an unknown function Checkout; must be one of BookCatalog'],
  [{ reserved: 'OrderProcess=many' }, 'reserved.OrderProcess must be a number of instances, for example 20'],
  [{ memory: 'BookCatalog=64' }, 'memory.BookCatalog must be a number of megabytes from 128 to 10240'],
  [{ memory: 'Search=2048' }, 'memory has an unknown function Search'],
  [{ mailFrom: 'the shop' }, 'mailFrom must be a sender'],
  [{ cognito: 'my-aws-shop' }, 'must not contain aws'],
  [{ monthlyBill: 'ten' }, 'monthlyBill must be an amount'],
  [{ timeZone: '+02:00' }, 'timeZone must be an IANA time zone, for example Europe/Berlin'],
  [{ shopName: 'two\nlines' }, 'shopName must be one line'],
  [{ termsFile: '/no/such/terms.md' }, 'termsFile must be a readable Markdown file'],
  [{ secondRegion: 'eu-west-1' }, 'secondRegion requires a domain'],
  [{ secondRegion: 'us-east-1', domain: 'shop.example' }, 'secondRegion must differ from region'],
  [
    { paymentMethods: 'paypal' },
    'paymentMethods must be one or more of invoice, collection, transfer, stripe',
  ],
  [{ paymentMethods: 'transfer' }, 'paymentMethods=transfer requires bankDetails'],
  [{ paymentMethods: 'collection' }, 'paymentMethods=collection requires collection=on'],
  [{ collection: 'on' }, 'collection=on requires a shopAddress'],
  [{ paymentMethods: 'stripe', currency: 'KPW' }, 'a currency that Stripe charges, and KPW is none'],
  [{ invoiceDays: 'soon' }, 'invoiceDays must be'],
  [{ active: 'second' }, 'active=second requires a secondRegion'],
  [{ zoneId: 'Z0123' }, 'zoneId requires a domain'],
  [
    { domain: 'shop.example', zoneId: 'Z0123', zoneName: 'other.example' },
    'must be in the zone other.example',
  ],
])('%o is refused', (context, words) => {
  const message = refusal(context)
  expect(message).toContain(words)
  expect(message).not.toContain('\n')
})

test('several invalid options are reported together', () => {
  expect(refusal({ stage: 'x', currency: 'dollars' })).toMatch(/stage .*; currency /)
  expect(refusal({ currency: 'JPY', shippingFlat: '5.99' })).toMatch(/shippingFlat .* JPY, with no decimals/)
  expect(readOptions({ region: 'eu-central-1', currency: 'KWD', shippingFlat: '1.250' })).toMatchObject({
    shippingFlat: '1.250',
  })
})

test('each option is explained in the operator’s guide', async () => {
  const { readFile } = await import('node:fs/promises')
  const guide = await readFile('docs/operations.md', 'utf8')
  // Options that the commands pass to each other.
  const inner = [
    'secondBooksStream',
    'secondControlStream',
    'secondOrdersStream',
    'secondCartsStream',
    'secondUsersStream',
    'secretsRead',
    'natives',
    'mailIdentity',
    'secondMailIdentity',
  ]
  for (const name of OPTION_NAMES.filter(one => !inner.includes(one)))
    expect(guide, name).toContain(`\`${name}\``)
})

test('options of PostgreSQL require it, and a reader those who read it', () => {
  const read = (said: Record<string, unknown>) => readOptions({ region: 'us-east-1', ...said })
  expect(read({ reports: 'nightly' })).toMatchObject({
    reports: 'nightly',
    vpcFunctions: false,
    biAccess: false,
  })
  expect(() => read({ reports: 'daily' })).toThrow('reports must be nightly, hourly or live')
  expect(() => read({ vpcFunctions: 'true' })).toThrow('vpcFunctions requires reports')
  expect(() => read({ biAccess: 'true' })).toThrow('biAccess requires reports')
  expect(() => read({ reports: 'live', databaseReader: 'true' })).toThrow('databaseReader requires biAccess')
})

test('options of payments become the settings of the functions', () => {
  const said = {
    paymentMethods: 'stripe,transfer,collection',
    bankDetails: 'Corner Books Ltd.; IBAN DE02 1203 0000 0000 2020 51',
    collection: 'on',
    shopAddress: '1 Library Lane; Anytown',
    invoiceDays: '30',
    invoiceFor: 'confirmed',
    invoiceAt: 'order',
    invoicePrefix: 'CB-',
    invoiceYears: '8',
    transferDays: '5',
  }
  const variables = paymentSettings(readOptions(said, HERE))
  const settings = readSettings({ ...variables, SHOP_ADDRESS: said.shopAddress })
  expect(settings.payment).toMatchObject({
    methods: ['stripe', 'transfer', 'collection'],
    bankDetails: ['Corner Books Ltd.', 'IBAN DE02 1203 0000 0000 2020 51'],
    collection: true,
    daysToPay: { invoice: 30, transfer: 5 },
    invoiceFor: 'confirmed',
    invoices: { at: 'order', prefix: 'CB-', years: 8 },
  })
  // Without an option, functions need not look for a live checkout that there cannot be.
  expect(paymentSettings(readOptions({}, HERE))).toEqual({ PAYMENT_METHODS: 'invoice' })
})
