/** Tests that tables match src/tables/definitions.ts, and that tables and buckets are protected as their stage requires. */
import { expect, test } from 'vitest'
import { DEFAULT_TABLE_NAMES, TABLE_IDS, TABLES, type TableDefinition } from '#src/tables/definitions.ts'
import {
  ALL_OPTIONS,
  listResources,
  type Properties,
  type Synthesized,
  synthesize,
} from '../../test/stacks.ts'

const dev = synthesize({ stage: 'dev' })
const staging = synthesize({ stage: 'staging' })
const prod = synthesize({ stage: 'prod' })
const two = synthesize({ stage: 'prod', ...ALL_OPTIONS })

const tablesIn = ({ templates }: Synthesized): Map<string, Properties> =>
  new Map(
    listResources(templates.store, 'AWS::DynamoDB::GlobalTable').map(([, table]) => [table.TableName, table]),
  )

const schema = ({ hash, range }: { hash: string; range?: string }) => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
]

test.each([
  ['dev-', dev],
  ['staging-', staging],
  ['', prod],
  ['', two],
])(
  'tables with the prefix "%s" match src/tables/definitions.ts in keys, indexes, TTL and billing, and there are no others',
  (prefix, made) => {
    const found = tablesIn(made)
    expect([...found.keys()].sort()).toEqual(
      TABLE_IDS.map(id => `${prefix}${DEFAULT_TABLE_NAMES[id]}`).sort(),
    )
    for (const id of TABLE_IDS) {
      const definition: TableDefinition = TABLES[id]
      const table = found.get(`${prefix}${definition.name}`) ?? {}
      expect(table.KeySchema, id).toEqual(schema(definition.key))
      expect(
        (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }: Properties) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
        id,
      ).toEqual(
        Object.entries(definition.indexes).map(([IndexName, key]) => ({
          IndexName,
          KeySchema: schema(key),
          Projection: { ProjectionType: 'ALL' },
        })),
      )
      const keys = [definition.key, ...Object.values(definition.indexes)].flatMap(({ hash, range }) =>
        [hash, range ?? []].flat(),
      )
      expect(table.AttributeDefinitions.map((one: Properties) => one.AttributeName).sort(), id).toEqual(
        [...new Set(keys)].sort(),
      )
      expect(table.AttributeDefinitions.every((one: Properties) => one.AttributeType === 'S')).toBe(true)
      expect(table.TimeToLiveSpecification, id).toEqual(
        definition.ttl ? { AttributeName: definition.ttl, Enabled: true } : undefined,
      )
      expect(table.BillingMode, id).toBe('PAY_PER_REQUEST')
    }
  },
)

test('production retains tables and buckets, staging has point-in-time recovery, and dev leaves nothing behind', () => {
  const kept = ({ templates }: Synthesized) =>
    Object.values(templates.store?.Resources ?? {})
      .filter(({ Type }) => /Table$|Bucket$/.test(Type))
      .map(one => (one as { DeletionPolicy?: string }).DeletionPolicy)
  // Not after a creation that was rolled back.
  expect(new Set(kept(prod))).toEqual(new Set(['RetainExceptOnCreate']))
  expect(new Set(kept(staging))).toEqual(new Set(['Delete']))
  expect(new Set(kept(dev))).toEqual(new Set(['Delete']))
  const replica = (made: Synthesized) =>
    [...tablesIn(made).values()].flatMap(({ Replicas }) => Replicas as Properties[])
  for (const one of replica(prod)) {
    expect(one.DeletionProtectionEnabled).toBe(true)
    expect(one.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true })
  }
  expect(replica(staging).every(one => one.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)).toBe(
    true,
  )
  expect(replica(dev).some(one => one.DeletionProtectionEnabled)).toBe(false)
  expect(replica(dev).some(one => one.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled)).toBe(
    false,
  )
  expect(prod.stacks.store.terminationProtection).toBe(true)
  expect(dev.stacks.store.terminationProtection).toBe(false)
})

