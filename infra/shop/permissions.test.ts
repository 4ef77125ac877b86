/** Tests that each function has exactly the permissions that src/lambda/functions.ts implies (least privilege). */
import { expect, test } from 'vitest'
import { FUNCTIONS, type FunctionDefinition } from '#src/lambda/functions.ts'
import { TABLE_IDS, TABLES } from '#src/tables/definitions.ts'
import {
  ALL_OPTIONS,
  listResources,
  type Properties,
  type Synthesized,
  synthesize,
} from '../../test/stacks.ts'

const dev = synthesize({ stage: 'dev' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })
const definitions: readonly FunctionDefinition[] = FUNCTIONS

type Statement = { readonly actions: string[]; readonly resources: string[]; readonly condition?: Properties }
const listOf = (value: unknown): string[] =>
  [value].flat().map(one => (typeof one === 'string' ? one : JSON.stringify(one)))

/** Policy statements of a function's role. */
const allowed = ({ templates }: Synthesized, id: string, stack = 'shop'): Statement[] =>
  listResources(templates[stack], 'AWS::IAM::Policy')
    .filter(([name]) => name.startsWith(`${id}RoleDefaultPolicy`))
    .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement as Properties[])
    .map(({ Effect, Action, Resource, Condition }) => {
      expect(Effect).toBe('Allow')
      return { actions: listOf(Action), resources: listOf(Resource), condition: Condition }
    })

const WRITES = /^dynamodb:(Put|Update|Delete|ConditionCheck)/
/** Tables that the function may read and write. */
const reach = (made: Synthesized, id: string) => {
  const on = (pattern: RegExp) =>
    TABLE_IDS.filter(table =>
      allowed(made, id).some(
        ({ actions, resources }) =>
          actions.some(action => pattern.test(action)) &&
          resources.some(one => new RegExp(`table/(dev-)?${TABLES[table].name}"`).test(one)),
      ),
    )
  return { read: on(/^dynamodb:GetItem/), write: on(WRITES) }
}

test.each(definitions.map(one => [one.id, one] as const))(
  '%s can read and write exactly its tables',
  (id, definition) => {
    const rights = Object.entries(definition.tables)
    for (const made of [dev, two]) {
      const { read, write } = reach(made, id)
      expect(read.toSorted()).toEqual(rights.map(([table]) => table).toSorted())
      expect(write.toSorted()).toEqual(
        rights
          .filter(([, right]) => right === 'write')
          .map(([table]) => table)
          .toSorted(),
      )
    }
  },
)

test('only accounts and the sweeper write users, and pages have no access to tables and buckets', () => {
  expect(reach(two, 'OrderProcess').read).toContain('users')
  expect(reach(two, 'OrderProcess').write).not.toContain('users')
  const pages = allowed(two, 'Pages').flatMap(({ actions }) => actions)
  expect(pages.toSorted()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'ssm:GetParameters'])
  expect(definitions.map(({ id }) => id).filter(id => reach(two, id).write.includes('users'))).toEqual([
    'UserAccounts',
    'Sweeper',
  ])
})

test('no permission has wildcard actions, and wildcard resources only where IAM requires them', () => {
  const everywhere = new Set<string>()
  for (const stack of ['shop', 'standby-shop'])
    for (const { id } of definitions) {
      const found = allowed(two, id, stack)
      expect(found.length, id).toBeGreaterThan(1)
      for (const { actions, resources } of found) {
        expect(
          actions.filter(action => action.includes('*')),
          id,
        ).toEqual([])
        if (resources.includes('*')) for (const action of actions) everywhere.add(action)
        else if (actions.some(action => action.startsWith('dynamodb:')))
          expect(
            resources.filter(one => one.includes('*')),
            id,
          ).toEqual([])
      }
    }
  expect([...everywhere].sort()).toEqual(['dynamodb:ListStreams'])
})

test('only the two functions that build the index may scan, and no function may delete tables', () => {
  const scanning = definitions
    .map(({ id }) => id)
    .filter(id => allowed(two, id).some(({ actions }) => actions.includes('dynamodb:Scan')))
  expect(scanning).toEqual(['BookCatalog', 'IndexConsumer'])
  const calls = definitions.flatMap(({ id }) => allowed(two, id).flatMap(({ actions }) => actions))
  expect(calls.filter(action => /Table|Stream:Delete/.test(action))).toEqual([])
})

test('secrets and mail are limited to the functions that need them, by parameter name and sender', () => {
  for (const { id, secrets, sendsMail } of definitions) {
    const found = allowed(two, id)
    const parameters = found.filter(({ actions }) => actions.some(action => action.startsWith('ssm:')))
    expect(
      parameters
        .flatMap(({ resources }) => resources)
        .map(one => /parameter(\/[a-z/]+)/.exec(one)?.[1])
        .sort(),
    ).toEqual(secrets.map(name => `/cloudshelf/prod/${name}`).sort())
    const mail = found.filter(({ actions }) => actions.some(action => action.startsWith('ses:')))
    expect(mail.length > 0, id).toBe(sendsMail === true)
    // In the sandbox of SES the recipient's identity is checked too, whichever it is.
    for (const { resources, condition } of mail) {
      expect(resources.map(one => /:([a-z-]+\/[^"]+)"\]\]\}$/.exec(one)?.[1])).toEqual([
        'configuration-set/cloudshelf',
        'identity/*',
      ])
      expect(condition).toEqual({ StringEqualsIgnoreCase: { 'ses:FromAddress': 'orders@shop.example' } })
    }
    // Without a sender no function may send mail.
    expect(allowed(dev, id).some(({ actions }) => actions.some(action => action.startsWith('ses:')))).toBe(
      false,
    )
  }
})

test('only the gateway and the schedules may invoke functions, through their live alias', () => {
  const permissions = listResources(two.templates.shop, 'AWS::Lambda::Permission')
  const gateway = permissions.filter(([, { Principal }]) => Principal === 'apigateway.amazonaws.com')
  expect(gateway).toHaveLength(definitions.filter(({ otherRoutes }) => otherRoutes.length > 0).length)
  for (const [, { SourceArn, FunctionName }] of gateway) {
    expect(JSON.stringify(SourceArn)).toMatch(/execute-api.*RefApi.*\/\*\/\*/)
    expect(JSON.stringify(FunctionName)).toContain('Live')
  }
  expect(new Set(permissions.map(([, { Principal }]) => Principal))).toEqual(
    new Set(['apigateway.amazonaws.com', 'events.amazonaws.com']),
  )
})
