/** Items written by the shop and read by the AWS SDK, and the other way round, through the engine. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestShop, getTestEngine, type TestShop } from '../../../test/kit.ts'
import { callEngine } from '../../../test/table-contents.ts'
import { fromWire, keyToWire, toWire } from './marshal.ts'

let shop: TestShop
let sdk: DynamoDBClient

beforeAll(async () => {
  shop = await createTestShop()
  const { endpoint } = await getTestEngine()
  sdk = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  })
})
afterAll(() => sdk.destroy())

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer().map(whole => whole / 100),
  fc.constantFrom(0, 1e15, 1e-20, 0.1, 123456.789e3),
)
/** The SDK loses an attribute of this name; the shop has none. */
const isNameable = (name: string) => name !== '__proto__'
const { value } = fc.letrec(tie => ({
  value: fc.oneof({ maxDepth: 4 }, text, number, fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }).filter(isNameable), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}))
const item = fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/).filter(isNameable), value, {
  maxKeys: 6,
  noNullPrototype: true,
})

test('the shop reads what the AWS SDK writes, and the other way round', async () => {
  const table = shop.names.orders
  const [ours, theirs] = [
    { user_id: 'u', order_id: 'ours' },
    { user_id: 'u', order_id: 'theirs' },
  ]
  await fc.assert(
    fc.asyncProperty(item, async content => {
      await shop.deps.db.write({ action: 'Put', table, item: { ...content, ...ours } })
      const read = await sdk.send(new GetItemCommand({ TableName: table, Key: marshall(ours) }))
      expect(unmarshall(read.Item ?? {})).toEqual({ ...content, ...ours })
      await sdk.send(new PutItemCommand({ TableName: table, Item: marshall({ ...content, ...theirs }) }))
      expect(await shop.deps.db.get(table, theirs)).toEqual({ ...content, ...theirs })
    }),
    { numRuns: 60 },
  )
})

test('transactions, batches and queries give the same items as single reads', async () => {
  const { db } = shop.deps
  const table = shop.names.orders
  const items = Array.from({ length: 130 }, (_, i) => ({
    user_id: 'many',
    order_id: `o-${String(i).padStart(3, '0')}`,
    n: i / 100,
  }))
  for (let i = 0; i < items.length; i += 100)
    await db.transact(items.slice(i, i + 100).map(one => ({ action: 'Put', table, item: one })))
  const keys = items.map(({ user_id, order_id }) => ({ user_id, order_id }))
  const batch = await db.batchGet(table, keys)
  expect(batch.sort((a, b) => (String(a.order_id) < String(b.order_id) ? -1 : 1))).toEqual(items)
  const query = { table, where: 'user_id = :u', values: { ':u': 'many' }, limit: 50 }
  const pages: unknown[] = []
  for await (const page of db.pages(query)) pages.push(...page)
  expect(pages).toEqual(items)
  expect((await db.query({ ...query, descending: true, limit: 1 })).items).toEqual([items.at(-1)])
})

const EXACT = [
  '100000000000000000000',

  '12345678901234567890123456789012345678',
  '0.1234567890123456789012345678901234567',
  '42.990000000000000000000000000000000001',
  '-99999999999999999999999999999999999999',
]

test('numbers that JavaScript cannot represent stay wrapped, and are written back unchanged', async () => {
  const table = shop.names.control
  for (const N of EXACT) {
    await callEngine('PutItem', {
      TableName: table,
      Item: { pk: { S: 'n' }, sk: { S: 'n' }, n: { N }, list: { L: [{ N }] } },
    })
    const read = await shop.deps.db.get(table, { pk: 'n', sk: 'n' })
    expect(typeof read?.n).not.toBe('number')
    await shop.deps.db.write({ action: 'Put', table, item: { ...read, sk: 'copy' } })
    const { Item } = await callEngine('GetItem', {
      TableName: table,
      Key: { pk: { S: 'n' }, sk: { S: 'copy' } },
    })
    expect(Item).toMatchObject({ n: { N }, list: { L: [{ N }] } })
  }
})

test.each(['0', '1', '-1', '42.99', '1757073600', '9007199254740991', '0.000001', '100000'])(
  '%s is a JavaScript number',
  N => {
    expect(fromWire({ n: { N } })).toEqual({ n: Number(N) })
  },
)

test('bytes and sets of bytes, strings and numbers are written back unchanged', () => {
  const wire = () => ({
    b: { B: 'AAECAw==' },
    bs: { BS: ['AAEC', '/w=='] },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '0.5'] },
    deep: { M: { l: { L: [{ B: 'AA==' }, { NULL: true }, { BOOL: false }] } } },
  })
  expect(JSON.parse(JSON.stringify(toWire(fromWire(wire()))))).toEqual(wire())
})

test('a set of numbers of which JavaScript can represent only some is written back unchanged', () => {
  const wire = {
    mixed: { NS: ['1', '12345678901234567890123456789012345678', '2.5'] },
    small: { NS: ['1', '2'] },
  }
  expect(toWire(fromWire(wire))).toEqual(wire)
  expect(fromWire(wire).small).toEqual(new Set([1, 2]))
})

test('undefined attributes are omitted', () => {
  expect(toWire({ a: undefined, b: { c: undefined, d: 1 } })).toEqual({ b: { M: { d: { N: '1' } } } })
})

test('an attribute may have any name, also __proto__', () => {
  const item = fromWire({
    __proto__x: { S: 'a' },
    constructor: { S: 'b' },
    ...JSON.parse('{"__proto__":{"S":"c"}}'),
  })
  expect(Object.keys(item)).toEqual(['__proto__x', 'constructor', '__proto__'])
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
})

test('a key is marshalled as by the AWS SDK', () => {
  const key = { user_id: 'guest-1', cart_id: '' }
  expect(keyToWire(key)).toEqual(marshall(key))
})
