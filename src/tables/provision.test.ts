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

let made = 0
const freshNames = (): TableNames => {
  const prefix = `p${++made}-`
  return Object.fromEntries(TABLE_IDS.map(id => [id, `${prefix}${DEFAULT_TABLE_NAMES[id]}`])) as TableNames
}

const open = async (): Promise<{ db: Dynamo; names: TableNames }> => {
  await getTestEngine()
  return { db: (await createTestShop()).deps.db, names: freshNames() }
}

const pointsOf = async (db: Dynamo, names: TableNames): Promise<TableCheck[]> => {
  const points: TableCheck[] = []
  for await (const point of verifyTables(db, names)) points.push(point)
  return points
}

test('tables are made once, verified, and deleted', async () => {
  const { db, names } = await open()
  const [missing] = await pointsOf(db, names)
  expect(missing).toMatchObject({ point: 'status', expected: 'ACTIVE', found: 'no such table' })
  expect(await createTables(db, names)).toEqual(Object.values(names))
  expect(await createTables(db, names)).toEqual([])
  const points = await pointsOf(db, names)
  expect(points.filter(point => !passes(point))).toEqual([])
  expect(points.length).toBeGreaterThan(25)
  expect(new Set(points.map(point => point.table))).toEqual(new Set(Object.values(names)))
  expect(await deleteTables(db, names)).toEqual(Object.values(names))
  expect(await deleteTables(db, names)).toEqual([])
})

test('making the missing ones leaves the others as they are', async () => {
  const { db, names } = await open()
  await createTables(db, names)
  await db.write({ action: 'Put', table: names.users, item: { user_id: 'user-1' } })
  await callEngine('DeleteTable', { TableName: names.carts })
  expect(await createTables(db, names)).toEqual([names.carts])
  expect(await db.get(names.users, { user_id: 'user-1' })).toEqual({ user_id: 'user-1' })
})

type Wrong = { readonly id: TableId; readonly point: string; readonly change: (input: Json) => Json }

const index = (input: Json, changes: object): Json => ({
  ...input,
  GlobalSecondaryIndexes: [{ ...input.GlobalSecondaryIndexes[0], ...changes }],
})
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })

const WRONG: Wrong[] = [
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

test.each(WRONG)(
  'a wrong table of $id is told by its $point, and the check ends there',
  async ({ id, point, change }) => {
    const { db, names } = await open()
    await createTables(db, names)
    await callEngine('DeleteTable', { TableName: names[id] })
    await callEngine('CreateTable', change(createTableInput(id, names[id])))
    const points = await pointsOf(db, names)
    const last = points.at(-1)
    expect(last).toMatchObject({ table: names[id], point })
    expect(last && passes(last)).toBe(false)
    expect(points.slice(0, -1).every(passes)).toBe(true)
  },
)

test('a TTL that is off is told', async () => {
  const { db, names } = await open()
  await createTables(db, names)
  await callEngine('DeleteTable', { TableName: names.carts })
  await callEngine('CreateTable', createTableInput('carts', names.carts))
  expect((await pointsOf(db, names)).at(-1)).toMatchObject({
    table: names.carts,
    point: 'TTL',
    expected: 'expires_at',
    found: 'off',
  })
  // Making what is missing turns it on.
  await createTables(db, names)
  expect((await pointsOf(db, names)).every(passes)).toBe(true)
})
