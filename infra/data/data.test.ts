/** Tests of PostgreSQL in the templates: nothing without the option, and with it a database that no address of the internet leads to. */
import { expect, test } from 'vitest'
import {
  ALL_OPTIONS,
  listResources,
  type Properties,
  REPORT_OPTIONS,
  SECOND_STREAMS,
  type Synthesized,
  synthesize,
} from '../../test/stacks.ts'

const without = synthesize({ stage: 'dev' })
const live = synthesize({ stage: 'dev', reports: 'live' })
const full = synthesize({ stage: 'prod', ...ALL_OPTIONS, ...REPORT_OPTIONS, ...SECOND_STREAMS })

const one = ({ templates }: Synthesized, stack: string, type: string, id = ''): Properties => {
  const found = listResources(templates[stack], type).filter(([name]) => name.startsWith(id))
  expect(found, `${type} ${id} of ${stack}`).toHaveLength(1)
  return found[0]?.[1] ?? {}
}

/** Streams that trigger the consumer, with their settings. */
const streamsOf = ({ templates }: Synthesized, stack: string): Properties[] =>
  listResources(templates[stack], 'AWS::Lambda::EventSourceMapping')
    .filter(([id]) => id.startsWith('ReportsConsumer'))
    .map(([, mapping]) => mapping)

/** Actions of the role of a function, by service. */
const actionsOf = ({ templates }: Synthesized, id: string, service: string, stack = 'shop'): string[] =>
  listResources(templates[stack], 'AWS::IAM::Policy')
    .filter(([name]) => name.startsWith(`${id}RoleDefaultPolicy`))
    .flatMap(([, { PolicyDocument }]) =>
      (PolicyDocument.Statement as Properties[]).flatMap(({ Action }) => Action),
    )
    .filter((action: string) => action.startsWith(`${service}:`))
    .sort()

const environmentOf = (made: Synthesized, id: string, stack = 'shop'): Properties =>
  listResources(made.templates[stack], 'AWS::Lambda::Function').find(
    ([, { FunctionName }]) => String(FunctionName).replace(/^dev-/, '') === id,
  )?.[1].Environment.Variables

test('without the option no template has anything of PostgreSQL', () => {
  expect(Object.keys(without.templates).sort()).toEqual(['edge', 'shop', 'store'])
  const text = JSON.stringify(without.templates)
  expect(text).not.toMatch(
    /rds-data|AWS::RDS|DATABASE_|ReportsConsumer|AWS::EC2|secretsmanager|CAPTURED_KEYS/,
  )
  const streams = listResources(without.templates.store, 'AWS::DynamoDB::GlobalTable').filter(
    ([, table]) => table.StreamSpecification !== undefined,
  )
  expect(streams.map(([, { TableName }]) => TableName).sort()).toEqual([
    'dev-cloudshelf-books',
    'dev-cloudshelf-control',
  ])
})

test('the database pauses, is encrypted, has the Data API, and a password that RDS keeps', () => {
  for (const [made, stack, name] of [
    [live, 'data', 'dev-cloudshelf'],
    [full, 'data', 'cloudshelf'],
    [full, 'standby-data', 'cloudshelf'],
  ] as const) {
    expect(one(made, stack, 'AWS::RDS::DBCluster')).toMatchObject({
      DBClusterIdentifier: name,
      Engine: 'aurora-postgresql',
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: 300 },
      EnableHttpEndpoint: true,
      EnableIAMDatabaseAuthentication: true,
      ManageMasterUserPassword: true,
      StorageEncrypted: true,
      DeletionProtection: made === full,
    })
    const instances = listResources(made.templates[stack], 'AWS::RDS::DBInstance').map(([, found]) => found)
    for (const instance of instances)
      expect(instance).toMatchObject({ DBInstanceClass: 'db.serverless', PubliclyAccessible: false })
    // A reader of its own tier pauses by itself.
    expect(instances.map(({ PromotionTier }) => PromotionTier)).toEqual(made === full ? [0, 15] : [0])
  }
  expect(full.templates.data?.Resources?.Database).toMatchObject({
    DeletionPolicy: 'Snapshot',
    UpdateReplacePolicy: 'Snapshot',
  })
  expect(live.templates.data?.Resources?.Database).toMatchObject({ DeletionPolicy: 'Delete' })
  expect(full.stacks.data?.terminationProtection).toBe(true)
})

