/** No resource with a standing charge comes into a stage without standing in its priced list; dev has none. */
import { expect, test, vi } from 'vitest'
import { ALL_OPTIONS, type StackOptions, synthesize } from '../test/stacks.ts'
import { findPrice, STANDING_CHARGES } from '../tools/cost/prices.ts'
import { listCharges, UnpricedError } from './standing-costs.ts'

// Five syntheses take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

type Stage = 'dev' | 'staging' | 'prod'

/** What is charged in a stage, as `price: how many`. */
const charged = (stage: Stage, said: StackOptions = {}): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { price, count } of listCharges(Object.values(synthesize({ stage, ...said }).templates)))
    sums[price] = (sums[price] ?? 0) + count
  return sums
}

/** What its list in data/standing-charges.json allows, with these options on. */
const listed = (stage: Stage, options: readonly string[] = []): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { price, count, option } of STANDING_CHARGES[stage])
    if (option === undefined || options.includes(option)) sums[price] = (sums[price] ?? 0) + count
  return sums
}

test('dev has no standing charge at all', () => {
  expect(charged('dev')).toEqual({})
  expect(STANDING_CHARGES.dev).toEqual([])
})

test.each(['staging', 'prod'] as const)(
  '%s is charged for what its list says, and for nothing else',
  stage => {
    expect(charged(stage)).toEqual(listed(stage))
    // A zone is nothing that the stacks make.
    const { 'route53-hosted-zone': _, ...options } = listed(stage, ['waf', 'domain', 'secondRegion'])
    expect(charged(stage, ALL_OPTIONS)).toEqual(options)
    for (const { price } of STANDING_CHARGES[stage]) expect(findPrice(price).standing).toBe(true)
  },
)

test('what nobody has priced is refused, and so is what makes something free cost by the hour', () => {
  const one =
    (Type: string, Properties = {}) =>
    () =>
      listCharges([{ Resources: { It: { Type, Properties } } }])
  expect(one('AWS::SecretsManager::Secret')).toThrow(UnpricedError)
  expect(one('AWS::EC2::EIP')).toThrow(/what It, a AWS::EC2::EIP, costs/)
  expect(one('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: {} })).toThrow(/by the hour/)
  expect(one('AWS::SQS::Queue')()).toEqual([])
})