test('only tables that trigger a function have a stream, with both images, as a second Region will need them', () => {
  const streams = (made: Synthesized) =>
    Object.fromEntries(
      [...tablesIn(made)].map(([name, table]) => [name, table.StreamSpecification?.StreamViewType]),
    )
  expect(streams(prod)).toEqual({
    'cloudshelf-books': 'NEW_AND_OLD_IMAGES',
    'cloudshelf-carts': undefined,
    'cloudshelf-users': undefined,
    'cloudshelf-orders': undefined,
    'cloudshelf-control': 'NEW_AND_OLD_IMAGES',
  })
})

test('buckets are private and encrypted, and only this distribution reads them, over TLS', () => {
  for (const made of [dev, prod, two])
    for (const [, bucket] of listResources(made.templates.store, 'AWS::S3::Bucket')) {
      expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true])
      expect(JSON.stringify(bucket.BucketEncryption)).toContain('AES256')
      expect(bucket.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }])
      expect(bucket.WebsiteConfiguration).toBeUndefined()
    }
  const policies = Object.fromEntries(listResources(prod.templates.shop, 'AWS::S3::BucketPolicy'))
  const [deny, allow, list] = policies.BlobsPolicy?.PolicyDocument.Statement ?? []
  expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
  expect(allow).toMatchObject({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Principal: { Service: 'cloudfront.amazonaws.com' },
  })
  // From the bucket that also holds the index, only images.
  expect(JSON.stringify(allow.Resource)).toMatch(/\/images\/\*"/)
  expect(JSON.stringify(allow.Condition.StringEquals['AWS:SourceArn'])).toMatch(
    /:distribution\/.*PublishOutputRefDistribution/,
  )
  // Without the right to list, S3 answers 403 for a picture that is not there.
  expect(list).toMatchObject({ ...allow, Action: 's3:ListBucket', Resource: expect.anything() })
  expect(JSON.stringify(list.Resource)).not.toContain('/*')
  expect(policies.AssetsPolicy?.PolicyDocument.Statement).toHaveLength(3)
})

test('old versions of images are kept for 30 days, and those of the index snapshot for one', () => {
  const kept = (made: Synthesized, stack = 'store') =>
    listResources(made.templates[stack], 'AWS::S3::Bucket')
      .filter(([, bucket]) => bucket.VersioningConfiguration)
      .map(([, bucket]) =>
        (bucket.LifecycleConfiguration.Rules as Properties[]).flatMap(rule =>
          rule.NoncurrentVersionExpiration
            ? [[rule.Prefix, rule.NoncurrentVersionExpiration.NoncurrentDays]]
            : [],
        ),
      )
  // Each rule names its keys: without that, the longer time would hold for the snapshot too.
  const rules = [
    ['images/', 30],
    ['index/', 1],
  ]
  expect(kept(prod)).toEqual([rules])
  expect(kept(two)).toEqual([rules])
  expect(kept(two, 'standby-store')).toEqual([rules])
  expect(kept(dev)).toEqual([])
})

test('a second Region has protected replicas of all tables and of the images', () => {
  for (const [name, { Replicas, StreamSpecification }] of tablesIn(two)) {
    expect(Replicas.map(({ Region }: Properties) => Region).sort(), name).toEqual([
      'eu-central-1',
      'eu-west-1',
    ])
    expect(StreamSpecification.StreamViewType, name).toBe('NEW_AND_OLD_IMAGES')
    for (const one of Replicas) {
      expect(one.DeletionProtectionEnabled).toBe(true)
      expect(one.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true)
    }
  }
  const copied = listResources(two.templates.store, 'AWS::S3::Bucket').flatMap(
    ([, bucket]) => bucket.ReplicationConfiguration?.Rules ?? [],
  )
  expect(copied).toHaveLength(1)
  expect(copied[0].Filter).toEqual({ Prefix: 'images/' })
  expect(JSON.stringify(copied[0].Destination.Bucket)).toContain('CloudShelf-prod-standby-store')
  expect(listResources(two.templates['standby-store'], 'AWS::DynamoDB::GlobalTable')).toEqual([])
  expect(listResources(two.templates['standby-store'], 'AWS::S3::Bucket')).toHaveLength(2)
})
