/** Tests of the staged rollout in the template: what rolls a new version back, and that it can be deployed again. */
import { expect, test } from 'vitest'
import { hasRoutes } from '#src/lambda/functions.ts'
import { ALL_OPTIONS, definitionsIn, listResources, type Properties, synthesize } from '../../test/stacks.ts'

const dev = synthesize({ stage: 'dev' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })
const SHOPS = ['shop', 'standby-shop'] as const

const groupsIn = (stack: string): [string, Properties][] =>
  listResources(two.templates[stack], 'AWS::CodeDeploy::DeploymentGroup')

test('production has a staged rollout: a tenth of the calls first, with rollback by alarm', () => {
  for (const stack of SHOPS) {
    expect(groupsIn(stack)).toHaveLength(definitionsIn(two, stack).length)
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
    ).toHaveLength(definitionsIn(two, stack).length)
  }
  expect(listResources(dev.templates.shop, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([])
})

test('a rollout watches errors of its function, and responses of 500 and above where it answers requests', () => {
  for (const stack of SHOPS)
    for (const one of definitionsIn(two, stack)) {
      const [, group] = groupsIn(stack).find(([id]) => id.startsWith(`${one.id}Rollout`)) ?? []
      const alarms: { Name: { Ref: string } }[] = group?.AlarmConfiguration.Alarms ?? []
      const watched = alarms.map(({ Name }) => Name.Ref.replace(/[0-9A-F]{8}$/, ''))
      expect(watched, one.id).toEqual([`${one.id}Errors`, ...(hasRoutes(one) ? ['ServerErrors'] : [])])
      expect(group?.AlarmConfiguration.Enabled).toBe(true)
    }
})

test('a release that was rolled back can be deployed again: its versions are deleted, those of others are kept', () => {
  for (const made of [dev, two]) {
    const versions = Object.entries(made.templates.shop?.Resources ?? {}).filter(
      ([, { Type }]) => Type === 'AWS::Lambda::Version',
    )
    expect(versions.length).toBeGreaterThanOrEqual(definitionsIn(made).length)
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of versions)
      expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain'])
  }
})

const nameOf = (id: string): string => id.replace(/[0-9A-F]{8}$/, '')
const versionIn = (text: string): string[] => text.match(/\w+CurrentVersion\w+/g) ?? []

test('new versions are checked before they get calls and when they have all of them', () => {
  for (const stack of SHOPS) {
    const resources = Object.entries(two.templates[stack]?.Resources ?? {})
    const aliases = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Alias')
    expect(aliases).toHaveLength(definitionsIn(two, stack).length)
    for (const [id, alias] of aliases) {
      const { UpdatePolicy, DependsOn = [] } = alias as Properties
      const { BeforeAllowTrafficHook, AfterAllowTrafficHook } = UpdatePolicy.CodeDeployLambdaAliasUpdate
      expect([id, nameOf(BeforeAllowTrafficHook.Ref)]).toEqual([id, 'ReleaseCheck'])
      expect(AfterAllowTrafficHook).toEqual(BeforeAllowTrafficHook)
      // The check has to know the new versions, and to have its permissions, before it is asked.
      expect(DependsOn).toContain(BeforeAllowTrafficHook.Ref)
    }
    // The check finds the version by the group of the deployment.
    expect(groupsIn(stack).map(([, group]) => group.DeploymentGroupName)).toEqual(
      definitionsIn(two, stack).map(({ id }) => id),
    )
    const [, check] = resources.find(([id]) => nameOf(id) === 'ReleaseCheck') ?? []
    const { Environment }: Properties = check?.Properties ?? {}
    const published = resources
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Version')
      .map(([id]) => id)
      .sort()
    expect(versionIn(JSON.stringify(Environment.Variables.RELEASED_VERSIONS)).sort()).toEqual(published)
  }
  expect(JSON.stringify(dev.templates.shop)).not.toContain('ReleaseCheck')
})

test('the check may invoke the versions of its release, report to its deployment groups and read the CDN’s secret, nothing else', () => {
  const [, policy] =
    listResources(two.templates.shop, 'AWS::IAM::Policy').find(([id]) => id.startsWith('ReleaseCheckRole')) ??
    []
  const statements: Properties[] = policy?.PolicyDocument.Statement
  const allowed = new Map(statements.map(({ Action, Resource }) => [[Action].flat().join(' '), Resource]))
  expect([...allowed.keys()].sort()).toEqual([
    'codedeploy:GetDeployment',
    'codedeploy:PutLifecycleEventHookExecutionStatus',
    'lambda:InvokeFunction',
    'logs:CreateLogStream logs:PutLogEvents',
    'ssm:GetParameters',
  ])
  const versions = allowed.get('lambda:InvokeFunction') as { Ref: string }[]
  expect(versions.map(({ Ref }) => Ref.replace(/CurrentVersion.*/, '')).sort()).toEqual(
    definitionsIn(two)
      .map(({ id }) => id)
      .sort(),
  )
  expect(JSON.stringify(allowed.get('ssm:GetParameters'))).toMatch(/\/proxy"/)
  expect(JSON.stringify([...allowed.values()])).not.toContain('*')
  for (const { id } of definitionsIn(two))
    expect(JSON.stringify(allowed.get('codedeploy:GetDeployment'))).toContain(
      `:deploymentgroup:cloudshelf/${id}"`,
    )
  expect(allowed.get('codedeploy:PutLifecycleEventHookExecutionStatus')).toHaveLength(
    definitionsIn(two).length,
  )
})

/** Logical ids that a resource refers to, in its properties, by DependsOn or in its update policy. */
const needsOf = (resource: object, ids: ReadonlySet<string>): string[] =>
  [...JSON.stringify(resource).matchAll(/"([A-Za-z0-9]+)"/g)].flatMap(([, id = '']) =>
    ids.has(id) ? [id] : [],
  )

test('no resource of the shop waits for itself', () => {
  for (const stack of SHOPS) {
    const resources = new Map(Object.entries(two.templates[stack]?.Resources ?? {}))
    const ids = new Set(resources.keys())
    const done = new Set<string>()
    const visit = (id: string, path: readonly string[]): void => {
      if (path.includes(id)) throw new Error(`circular: ${[...path.slice(path.indexOf(id)), id].join(' → ')}`)
      if (done.has(id)) return
      for (const next of needsOf(resources.get(id) ?? {}, ids)) if (next !== id) visit(next, [...path, id])
      done.add(id)
    }
    for (const id of ids) visit(id, [])
  }
})
