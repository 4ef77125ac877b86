/** Provisioning of the tables: creates, deletes and verifies them, as the "Tables Checklist" of the specification asks. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId, type TableNames } from './definitions.ts'

type KeyElement = { AttributeName: string; KeyType: string }
/** Those fields of DescribeTable's response that are checked. */
type TableDescription = {
  TableStatus?: string
  KeySchema?: KeyElement[]
  BillingModeSummary?: { BillingMode?: string }
  AttributeDefinitions?: { AttributeName: string; AttributeType: string }[]
  GlobalSecondaryIndexes?: {
    IndexName: string
    IndexStatus?: string
    KeySchema: KeyElement[]
    Projection?: { ProjectionType?: string }
  }[]
}

/** One point of the checklist for one table: what the specification expects, and what was found. */
export type TableCheck = {
  readonly table: string
  readonly point: string
  readonly expected: string
  readonly found: string
}

export const passes = (check: TableCheck): boolean => check.expected === check.found

const definition = (id: TableId): TableDefinition => TABLES[id]
const keySchema = (key: TableDefinition['key']): KeyElement[] => [
  { AttributeName: key.hash, KeyType: 'HASH' },
  ...(key.range ? [{ AttributeName: key.range, KeyType: 'RANGE' }] : []),
]

/** The CreateTable request of a table; every key attribute is a string. */
export const createTableInput = (id: TableId, name: string) => {
  const { key, indexes } = definition(id)
  const attributes = [key, ...Object.values(indexes)].flatMap(k => (k.range ? [k.hash, k.range] : [k.hash]))
  const secondary = Object.entries(indexes).map(([IndexName, indexKey]) => ({
    IndexName,
    KeySchema: keySchema(indexKey),
    Projection: { ProjectionType: 'ALL' },
  }))
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(key),
    AttributeDefinitions: [...new Set(attributes)].map(name => ({ AttributeName: name, AttributeType: 'S' })),
    ...(secondary.length > 0 ? { GlobalSecondaryIndexes: secondary } : {}),
  }
}

/** undefined: there is no such table. */
const describeTable = async (db: Dynamo, name: string): Promise<TableDescription | undefined> => {
  try {
    return (await db.admin('DescribeTable', { TableName: name }, true)).Table as TableDescription
  } catch (error) {
    if (error instanceof DynamoError && error.type === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** The TTL attribute of the table, or 'off'. */
const describeTtl = async (db: Dynamo, name: string): Promise<string> => {
  const response = await db.admin('DescribeTimeToLive', { TableName: name }, true)
  const ttl = response.TimeToLiveDescription as
    | { TimeToLiveStatus?: string; AttributeName?: string }
    | undefined
  return ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING'
    ? String(ttl.AttributeName)
    : 'off'
}

const FAST_POLLS = 20
const MAX_POLLS = 240

/** Waits for a new table to become active: up to half a second in short steps (the embedded engine), then for two minutes. */
const waitUntilActive = async (db: Dynamo, name: string): Promise<void> => {
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    if ((await describeTable(db, name))?.TableStatus === 'ACTIVE') return
    await sleep(poll < FAST_POLLS ? 25 : 500)
  }
  throw new Error(`table ${name} did not become active within two minutes`)
}

/** Creates the missing tables with their indexes and TTL. Returns the names of those it created; existing ones stay as they are. */
export const createTables = async (db: Dynamo, names: TableNames): Promise<string[]> => {
  const create = async (id: TableId): Promise<string[]> => {
    const name = names[id]
    const isNew = !(await describeTable(db, name))
    if (isNew) {
      await db.admin('CreateTable', createTableInput(id, name))
      await waitUntilActive(db, name)
    }
    const { ttl } = definition(id)
    if (ttl && (await describeTtl(db, name)) === 'off')
      await db.admin('UpdateTimeToLive', {
        TableName: name,
        TimeToLiveSpecification: { AttributeName: ttl, Enabled: true },
      })
    return isNew ? [name] : []
  }
  // Concurrently, since every start of a local shop goes through this.
  return (await Promise.all(TABLE_IDS.map(create))).flat()
}

/** Deletes all tables and everything in them. Returns the names of those that existed. */
export const deleteTables = async (db: Dynamo, names: TableNames): Promise<string[]> => {
  const deleted: string[] = []
  for (const id of TABLE_IDS) {
    if (!(await describeTable(db, names[id]))) continue
    await db.admin('DeleteTable', { TableName: names[id] })
    deleted.push(names[id])
  }
  return deleted
}

const keyText = (schema: readonly KeyElement[] | undefined): string =>
  schema?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ') ?? 'none'

const listText = (names: readonly string[]): string =>
  names.length > 0 ? [...names].sort().join(', ') : 'none'

async function* checkTable(db: Dynamo, id: TableId, table: string): AsyncGenerator<TableCheck> {
  const { key, indexes, ttl } = definition(id)
  const found = await describeTable(db, table)
  yield { table, point: 'status', expected: 'ACTIVE', found: found?.TableStatus ?? 'no such table' }
  yield { table, point: 'keys', expected: keyText(keySchema(key)), found: keyText(found?.KeySchema) }
  yield {
    table,
    point: 'key types',
    expected: 'S',
    found: [...new Set(found?.AttributeDefinitions?.map(a => a.AttributeType))].join(', '),
  }
  yield {
    table,
    point: 'billing mode',
    expected: 'PAY_PER_REQUEST',
    found: found?.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
  }
  const foundIndexes = found?.GlobalSecondaryIndexes ?? []
  yield {
    table,
    point: 'indexes',
    expected: listText(Object.keys(indexes)),
    found: listText(foundIndexes.map(index => index.IndexName)),
  }
  for (const [name, indexKey] of Object.entries(indexes)) {
    const index = foundIndexes.find(one => one.IndexName === name)
    yield {
      table,
      point: `${name} keys`,
      expected: keyText(keySchema(indexKey)),
      found: keyText(index?.KeySchema),
    }
    yield {
      table,
      point: `${name} projection`,
      expected: 'ALL',
      found: index?.Projection?.ProjectionType ?? 'none',
    }
    yield { table, point: `${name} status`, expected: 'ACTIVE', found: index?.IndexStatus ?? 'unknown' }
  }
  yield { table, point: 'TTL', expected: ttl ?? 'off', found: await describeTtl(db, table) }
}

/** Checks the points of the checklist in order, up to and including the first that does not pass. */
export async function* verifyTables(db: Dynamo, names: TableNames): AsyncGenerator<TableCheck> {
  for (const id of TABLE_IDS)
    for await (const check of checkTable(db, id, names[id])) {
      yield check
      if (!passes(check)) return
    }
}
