/** Options say in one line what is wrong with them, and cdk.json's give way to what is typed. */
import { expect, test } from 'vitest'
import { OPTION_NAMES, OptionsError, readOptions } from './options.ts'

const refusal = (context: Record<string, unknown>): string => {
  try {
    readOptions(context)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError)
    return (error as OptionsError).message
  }
  return 'nothing was refused'
}

test('without a word it is dev, in us-east-1, with nothing that costs', () => {
  expect(readOptions({})).toMatchObject({ stage: 'dev', region: 'us-east-1', waf: false, reserved: {} })
})

test('what cdk.json keeps for a stage holds there, and what is typed holds more', () => {
  const stages = { prod: { domain: 'shop.example', currency: 'EUR' }, dev: { currency: 'CHF' } }
  expect(readOptions({ stages, stage: 'prod' })).toMatchObject({ domain: 'shop.example', currency: 'EUR' })
  expect(readOptions({ stages })).toMatchObject({ currency: 'CHF' })
  expect(readOptions({ stages, stage: 'prod', currency: 'USD' }).currency).toBe('USD')
})

test('what CDK itself puts into the context is no option', () => {
  expect(
    readOptions({ 'aws:cdk:bundling-stacks': ['**'], '@aws-cdk/core:x': true, stage: 'staging' }).stage,
  ).toBe('staging')
})

test.each([
  [{ stage: 'production' }, 'stage is none of dev, staging, prod'],
  [{ stgae: 'prod' }, 'there is no stgae'],
  [{ region: 'Frankfurt' }, 'region is no region such as eu-central-1'],
  [{ domain: 'https://shop.example' }, 'domain is no name such as shop.example'],
  [{ reserved: 'Checkout=5' }, 'reserved names Checkout, which is none of BookCatalog'],
  [{ reserved: 'OrderProcess=many' }, 'reserved.OrderProcess is no number of copies such as 20'],
  [{ mailFrom: 'the shop' }, 'mailFrom is no sender'],
  [{ cognito: 'my-aws-shop' }, 'may not contain aws'],
  [{ monthlyBill: 'ten' }, 'monthlyBill is no amount'],
  [{ secondRegion: 'eu-west-1' }, 'secondRegion needs a domain'],
  [{ secondRegion: 'us-east-1', domain: 'shop.example' }, 'secondRegion is the first one again'],
  [{ active: 'second' }, 'active=second needs a secondRegion'],
  [{ zoneId: 'Z0123' }, 'zoneId needs a domain'],
  [
    { domain: 'shop.example', zoneId: 'Z0123', zoneName: 'other.example' },
    'does not lie in the zone other.example',
  ],
])('%o is refused', (context, words) => {
  const message = refusal(context)
  expect(message).toContain(words)
  expect(message).not.toContain('\n')
})

test('several wrong options are named at once', () => {
  expect(refusal({ stage: 'x', currency: 'dollars' })).toMatch(/stage .*; currency /)
})

test('each option is explained in the operator’s guide', async () => {
  const { readFile } = await import('node:fs/promises')
  const guide = await readFile('docs/operations.md', 'utf8')
  // What commands hand on among themselves.
  const inner = ['secondBooksStream', 'secondControlStream', 'secretsRead', 'natives']
  for (const name of OPTION_NAMES.filter(one => !inner.includes(one)))
    expect(guide, name).toContain(`\`${name}\``)
})
