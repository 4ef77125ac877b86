/** DynamoDB tables, as defined in src/tables/definitions.ts. */
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import type { FunctionDefinition } from '#src/lambda/functions.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import { getTableNames, type Stage } from '../settings/stage.ts'
import { dataRemovalPolicy } from './removal-policy.ts'

const stringAttribute = (name: string) => ({ name, type: AttributeType.STRING })

/** Whether one of the functions is triggered by the stream of this table. */
const triggersFunctions = (functions: readonly FunctionDefinition[], id: TableId): boolean =>
  functions
    .flatMap(({ triggers }) => triggers)
    .some(trigger => trigger.kind === 'stream' && trigger.table === id)

export type TablesProps = {
  readonly stage: Stage
  /** A second Region with replicas, protected in the same way. */
  readonly replica: string | undefined
  /** Functions that streams may trigger. */
  readonly functions: readonly FunctionDefinition[]
}

const createTable = (scope: Construct, id: TableId, { stage, replica, functions }: TablesProps): TableV2 => {
  const { key, indexes, ttl }: TableDefinition = TABLES[id]
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
    removalPolicy: dataRemovalPolicy(stage),
    // Both images from the first day, as replication requires them: the view of a stream cannot be changed later.
    ...(triggersFunctions(functions, id) || replica
      ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }
      : {}),
    ...(replica ? { replicas: [{ region: replica }] } : {}),
  })
}

/** Creates all tables. */
export const createTables = (scope: Construct, props: TablesProps): Readonly<Record<TableId, TableV2>> =>
  Object.fromEntries(TABLE_IDS.map(id => [id, createTable(scope, id, props)])) as Record<TableId, TableV2>
