/** Creates, verifies and deletes the tables of `tables.ts`: the specification's "Tables Checklist", point by point. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId, type TableNames } from './definitions.ts'

type KeyElement = { AttributeName: string; KeyType: string }
type Description = {
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

/** One point of the checklist; `found` says what is there, `expected` what the specification wants. */
export type TableCheck = {
  readonly table: string
  readonly point: string
  readonly expected: string
  readonly found: string
}

export const passes = (point: TableCheck): boolean => point.expected === point.found

const definitionOf = (id: TableId): TableDefinition => TABLES[id]
const keySchema = (key: TableDefinition['key']): KeyElement[] => [
  { AttributeName: key.hash, KeyType: 'HASH' },
  ...(key.range ? [{ AttributeName: key.range, KeyType: 'RANGE' }] : []),
]

/** The CreateTable request of a table, in DynamoDB's words; every key attribute is a string. */
export const createTableInput = (id: TableId, name: string) => {
  const { key, indexes } = definitionOf(id)
  const keys = [key, ...Object.values(indexes)].flatMap(k => (k.range ? [k.hash, k.range] : [k.hash]))
  const secondary = Object.entries(indexes).map(([IndexName, k]) => ({
    IndexName,
    KeySchema: keySchema(k),
    Projection: { ProjectionType: 'ALL' },
  }))
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(key),
    AttributeDefinitions: [...new Set(keys)].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    ...(secondary.length > 0 ? { GlobalSecondaryIndexes: secondary } : {}),
  }
}

const describe = async (db: Dynamo, name: string): Promise<Description | undefined> => {
  try {
    return (await db.admin('DescribeTable', { TableName: name })).Table as Description
  } catch (error) {
    if (error instanceof DynamoError && error.type === 'ResourceNotFoundException') return undefined
    throw error
  }
}

const ttlOf = async (db: Dynamo, name: string): Promise<string> => {
  const answer = await db.admin('DescribeTimeToLive', { TableName: name })
  const ttl = answer.TimeToLiveDescription as
    | { TimeToLiveStatus?: string; AttributeName?: string }
    | undefined
  return ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING'
    ? String(ttl.AttributeName)
    : 'off'
}

const untilActive = async (db: Dynamo, name: string): Promise<void> => {
  for (let i = 0; i < 240; i++) {
    if ((await describe(db, name))?.TableStatus === 'ACTIVE') return
    await sleep(i < 20 ? 25 : 500)
  }
  throw new Error(`table ${name} is still not active`)
}

/** Makes the tables that are missing, with their indexes and TTL. Returns the names of those it made; changes no other. */
export const createTables = async (db: Dynamo, names: TableNames): Promise<string[]> => {
  const create = async (id: TableId): Promise<string[]> => {
    const name = names[id]
    const isNew = !(await describe(db, name))
    if (isNew) {
      await db.admin('CreateTable', createTableInput(id, name))
      await untilActive(db, name)
    }
    const { ttl } = definitionOf(id)
    if (ttl && (await ttlOf(db, name)) === 'off')
      await db.admin('UpdateTimeToLive', {
        TableName: name,
        TimeToLiveSpecification: { AttributeName: ttl, Enabled: true },
      })
    return isNew ? [name] : []
  }
  // All at once: each start of a local shop looks whether they are there.
  return (await Promise.all(TABLE_IDS.map(create))).flat()
}

/** Deletes all tables and everything in them. Returns the names of those that were there. */
export const deleteTables = async (db: Dynamo, names: TableNames): Promise<string[]> => {
  const gone: string[] = []
  for (const id of TABLE_IDS) {
    if (!(await describe(db, names[id]))) continue
    await db.admin('DeleteTable', { TableName: names[id] })
    gone.push(names[id])
  }
  return gone
}

const keyText = (schema: readonly KeyElement[] | undefined): string =>
  schema?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ') ?? 'none'

const namesText = (names: readonly string[]): string =>
  names.length > 0 ? [...names].sort().join(', ') : 'none'

async function* pointsOf(db: Dynamo, id: TableId, table: string): AsyncGenerator<TableCheck> {
  const { key, indexes, ttl } = definitionOf(id)
  const found = await describe(db, table)
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
  const there = found?.GlobalSecondaryIndexes ?? []
  yield {
    table,
    point: 'indexes',
    expected: namesText(Object.keys(indexes)),
    found: namesText(there.map(index => index.IndexName)),
  }
  for (const [name, indexKey] of Object.entries(indexes)) {
    const index = there.find(one => one.IndexName === name)
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
  yield { table, point: 'TTL', expected: ttl ?? 'off', found: await ttlOf(db, table) }
}

/** The points of the checklist in order, up to and including the first that does not hold. */
export async function* verifyTables(db: Dynamo, names: TableNames): AsyncGenerator<TableCheck> {
  for (const id of TABLE_IDS)
    for await (const point of pointsOf(db, id, names[id])) {
      yield point
      if (!passes(point)) return
    }
}
