/** Tests that every resource with a standing charge is in the priced list of its stage; dev has none. */
import { expect, test, vi } from 'vitest'
import { ALL_OPTIONS, REPORT_OPTIONS, type StackOptions, synthesize } from '../test/stacks.ts'
import { findPrice, listDefaultOptions, STANDING_CHARGES } from '../tools/cost/prices.ts'
import { listCharges, UnpricedError } from './standing-costs.ts'

// Five syntheses take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

type Stage = 'dev' | 'staging' | 'prod'

/** Charges of a stage's templates, as `price: count`. */
const charged = (stage: Stage, said: StackOptions = {}): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { price, count } of listCharges(Object.values(synthesize({ stage, ...said }).templates)))
    sums[price] = (sums[price] ?? 0) + count
  return sums
}

/** Charges listed in data/standing-charges.json, with these options. */
const listed = (stage: Stage, options: readonly string[] = []): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { price, count, option } of STANDING_CHARGES[stage])
    if (option === undefined || options.includes(option)) sums[price] = (sums[price] ?? 0) + count
  return sums
}

test('dev has no standing charge', () => {
  expect(charged('dev')).toEqual({})
  expect(listed('dev')).toEqual({})
})

test.each(['staging', 'prod'] as const)('%s has exactly the listed standing charges', stage => {
  expect(charged(stage)).toEqual(listed(stage, listDefaultOptions(stage)))
  expect(charged(stage, { waf: 'false', cdnPaths: '0' })).toEqual(listed(stage))
  // The hosted zone is not created by the stacks.
  const { 'route53-hosted-zone': _, ...options } = listed(stage, [
    'waf',
    'domain',
    'secondRegion',
    'mailFrom',
    'cdnPaths',
    'stripe',
    'stripe in secondRegion',
  ])
  expect(charged(stage, ALL_OPTIONS)).toEqual(options)
  const reports = ['reports', 'vpcFunctions', 'biAccess']
  const { 'route53-hosted-zone': __, ...withReports } = listed(stage, [
    'waf',
    'domain',
    'secondRegion',
    'mailFrom',
    'cdnPaths',
    'stripe',
    'stripe in secondRegion',
    ...reports,
    ...reports.map(option => `${option} in secondRegion`),
  ])
  expect(charged(stage, { ...ALL_OPTIONS, ...REPORT_OPTIONS })).toEqual(withReports)
  expect(charged(stage, { paymentMethods: 'stripe', waf: 'false', cdnPaths: '0' })).toEqual(
    listed(stage, ['stripe']),
  )
  expect(charged(stage, { orderHours: '9-21', waf: 'false', cdnPaths: '0' })).toEqual(
    listed(stage, ['orderHours']),
  )
  for (const { price } of STANDING_CHARGES[stage]) expect(findPrice(price).standing).toBe(true)
})

test('resources without a known price are rejected, and so are paid settings of free ones', () => {
  const one =
    (Type: string, Properties = {}) =>
    () =>
      listCharges([{ Resources: { It: { Type, Properties } } }])
  expect(one('AWS::SecretsManager::Secret')).toThrow(UnpricedError)
  expect(one('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5 } })).toThrow(
    /by the hour/,
  )
  expect(one('AWS::RDS::DBInstance', { DBInstanceClass: 'db.t4g.medium' })).toThrow(/by the hour/)
  expect(one('AWS::EC2::Instance', { InstanceType: 'm7g.large' })).toThrow(UnpricedError)
  expect(one('AWS::EC2::NatGateway')).toThrow(UnpricedError)
  expect(one('AWS::EC2::EIP')).toThrow(/no price is known for It \(AWS::EC2::EIP\)/)
  expect(one('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: {} })).toThrow(/by the hour/)
  expect(one('AWS::SQS::Queue')()).toEqual([])
})
