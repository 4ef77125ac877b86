/** Tests of the purge of the CDN in the templates: who may purge what, where it is on, and that nothing of it is there where it is off. */
import { expect, test } from 'vitest'
import {
  ALL_OPTIONS,
  FAILOVER_OPTIONS,
  listResources,
  type Properties,
  type Synthesized,
  synthesize,
} from '../../test/stacks.ts'

const prod = synthesize({ stage: 'prod', ...ALL_OPTIONS })
const dev = synthesize({ stage: 'dev' })

const statements = ({ templates }: Synthesized, action: RegExp, stack = 'shop'): [string, Properties][] =>
  listResources(templates[stack], 'AWS::IAM::Policy').flatMap(([id, { PolicyDocument }]) =>
    (PolicyDocument.Statement as Properties[]).flatMap((one): [string, Properties][] =>
      action.test(JSON.stringify(one.Action)) ? [[id.replace(/RoleDefaultPolicy.*/, ''), one]] : [],
    ),
  )

const settings = ({ templates }: Synthesized, stack = 'shop'): [string, Properties][] =>
  listResources(templates[stack], 'AWS::Lambda::Function').flatMap(([, { FunctionName, Environment }]) => {
    const found = Object.entries(Environment.Variables as Properties).filter(([name]) =>
      name.startsWith('CDN_'),
    )
    return found.length > 0 ? [[String(FunctionName), Object.fromEntries(found)] as [string, Properties]] : []
  })

test('one function may invalidate paths, of this distribution alone, and one other may start it', () => {
  const [[purger, purge] = [], ...others] = statements(prod, /cloudfront:/)
  expect([purger, others]).toEqual(['CdnPurger', []])
  expect(purge?.Action).toEqual(['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'])
  const resource = JSON.stringify(purge?.Resource)
  expect(resource).toMatch(/:cloudfront::.*:distribution\//)
  expect(resource).toMatch(/Distribution/)
  expect(resource).not.toContain('*')
  const wakers = statements(prod, /lambda:InvokeFunction/).filter(([id]) => id !== 'ReleaseCheck')
  expect(wakers.map(([id]) => id).filter(id => !/^(.*Rollout.*)$/.test(id))).toEqual(['IndexConsumer'])
  expect(JSON.stringify(wakers[0]?.[1].Resource)).toMatch(/:function:CdnPurger:live"/)
})

test('the purger knows the distribution and its paths, those whom it serves know its name', () => {
  const purger = { CDN_PURGER: 'CdnPurger:live' }
  expect(Object.fromEntries(settings(prod))).toEqual({
    BookCatalog: purger,
    IndexConsumer: purger,
    CdnPurger: { CDN_DISTRIBUTION: expect.anything(), CDN_PATHS: '900' },
  })
  const staging = Object.fromEntries(settings(synthesize({ stage: 'staging', cdnPaths: '5000' })))
  expect(staging['staging-CdnPurger']).toMatchObject({ CDN_PATHS: '5000' })
  expect(staging['staging-BookCatalog']).toEqual({ CDN_PURGER: 'staging-CdnPurger:live' })
})

test('the CDN needs nothing of the functions: its stack is deployed before them', () => {
  const { edge, shop } = prod.stacks
  expect(shop.dependencies).toContain(edge)
  expect(edge.dependencies).not.toContain(shop)
})

test('only the active Region purges, and lets responses be kept for long', () => {
  expect(settings(prod, 'standby-shop')).toEqual([])
  const failedOver = synthesize({ stage: 'prod', ...FAILOVER_OPTIONS })
  expect(settings(failedOver)).toEqual([])
  expect(statements(failedOver, /cloudfront:/)).toEqual([])
  expect(
    settings(failedOver, 'standby-shop')
      .map(([name]) => name)
      .sort(),
  ).toEqual(['BookCatalog', 'CdnPurger', 'IndexConsumer'])
})

test('dev does not purge, and a shop that switches it off has nothing of it', () => {
  for (const made of [dev, synthesize({ stage: 'prod', cdnPaths: '0', waf: 'false' })]) {
    expect(settings(made)).toEqual([])
    expect(statements(made, /cloudfront:/)).toEqual([])
    expect(JSON.stringify(made.templates.shop)).not.toContain('CdnPurger')
  }
})