test('the network has no way to or from the internet, and the database opens no connections', () => {
  for (const [made, stack] of [
    [live, 'data'],
    [full, 'data'],
    [full, 'standby-data'],
  ] as const) {
    const types = Object.values(made.templates[stack]?.Resources ?? {}).map(({ Type }) => Type)
    expect(types.filter(type => /Gateway$|NatGateway|EIP|::Route$/.test(type))).toEqual([])
    for (const [, subnet] of listResources(made.templates[stack], 'AWS::EC2::Subnet'))
      expect(subnet.MapPublicIpOnLaunch).toBe(false)
    const group = one(made, stack, 'AWS::EC2::SecurityGroup', 'DatabaseGroup')
    // CDK's way to say that nothing goes out: an address that none has.
    expect(group.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })])
    expect(group.SecurityGroupIngress).toBeUndefined()
  }
  expect(listResources(live.templates.data, 'AWS::EC2::SecurityGroupIngress')).toEqual([])
  expect(listResources(live.templates.data, 'AWS::EC2::VPCEndpoint')).toEqual([])
})

test('the consumer follows the tables in each Region, whichever is active, and tries again for as long as the stream has a batch', () => {
  for (const [made, stack] of [
    [live, 'shop'],
    [full, 'standby-shop'],
  ] as const) {
    const streams = streamsOf(made, stack)
    expect(streams).toHaveLength(5)
    expect(new Set(streams.map(({ EventSourceArn }) => JSON.stringify(EventSourceArn))).size).toBe(5)
    // Of the control table search terms and payments alone.
    const filters = streams.flatMap(({ FilterCriteria }) => FilterCriteria?.Filters ?? [])
    expect(filters).toEqual([
      { Pattern: '{"dynamodb":{"Keys":{"pk":{"S":["searches",{"prefix":"payment#"}]}}}}' },
    ])
    for (const mapping of streams)
      expect(mapping).toMatchObject({
        BatchSize: 1_000,
        MaximumBatchingWindowInSeconds: 20,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRecordAgeInSeconds: 23 * 3_600,
        DestinationConfig: { OnFailure: expect.anything() },
      })
  }
  // Of the other functions the standby Region triggers none.
  expect(listResources(full.templates['standby-shop'], 'AWS::Lambda::EventSourceMapping')).toHaveLength(5)
  const names = listResources(live.templates.store, 'AWS::DynamoDB::GlobalTable').map(([, table]) => table)
  expect(names.every(({ StreamSpecification }) => StreamSpecification !== undefined)).toBe(true)
})

/** How many functions read each stream of a stack. */
const readersOf = ({ templates }: Synthesized, stack: string): number[] => {
  const mappings = listResources(templates[stack], 'AWS::Lambda::EventSourceMapping')
  const byStream = Map.groupBy(mappings, ([, { EventSourceArn }]) => JSON.stringify(EventSourceArn))
  return [...byStream.values()].map(one => one.length)
}

