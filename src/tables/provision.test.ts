import { expect, test } from 'vitest'
import { createTestShop, getTestEngine, type Json } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { DEFAULT_TABLE_NAMES, TABLE_IDS, type TableId, type TableNames } from './definitions.ts'
import {
  createTableInput,
  createTables,
  deleteTables,
  passes,
  type TableCheck,
  verifyTables,
} from './provision.ts'

let prefixes = 0
const freshNames = (): TableNames => {
  const prefix = `p${++prefixes}-`
  return Object.fromEntries(TABLE_IDS.map(id => [id, `${prefix}${DEFAULT_TABLE_NAMES[id]}`])) as TableNames
}

const openDatabase = async (): Promise<{ db: Dynamo; names: TableNames }> => {
  await getTestEngine()
  return { db: (await createTestShop()).deps.db, names: freshNames() }
}

const checksOf = async (db: Dynamo, names: TableNames): Promise<TableCheck[]> => {
  const checks: TableCheck[] = []
  for await (const check of verifyTables(db, names)) checks.push(check)
  return checks
}

test('tables are created once, pass verification, and are deleted', async () => {
  const { db, names } = await openDatabase()
  const [missing] = await checksOf(db, names)
  expect(missing).toMatchObject({ point: 'status', expected: 'ACTIVE', found: 'no such table' })
  expect(await createTables(db, names)).toEqual(Object.values(names))
  expect(await createTables(db, names)).toEqual([])
  const checks = await checksOf(db, names)
  expect(checks.filter(check => !passes(check))).toEqual([])
  expect(checks.length).toBeGreaterThan(25)
  expect(new Set(checks.map(check => check.table))).toEqual(new Set(Object.values(names)))
  expect(await deleteTables(db, names)).toEqual(Object.values(names))
  expect(await deleteTables(db, names)).toEqual([])
})

test('creating the missing tables leaves the existing ones as they are', async () => {
  const { db, names } = await openDatabase()
  await createTables(db, names)
  await db.write({ action: 'Put', table: names.users, item: { user_id: 'user-1' } })
  await callEngine('DeleteTable', { TableName: names.carts })
  expect(await createTables(db, names)).toEqual([names.carts])
  expect(await db.get(names.users, { user_id: 'user-1' })).toEqual({ user_id: 'user-1' })
})

type Defect = { readonly id: TableId; readonly point: string; readonly change: (input: Json) => Json }

const index = (input: Json, changes: object): Json => ({
  ...input,
  GlobalSecondaryIndexes: [{ ...input.GlobalSecondaryIndexes[0], ...changes }],
})
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })

const DEFECTS: Defect[] = [
  {
    id: 'books',
    point: 'keys',
    change: input => ({ ...input, KeySchema: [hash('book_id'), range('category')] }),
  },
  {
    id: 'users',
    point: 'keys',
    change: input => ({ ...input, KeySchema: [hash('user_id'), range('email')] }),
  },
  {
    id: 'carts',
    point: 'key types',
    change: input => ({
      ...input,
      AttributeDefinitions: input.AttributeDefinitions.map((one: Json, i: number) => ({
        ...one,
        AttributeType: i ? 'N' : 'S',
      })),
    }),
  },
  {
    id: 'orders',
    point: 'billing mode',
    change: input => {
      const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
      return { ...index(input, { ProvisionedThroughput }), BillingMode: 'PROVISIONED', ProvisionedThroughput }
    },
  },
  {
    id: 'users',
    point: 'indexes',
    change: ({ GlobalSecondaryIndexes: _, ...input }) => ({
      ...input,
      AttributeDefinitions: input.AttributeDefinitions.slice(0, 1),
    }),
  },
  { id: 'books', point: 'indexes', change: input => index(input, { IndexName: 'TitleIndex' }) },
  {
    id: 'books',
    point: 'TitleSearchIndex keys',
    change: input => index(input, { KeySchema: [hash('title'), range('book_id')] }),
  },
  {
    id: 'orders',
    point: 'OrderDateIndex projection',
    change: input => index(input, { Projection: { ProjectionType: 'KEYS_ONLY' } }),
  },
]

test.each(DEFECTS)(
  'verification of $id stops at the first difference: $point',
  async ({ id, point, change }) => {
    const { db, names } = await openDatabase()
    await createTables(db, names)
    await callEngine('DeleteTable', { TableName: names[id] })
    await callEngine('CreateTable', change(createTableInput(id, names[id])))
    const checks = await checksOf(db, names)
    const last = checks.at(-1)
    expect(last).toMatchObject({ table: names[id], point })
    expect(last && passes(last)).toBe(false)
    expect(checks.slice(0, -1).every(passes)).toBe(true)
  },
)

test('verification finds a TTL that is off, and creating the tables turns it on', async () => {
  const { db, names } = await openDatabase()
  await createTables(db, names)
  await callEngine('DeleteTable', { TableName: names.carts })
  await callEngine('CreateTable', createTableInput('carts', names.carts))
  expect((await checksOf(db, names)).at(-1)).toMatchObject({
    table: names.carts,
    point: 'TTL',
    expected: 'expires_at',
    found: 'off',
  })
  await createTables(db, names)
  expect((await checksOf(db, names)).every(passes)).toBe(true)
})
