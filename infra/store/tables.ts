/** DynamoDB tables, as defined in src/tables/definitions.ts. */
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { FUNCTIONS, type FunctionDefinition } from '#src/lambda/functions.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import { getTableNames, type Stage } from '../settings/stage.ts'

const stringAttribute = (name: string) => ({ name, type: AttributeType.STRING })

const DEFINITIONS: readonly FunctionDefinition[] = FUNCTIONS

/** View type of a table's stream for the functions it triggers; undefined if it triggers none. */
export const getStreamView = (id: TableId): StreamViewType | undefined => {
  const views = DEFINITIONS.flatMap(({ triggers }) => triggers).flatMap(trigger =>
    trigger.kind === 'stream' && trigger.table === id ? [trigger.view] : [],
  )
  if (views.length === 0) return undefined
  return views.every(view => view === 'NEW_IMAGE')
    ? StreamViewType.NEW_IMAGE
    : StreamViewType.NEW_AND_OLD_IMAGES
}

const createTable = (scope: Construct, id: TableId, stage: Stage, replica: string | undefined): TableV2 => {
  const { key, indexes, ttl }: TableDefinition = TABLES[id]
  const stream = getStreamView(id)
  return new TableV2(scope, id, {
    tableName: getTableNames(stage)[id],
    partitionKey: stringAttribute(key.hash),
    ...(key.range ? { sortKey: stringAttribute(key.range) } : {}),
    // Without a projection an index has ALL.
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, { hash, range }]) => ({
      indexName,
      partitionKey: stringAttribute(hash),
      ...(range ? { sortKey: stringAttribute(range) } : {}),
    })),
    ...(ttl ? { timeToLiveAttribute: ttl } : {}),
    billing: Billing.onDemand(),
    // Encrypted with DynamoDB's own key, which is free.
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.restorable },
    deletionProtection: stage.keepsData,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(stream ? { dynamoStream: stream } : {}),
    // Replication requires streams with both images.
    ...(replica ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES, replicas: [{ region: replica }] } : {}),
  })
}

/** Creates all tables; `replica` is a second Region with replicas, protected in the same way. */
export const createTables = (
  scope: Construct,
  stage: Stage,
  replica: string | undefined,
): Readonly<Record<TableId, TableV2>> =>
  Object.fromEntries(TABLE_IDS.map(id => [id, createTable(scope, id, stage, replica)])) as Record<
    TableId,
    TableV2
  >