test('a stream has two readers at most, and one beside the replication to a second Region: it hands keys on', () => {
  expect(readersOf(live, 'shop').sort()).toEqual([1, 1, 1, 2, 2])
  const second = synthesize({
    stage: 'prod',
    ...ALL_OPTIONS,
    ...REPORT_OPTIONS,
    ...SECOND_STREAMS,
    active: 'second',
    reports: 'live',
  })
  for (const [made, active, standby] of [
    [full, 'shop', 'standby-shop'],
    [second, 'standby-shop', 'shop'],
  ] as const) {
    for (const stack of [active, standby]) expect(readersOf(made, stack)).toEqual(Array(5).fill(1))
    expect(streamsOf(made, active)).toHaveLength(3)
    for (const id of ['IndexConsumer', 'OutboxConsumer']) {
      expect(environmentOf(made, id, active).HANDED_ON_KEYS_QUEUE).toBeDefined()
      expect(actionsOf(made, id, 'sqs', active)).toContain('sqs:SendMessage')
      expect(environmentOf(made, id, standby).HANDED_ON_KEYS_QUEUE).toBeUndefined()
      expect(environmentOf(live, id).HANDED_ON_KEYS_QUEUE).toBeUndefined()
      // With live the consumer takes them at once.
      expect(environmentOf(made, id, active).REPORTS_CONSUMER).toBe(
        made === second ? 'ReportsConsumer:live' : undefined,
      )
    }
    const mails = listResources(made.templates[active], 'AWS::Lambda::EventSourceMapping').find(([id]) =>
      id.startsWith('OutboxConsumer'),
    )
    expect(mails?.[1].FilterCriteria.Filters).toEqual([
      { Pattern: expect.stringContaining('PENDING') },
      { Pattern: '{"dynamodb":{"Keys":{"pk":{"S":["searches",{"prefix":"payment#"}]}}}}' },
    ])
  }
})

test('keys wait in a queue, whose age has an alarm; with live those of search terms alone, for the hour', () => {
  expect(environmentOf(live, 'ReportsConsumer')).toMatchObject({
    CAPTURED_KEYS_QUEUE: expect.anything(),
    QUEUED_KEYS: 'searches',
  })
  expect(one(live, 'shop', 'AWS::Events::Rule', 'KeysClock').ScheduleExpression).toBe('cron(10 * * * ? *)')
  expect(environmentOf(full, 'ReportsConsumer').CAPTURED_KEYS_QUEUE).toBeDefined()
  expect(environmentOf(full, 'ReportsConsumer').QUEUED_KEYS).toBeUndefined()
  const rule = one(full, 'shop', 'AWS::Events::Rule', 'KeysClock')
  expect(rule.ScheduleExpression).toBe('cron(10 * * * ? *)')
  // More than twelve runs a night for as long as the queue keeps keys.
  expect(one(full, 'shop', 'AWS::SQS::Queue', 'Keys').RedrivePolicy.maxReceiveCount).toBe(300)
  // CDK adds what it takes to send dead letters.
  expect([...new Set(actionsOf(full, 'ReportsConsumer', 'sqs'))]).toEqual([
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ])
  const alarms = listResources(full.templates.shop, 'AWS::CloudWatch::Alarm').map(([id]) => id)
  for (const id of [
    'KeysWait',
    'KeysLost',
    'ReportsConsumerBehind',
    'ReportsConsumerErrors',
    'ReportsConsumerDeadLettersThere',
  ])
    expect(
      alarms.filter(alarm => alarm.startsWith(id)),
      id,
    ).toHaveLength(1)
  const nightly = synthesize({ stage: 'dev', reports: 'nightly' })
  expect(one(nightly, 'shop', 'AWS::Events::Rule', 'KeysClock').ScheduleExpression).toBe(
    'cron(0/15 2-4 * * ? *)',
  )
})

