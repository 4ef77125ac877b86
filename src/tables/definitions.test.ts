import { expect, test } from 'vitest'
import type { Json } from '../../test/kit.ts'
import { DEFAULT_TABLE_NAMES, TABLE_IDS, TABLES, type TableId } from './definitions.ts'
import { createTableInput } from './provision.ts'

/** The definitions of the specification, copied from it. */
const SPECIFIED: Record<Exclude<TableId, 'control'>, Json> = {
  books: {
    TableName: 'cloudshelf-books',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'category', KeyType: 'HASH' },
      { AttributeName: 'book_id', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['category', 'book_id', 'title'].map(AttributeName => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'TitleSearchIndex',
        KeySchema: [{ AttributeName: 'title', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
  carts: {
    TableName: 'cloudshelf-carts',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'user_id', KeyType: 'HASH' },
      { AttributeName: 'cart_id', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['user_id', 'cart_id'].map(AttributeName => ({
      AttributeName,
      AttributeType: 'S',
    })),
  },
  users: {
    TableName: 'cloudshelf-users',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
    AttributeDefinitions: ['user_id', 'email'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'EmailIndex',
        KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
  orders: {
    TableName: 'cloudshelf-orders',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'user_id', KeyType: 'HASH' },
      { AttributeName: 'order_id', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['user_id', 'order_id', 'order_date'].map(AttributeName => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'OrderDateIndex',
        KeySchema: [
          { AttributeName: 'order_date', KeyType: 'HASH' },
          { AttributeName: 'order_id', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
}

test.each(Object.entries(SPECIFIED))(
  'the CreateTable request of %s is the one in the specification',
  (id, specified) => {
    expect(createTableInput(id as TableId, DEFAULT_TABLE_NAMES[id as TableId])).toEqual(specified)
  },
)

test('carts and control records expire by `expires_at`, other items do not expire', () => {
  const ttls = Object.fromEntries(TABLE_IDS.map(id => [id, 'ttl' in TABLES[id] ? TABLES[id].ttl : undefined]))
  expect(ttls).toEqual({ carts: 'expires_at', control: 'expires_at' })
})
