/** Tests of the staged rollout in the template: what rolls a new version back, and that it can be deployed again. */
import { expect, test } from 'vitest'
import { FUNCTIONS, type FunctionDefinition, hasRoutes } from '#src/lambda/functions.ts'
import { ALL_OPTIONS, listResources, type Properties, synthesize } from '../../test/stacks.ts'

const dev = synthesize({ stage: 'dev' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })
const definitions: readonly FunctionDefinition[] = FUNCTIONS
const SHOPS = ['shop', 'standby-shop'] as const

const groupsIn = (stack: string): [string, Properties][] =>
  listResources(two.templates[stack], 'AWS::CodeDeploy::DeploymentGroup')

test('production has a staged rollout: a tenth of the calls first, with rollback by alarm', () => {
  for (const stack of SHOPS) {
    expect(groupsIn(stack)).toHaveLength(definitions.length)
    for (const [, group] of groupsIn(stack)) {
      expect(JSON.stringify(group.DeploymentConfigName)).toContain('LambdaCanary10Percent5Minutes')
      expect(group.AutoRollbackConfiguration).toEqual({
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      })
    }
    const aliases = Object.values(two.templates[stack]?.Resources ?? {}).filter(
      ({ Type }) => Type === 'AWS::Lambda::Alias',
    )
    expect(
      aliases.filter(
        one => 'CodeDeployLambdaAliasUpdate' in ((one as { UpdatePolicy?: object }).UpdatePolicy ?? {}),
      ),
    ).toHaveLength(definitions.length)
  }
  expect(listResources(dev.templates.shop, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([])
})

test('a rollout watches errors of its function, and responses of 500 and above where it answers requests', () => {
  for (const stack of SHOPS)
    for (const one of definitions) {
      const [, group] = groupsIn(stack).find(([id]) => id.startsWith(`${one.id}Rollout`)) ?? []
      const alarms: { Name: { Ref: string } }[] = group?.AlarmConfiguration.Alarms ?? []
      const watched = alarms.map(({ Name }) => Name.Ref.replace(/[0-9A-F]{8}$/, ''))
      expect(watched, one.id).toEqual([`${one.id}Errors`, ...(hasRoutes(one) ? ['ServerErrors'] : [])])
      expect(group?.AlarmConfiguration.Enabled).toBe(true)
    }
})

test('a release that was rolled back can be deployed again: its versions are deleted, those of others are kept', () => {
  for (const { templates } of [dev, two]) {
    const versions = Object.entries(templates.shop?.Resources ?? {}).filter(
      ([, { Type }]) => Type === 'AWS::Lambda::Version',
    )
    expect(versions.length).toBeGreaterThanOrEqual(definitions.length)
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of versions)
      expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain'])
  }
})