test('reports read with single statements, the consumer writes in transactions, and no other function reaches the database', () => {
  expect(actionsOf(live, 'BookCatalog', 'rds-data')).toEqual(['rds-data:ExecuteStatement'])
  expect(actionsOf(live, 'ReportsConsumer', 'rds-data')).toEqual([
    'rds-data:BeginTransaction',
    'rds-data:CommitTransaction',
    'rds-data:ExecuteStatement',
    'rds-data:RollbackTransaction',
  ])
  for (const id of ['BookCatalog', 'ReportsConsumer']) {
    expect(actionsOf(live, id, 'secretsmanager')).toEqual(['secretsmanager:GetSecretValue'])
    const { DATABASE_ARN, DATABASE_SECRET_ARN } = environmentOf(live, id)
    expect([DATABASE_ARN, DATABASE_SECRET_ARN].every(Boolean)).toBe(true)
  }
  for (const id of ['ShoppingCart', 'OrderProcess', 'UserAccounts', 'Pages', 'Sweeper']) {
    expect(actionsOf(full, id, 'rds-data')).toEqual([])
    expect(environmentOf(full, id).DATABASE_ARN).toBeUndefined()
  }
})

test('the functions that erase may start the consumer, which erases in PostgreSQL, and no other function', () => {
  for (const [made, name] of [
    [live, 'dev-ReportsConsumer:live'],
    [full, 'ReportsConsumer:live'],
  ] as const)
    for (const id of ['UserAccounts', 'Sweeper']) {
      expect(actionsOf(made, id, 'lambda')).toContain('lambda:InvokeFunction')
      expect(environmentOf(made, id).REPORTS_CONSUMER).toBe(name)
    }
  for (const id of ['BookCatalog', 'ShoppingCart', 'OrderProcess'])
    expect(actionsOf(live, id, 'lambda')).toEqual([])
  for (const id of ['UserAccounts', 'Sweeper']) expect(actionsOf(without, id, 'lambda')).toEqual([])
})

test('with vpcFunctions the consumer alone is inside, with a free way to the tables of the shop and endpoints in one zone', () => {
  const inside = listResources(full.templates.shop, 'AWS::Lambda::Function').filter(
    ([, { VpcConfig }]) => VpcConfig,
  )
  expect(inside.map(([, { FunctionName }]) => FunctionName)).toEqual(['ReportsConsumer'])
  expect(actionsOf(full, 'ReportsConsumer', 'ec2')).toContain('ec2:CreateNetworkInterface')
  expect(actionsOf(live, 'ReportsConsumer', 'ec2')).toEqual([])
  const endpoints = listResources(full.templates.data, 'AWS::EC2::VPCEndpoint').map(([, found]) => found)
  const [gateway] = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway')
  const tables = gateway?.PolicyDocument.Statement[0].Resource
  expect(tables).toHaveLength(5)
  const interfaces = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
  expect(
    interfaces.map(({ ServiceName }) => String(ServiceName).replace(/^.*eu-central-1\./, '')).sort(),
  ).toEqual(['rds-data', 'sqs', 'ssm'])
  for (const { SubnetIds } of interfaces) expect(SubnetIds).toHaveLength(1)
})

test('with biAccess one instance without a public address reaches the database, from an endpoint for SSH alone', () => {
  expect(listResources(live.templates.data, 'AWS::EC2::Instance')).toEqual([])
  const instance = one(full, 'data', 'AWS::EC2::Instance')
  expect(instance).toMatchObject({ InstanceType: 't4g.nano', MetadataOptions: { HttpTokens: 'required' } })
  expect(JSON.stringify(instance)).not.toContain('AssociatePublicIpAddress')
  const ways = listResources(full.templates.data, 'AWS::EC2::SecurityGroupIngress').map(
    ([id, { FromPort, ToPort, CidrIp }]) => {
      expect(CidrIp).toBeUndefined()
      expect(ToPort).toBe(FromPort)
      return `${/^(Database|Bi|Endpoint)Group/.exec(id)?.[1]} ${FromPort}`
    },
  )
  expect(ways.sort()).toEqual(['Bi 22', 'Database 5432', 'Endpoint 443'])
  // Tools read the instance that is theirs.
  expect(full.templates.data).toMatchObject({
    Outputs: { BiHost: { Value: { 'Fn::GetAtt': ['Database', 'ReadEndpoint.Address'] } } },
  })
})
