/** Tests of functions, routes, triggers and alarms in the template against the lists they are made from. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { METRIC_NAMES } from '#src/core/log/metrics.ts'
import { RELEASE_CHECK, routeKey } from '#src/lambda/functions.ts'
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

const functionsIn = ({ templates }: Synthesized, stack = 'shop'): Map<string, Properties> =>
  new Map(
    listResources(templates[stack], 'AWS::Lambda::Function')
      .map(([, found]): [string, Properties] => [
        String(found.FunctionName).replace(/^(dev|staging)-/, ''),
        found,
      ])
      // The hook of rollouts: see rollout.test.ts.
      .filter(([id]) => id !== RELEASE_CHECK.id),
  )
const keysIn = (made: Synthesized, stack = 'shop'): string[] =>
  listResources(made.templates[stack], 'AWS::ApiGatewayV2::Route').map(([, { RouteKey }]) => RouteKey)

test('template, OpenAPI document, endpoints and functions have the same routes', () => {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, object> }
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter(word => /^(get|post|put|patch|delete)$/.test(word))
      .map(method => `${method.toUpperCase()} ${path}`),
  )
  const table = ENDPOINTS.map(routeKey).sort()
  const withoutGreed = table.map(key => key.replace('+}', '}')).sort()
  expect(table.length).toBeGreaterThan(50)
  expect(documented.sort()).toEqual(withoutGreed)
  expect(definitions.flatMap(one => one.endpoints.map(routeKey)).sort()).toEqual(table)
  for (const [made, stack] of [
    [dev, 'shop'],
    [two, 'shop'],
    [two, 'standby-shop'],
  ] as const) {
    const own = definitionsIn(made, stack)
    const keys = own.flatMap(({ endpoints, otherRoutes }) => [...endpoints.map(routeKey), ...otherRoutes])
    expect(keysIn(made, stack).toSorted()).toEqual(keys.sort())
  }
})

test('each route leads to its function and has its own throttling', () => {
  const { templates } = two
  const routes = listResources(templates.shop, 'AWS::ApiGatewayV2::Route')
  for (const { id, endpoints: own, otherRoutes } of definitions)
    for (const key of [...own.map(routeKey), ...otherRoutes]) {
      const [, route] = routes.find(([, { RouteKey }]) => RouteKey === key) ?? []
      expect(JSON.stringify(route?.Target), key).toContain(`"${id}Integration"`)
    }
  const [[, stage] = []] = listResources(templates.shop, 'AWS::ApiGatewayV2::Stage')
  expect(Object.keys(stage?.RouteSettings).sort()).toEqual(keysIn(two).toSorted())
  const most = (key: string): number => stage?.RouteSettings[key].ThrottlingRateLimit
  expect(most('POST /api/auth/sign-in')).toBeLessThan(most('GET /api/books'))
  // One network may send this many by the shop's own limits: it must be far from what closes a route for all.
  const checkout = ENDPOINTS.find(({ id }) => id === 'placeOrder')
  const perNetwork = checkout?.limits?.find(({ per }) => per === 'ip')
  expect(perNetwork && perNetwork.max / perNetwork.seconds).toBeLessThan(most('POST /api/orders') / 100)
  expect(Object.values<Properties>(stage?.RouteSettings).every(one => one.ThrottlingBurstLimit > 0)).toBe(
    true,
  )
  expect(JSON.stringify(stage?.AccessLogSettings.Format)).not.toMatch(/sourceIp|userAgent|path"/)
})

test('CORS is not enabled', () => {
  const [[, api] = []] = listResources(dev.templates.store, 'AWS::ApiGatewayV2::Api')
  expect(api).toMatchObject({ ProtocolType: 'HTTP' })
  expect(api?.CorsConfiguration).toBeUndefined()
})

test.each([
  ['dev', dev, 'shop'],
  ['prod', two, 'shop'],
  ['the standby', two, 'standby-shop'],
])(
  'functions of %s have the specification’s names, arm64, Node 24, no tracing, JSON logs and a minimal environment',
  (_, made, stack) => {
    const found = functionsIn(made, stack)
    const expected = definitionsIn(made, stack)
    expect([...found.keys()].sort()).toEqual(expected.map(({ id }) => id).sort())
    for (const definition of expected) {
      const { id, tables, blobs } = definition
      const secrets = secretsIn(made, definition)
      const one = found.get(id) ?? {}
      expect(one).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
      })
      // Absent is PassThrough, by which no function traces unasked: the gateway samples nothing.
      expect(one.TracingConfig ?? { Mode: 'PassThrough' }).toEqual({ Mode: 'PassThrough' })
      const told = one.Environment.Variables as Record<string, unknown>
      const names = Object.keys(told)
      expect(names.filter(name => name.endsWith('_TABLE_NAME')).sort(), id).toEqual(
        [...new Set(tables.map(({ table }) => `${table.toUpperCase()}_TABLE_NAME`))].sort(),
      )
      expect(names.includes('BLOB_BUCKET'), id).toBe(blobs !== undefined)
      expect(told.SECRETS_PATH, id).toBe(secrets.length > 0 ? `/cloudshelf/${made.stacks.stage}` : undefined)
      expect(names.includes('API_URL'), id).toBe(id === 'Pages')
      // Reserved by Lambda: setting it is refused.
      expect(
        names.filter(name => name.startsWith('AWS_')),
        id,
      ).toEqual([])
      expect(told.DYNAMODB_ENDPOINT).toBe('aws')
      expect(JSON.stringify(told), id).not.toMatch(/NoEcho|ProxySecret/)
    }
    const retained = listResources(made.templates[stack], 'AWS::Logs::LogGroup').map(
      ([, log]) => log.RetentionInDays,
    )
    expect(new Set(retained)).toEqual(new Set([made === dev ? 7 : 90]))
    // That of the gateway’s requests, and in a rollout that of the check.
    expect(retained).toHaveLength(expected.length + (made === dev ? 1 : 2))
  },
)

test('reserved concurrency is set as given in the options', () => {
  const reserved = (made: Synthesized) =>
    [...functionsIn(made)].flatMap(([id, one]) =>
      one.ReservedConcurrentExecutions ? [[id, one.ReservedConcurrentExecutions]] : [],
    )
  expect(reserved(two)).toEqual([
    ['ShoppingCart', 10],
    ['OrderProcess', 20],
  ])
  expect(reserved(dev)).toEqual([])
})

test('functions have the memory of the options, else that of their kind', () => {
  const memory = (made: Synthesized) =>
    Object.fromEntries([...functionsIn(made)].map(([id, one]) => [id, one.MemorySize]))
  expect(memory(dev)).toMatchObject({ BookCatalog: 1024, IndexConsumer: 1024, ShoppingCart: 512 })
  expect(memory(two)).toMatchObject({ BookCatalog: 2048, IndexConsumer: 3008, ShoppingCart: 512 })
  // A large index is built from the table in minutes.
  expect(functionsIn(two).get('IndexConsumer')?.Timeout).toBe(600)
})

test('streams and schedules trigger their functions and have dead-letter queues', () => {
  const { templates } = two
  const mappings = listResources(templates.shop, 'AWS::Lambda::EventSourceMapping')
  const wanted = definitions.flatMap(({ triggers }) => triggers)
  expect(mappings).toHaveLength(wanted.filter(({ kind }) => kind === 'stream').length)
  for (const [, mapping] of mappings) {
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
    expect(mapping.BisectBatchOnFunctionError).toBe(true)
    expect(mapping.MaximumRetryAttempts).toBe(5)
    expect(JSON.stringify(mapping.DestinationConfig.OnFailure)).toContain('DeadLetters')
  }
  const [, outbox] = mappings.find(([name]) => name.startsWith('Outbox')) ?? []
  const filter = wanted.find(one => one.kind === 'stream' && one.table === 'control')
  expect(JSON.parse(outbox?.FilterCriteria.Filters[0].Pattern)).toEqual(
    filter && 'filter' in filter ? filter.filter : {},
  )
  const rules = listResources(templates.shop, 'AWS::Events::Rule')
  expect(rules.map(([, { ScheduleExpression }]) => ScheduleExpression).sort()).toEqual([
    'rate(5 minutes)',
    'rate(5 minutes)',
    'rate(6 hours)',
  ])
  for (const [, { Targets }] of rules)
    expect(JSON.stringify(Targets[0].DeadLetterConfig)).toContain('DeadLetters')
  for (const [, queue] of listResources(templates.shop, 'AWS::SQS::Queue'))
    expect(queue.SqsManagedSseEnabled).toBe(true)
  // Functions in the standby Region have no triggers, otherwise each mail would be sent twice.
  for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::Events::Rule'])
    expect(listResources(templates['standby-shop'], type)).toEqual([])
})

test('CloudWatch may publish the alarms of this account and Region to their topic, and only over TLS', () => {
  for (const { templates } of [synthesize({ stage: 'prod' }), synthesize({ stage: 'staging' }), two]) {
    const [[topic, ...more], policies] = [
      listResources(templates.shop, 'AWS::SNS::Topic'),
      listResources(templates.shop, 'AWS::SNS::TopicPolicy'),
    ]
    expect([more, policies.length]).toEqual([[], 1])
    const [[, policy] = []] = policies
    expect(policy?.Topics).toEqual([{ Ref: topic?.[0] }])
    const statements: Properties[] = policy?.PolicyDocument.Statement
    const [publish, ...others] = statements.filter(({ Effect }) => Effect === 'Allow')
    expect(others).toEqual([])
    expect(publish).toMatchObject({
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: { Ref: topic?.[0] },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })
    expect(JSON.stringify(publish?.Condition)).toContain(':alarm:*')
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ])
  }
})

test('functions know the shop’s name and time zone, and the pages where their legal texts are', () => {
  for (const [id, { Environment }] of functionsIn(two))
    expect(Environment.Variables, id).toMatchObject({
      SHOP_NAME: 'Corner Books',
      SHOP_ADDRESS: '1 Library Lane; Anytown',
      TIME_ZONE: 'America/New_York',
    })
  const written = functionsIn(synthesize({ stage: 'dev', termsFile: 'docs/mail.md' }))
  expect(written.get('Pages')?.Environment.Variables.TERMS_FILE).toBe('mail.md')
  expect(written.get('OrderProcess')?.Environment.Variables).not.toHaveProperty('TERMS_FILE')
})

test('the dashboard shows the custom metrics under the names they are published with', () => {
  const [[, { DashboardBody } = {}] = []] = listResources(two.templates.shop, 'AWS::CloudWatch::Dashboard')
  const body = JSON.stringify(DashboardBody)
  const own = [...body.matchAll(/CloudShelf\\*",\\*"(\w+)/g)].map(([, name]) => name)
  expect([...new Set(own)].sort()).toEqual(['IndexAge', 'OrdersPlaced', 'OutboxAge', 'Revenue'])
  for (const name of own) expect(METRIC_NAMES).toContain(name)
  for (const word of [
    'p50',
    'p95',
    'p99',
    'Throttles',
    'ConsumedReadCapacityUnits',
    'ConsumedWriteCapacityUnits',
    'IteratorAge',
    '5xx',
  ])
    expect(body).toContain(word)
})

test('the user pool does not reveal accounts, and redirects only to this shop', () => {
  const [[, pool] = []] = listResources(two.templates.shop, 'AWS::Cognito::UserPool')
  const [[, client] = []] = listResources(two.templates.shop, 'AWS::Cognito::UserPoolClient')
  expect(pool).toMatchObject({
    MfaConfiguration: 'OPTIONAL',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    DeletionProtection: 'ACTIVE',
  })
  expect(client).toMatchObject({
    PreventUserExistenceErrors: 'ENABLED',
    GenerateSecret: false,
    AllowedOAuthFlows: ['code'],
    CallbackURLs: ['https://shop.example/sign-in/cognito'],
  })
  expect(functionsIn(two).get('UserAccounts')?.Environment.Variables).toHaveProperty('COGNITO_USER_POOL_ID')
  expect(functionsIn(two).get('OrderProcess')?.Environment.Variables).not.toHaveProperty(
    'COGNITO_USER_POOL_ID',
  )
})
