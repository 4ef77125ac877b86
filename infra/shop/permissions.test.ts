/** Tests that each function has exactly the permissions that src/lambda/functions.ts and table-rights.ts imply (least privilege). */
import { expect, test } from 'vitest'
import { AUTH_POINTERS, AUTH_ROWS } from '#src/core/control/auth-rows.ts'
import { CONTROL_ROWS } from '#src/core/control/rows.ts'
import { leadingKeyPattern } from '#src/lambda/table-rights.ts'
import { TABLES } from '#src/tables/definitions.ts'
import {
  ALL_OPTIONS,
  definitionsIn,
  listResources,
  type Properties,
  type Synthesized,
  secretsIn,
  synthesize,
} from '../../test/stacks.ts'

const dev = synthesize({ stage: 'dev' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })
const definitions = definitionsIn(two)
const KINDS = [
  ...Object.values(CONTROL_ROWS),
  ...Object.values(AUTH_ROWS),
  ...Object.values(AUTH_POINTERS).flat(),
]

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

/** Actions on tables with their conditions, as `table action` and the patterns of partition keys, of a role's policy. */
const tableActions = (made: Synthesized, id: string, stack?: string): [string, string[] | undefined][] =>
  allowed(made, id, stack)
    .flatMap(({ actions, resources, condition }) =>
      resources.flatMap(resource => {
        const named = /table\/(?:dev-)?cloudshelf-([a-z]+)((?:\/index\/\w+)?)"/.exec(resource)
        const patterns = condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] as
          | string[]
          | undefined
        return named
          ? actions
              .filter(action => !STREAM_ACTIONS.test(action))
              .map((action): [string, string[] | undefined] => [
                `${named[1]}${named[2]} ${action.replace('dynamodb:', '')}`,
                patterns && listOf(patterns),
              ])
          : []
      }),
    )
    .sort()
const STREAM_ACTIONS = /Stream|GetRecords|GetShardIterator/

test.each(definitions.map(one => [one.id, one] as const))(
  '%s has exactly the rights on tables, indexes and kinds of rows that its data names',
  (id, { tables }) => {
    const expected = new Map<string, Set<string> | undefined>()
    for (const { table, index, actions, rows } of tables)
      for (const action of actions) {
        const name = `${table}${index === undefined ? '' : `/index/${index}`} ${action}`
        const patterns = expected.get(name) ?? new Set()
        for (const kind of rows ?? []) patterns.add(leadingKeyPattern(kind))
        expected.set(name, rows && patterns)
      }
    const sorted = [...expected].map(([name, patterns]) => [name, patterns && [...patterns].sort()]).sort()
    for (const [made, stack] of [
      [dev, 'shop'],
      [two, 'shop'],
      [two, 'standby-shop'],
    ] as const)
      expect(tableActions(made, id, stack)).toEqual(
        definitionsIn(made, stack).some(one => one.id === id) ? sorted : [],
      )
  },
)

test('every right in the control table names kinds of rows, and IAM reads their keys as this shop writes them', () => {
  for (const { id, tables } of definitions)
    for (const right of tables) {
      expect(right.rows !== undefined, id).toBe(right.table === 'control')
      // A scan has no partition key, with which ForAllValues holds whatever the patterns are.
      if (right.rows) expect(right.actions, id).not.toContain('Scan')
      expect(Object.keys(TABLES[right.table].indexes)).toEqual(
        expect.arrayContaining(right.index === undefined ? [] : [right.index]),
      )
      for (const kind of right.rows ?? []) {
        const pattern = leadingKeyPattern(kind)
        // Letters with a meaning in the patterns of IAM.
        expect(pattern).toMatch(/^[\w.#-]+\*?$/)
        // A pattern is for the rows of its kind, and of those that share their partitions.
        const others = KINDS.filter(one => leadingKeyPattern(one) !== pattern)
        for (const { prefix } of others)
          expect(`${prefix}x`.startsWith(pattern.replace('*', '')) && pattern.endsWith('*'), pattern).toBe(
            false,
          )
      }
    }
})

test('only accounts and the sweeper write users, nobody changes the audit, and pages have no access to tables and buckets', () => {
  const having = (action: RegExp) =>
    definitions
      .map(({ id }) => id)
      .filter(id =>
        tableActions(two, id).some(([name, patterns = ['']]) =>
          patterns.some(one => action.test(`${name} ${one}`)),
        ),
      )
  expect(having(/^users (Put|Update|Delete)/)).toEqual(['UserAccounts', 'Sweeper'])
  expect(having(/^control (Update|Delete)\w+ audit/)).toEqual([])
  expect(having(/^control Put\w+ session#/)).toEqual(['UserAccounts'])
  expect(having(/^control \w+ account#/)).toEqual(['UserAccounts', 'Sweeper'])
  const pages = allowed(two, 'Pages').flatMap(({ actions }) => actions)
  expect(pages.toSorted()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'ssm:GetParameters'])
})

test('a policy has room left for more rights', () => {
  // Of all inline policies of a role together, without white space.
  for (const { id } of definitions)
    expect(JSON.stringify(allowed(two, id)).length, id).toBeLessThan(10_240 * 0.7)
})

test('no permission has wildcard actions, and wildcard resources only where IAM requires them', () => {
  const everywhere = new Set<string>()
  for (const stack of ['shop', 'standby-shop'])
    for (const { id } of definitionsIn(two, stack)) {
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
  for (const definition of definitions) {
    const { id, sendsMail } = definition
    const found = allowed(two, id)
    const parameters = found.filter(({ actions }) => actions.some(action => action.startsWith('ssm:')))
    expect(
      parameters
        .flatMap(({ resources }) => resources)
        .map(one => /parameter(\/[a-z/-]+)/.exec(one)?.[1])
        .sort(),
    ).toEqual(
      secretsIn(two, definition)
        .map(name => `/cloudshelf/prod/${name}`)
        .sort(),
    )
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
