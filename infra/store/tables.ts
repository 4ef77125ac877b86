/** The tables of src/tables/definitions.ts in DynamoDB, to the letter. */
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { type FunctionDefinition, functions } from '#src/lambda/functions.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import { getTableNames, type Stage } from '../settings/stage.ts'

const stringAttribute = (name: string) => ({ name, type: AttributeType.STRING })

const FUNCTIONS: readonly FunctionDefinition[] = functions

/** What a table's stream has to carry for the functions that it wakes; undefined: it wakes none. */
export const getStreamView = (id: TableId): StreamViewType | undefined => {
  const views = FUNCTIONS.flatMap(({ triggers }) => triggers).flatMap(trigger =>
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
    // Projection ALL is what an index has that names none.
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, { hash, range }]) => ({
      indexName,
      partitionKey: stringAttribute(hash),
      ...(range ? { sortKey: stringAttribute(range) } : {}),
    })),
    ...(ttl ? { timeToLiveAttribute: ttl } : {}),
    billing: Billing.onDemand(),
    // Under DynamoDB's own key, which costs nothing.
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.restorable },
    deletionProtection: stage.keepsData,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(stream ? { dynamoStream: stream } : {}),
    // Copies are made of streams that carry both images.
    ...(replica ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES, replicas: [{ region: replica }] } : {}),
  })
}

/** All tables; `replica` is a second Region that gets copies, each with the same protection. */
export const createTables = (
  scope: Construct,
  stage: Stage,
  replica: string | undefined,
): Readonly<Record<TableId, TableV2>> =>
  Object.fromEntries(TABLE_IDS.map(id => [id, createTable(scope, id, stage, replica)])) as Record<
    TableId,
    TableV2
  >
