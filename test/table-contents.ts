/** Contents of a test shop's tables, read directly from the engine. */
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { TABLE_IDS, type TableId } from '#src/tables/definitions.ts'
import { callDynamo } from './engine-call.ts'
import { getTestEngine, type Json, type TestShop } from './kit.ts'

/** Sends one DynamoDB call directly to the engine. Rejects unless the status is 200. */
export const callEngine = async (operation: string, input: object): Promise<Json> =>
  callDynamo((await getTestEngine()).endpoint, operation, input)

/** All items of a table as DynamoDB JSON. */
const scanTable = async (shop: TestShop, table: TableId): Promise<Json[]> => {
  const found: Json[] = []
  for (let ExclusiveStartKey: Json; ; ) {
    const page = { TableName: shop.names[table], ConsistentRead: true, ExclusiveStartKey }
    const { Items, LastEvaluatedKey } = await callEngine('Scan', page)
    found.push(...Items)
    if (LastEvaluatedKey === undefined) return found
    ExclusiveStartKey = LastEvaluatedKey
  }
}

/** All items of a table as plain objects. */
export const readItems = async (shop: TestShop, table: TableId): Promise<Json[]> => {
  const items = await scanTable(shop, table)
  return items.map((item: Json) => unmarshall(item, { wrapNumbers: text => Number(text) }))
}

/** JSON replacer that sorts attributes, which the engine returns in any order. */
export const sortAttributes = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** Whether an item is a rate limit counter, which a refused request may write. */
const isRateLimitItem = ({ pk }: Json): boolean => pk?.S?.startsWith('limit#') ?? false

/** All items except rate limit counters as text, which changes only if something is written. */
export const dumpTables = async (shop: TestShop): Promise<string> => {
  const all: string[] = []
  for (const id of TABLE_IDS) {
    const items = await scanTable(shop, id)
    const counted = items.filter((item: Json) => !isRateLimitItem(item))
    all.push(...counted.map((item: Json) => `${id} ${JSON.stringify(item, sortAttributes)}`))
  }
  return all.sort().join('\n')
}

/** Puts an item as another program would; values as DynamoDB JSON, for example `{ N: '1' }`. */
export const putForeignItem = (shop: TestShop, table: TableId, item: object): Promise<Json> =>
  callEngine('PutItem', { TableName: shop.names[table], Item: item })

/** The specification's first book as DynamoDB JSON, with changes; `undefined` leaves an attribute out. */
export const foreignBook = (changes: Readonly<Record<string, object | undefined>> = {}): Json =>
  Object.fromEntries(
    Object.entries({
      category: { S: 'Technology' },
      book_id: { S: 'tech-001' },
      title: { S: 'Clean Code' },
      author: { S: 'Robert C. Martin' },
      price: { N: '42.99' },
      stock_quantity: { N: '25' },
      ...changes,
    }).filter(([, value]) => value !== undefined),
  )

/** Stock of a book in the table. */
export const readStock = async (shop: TestShop, bookId: string): Promise<number | undefined> =>
  (await readItems(shop, 'books')).find(book => book.book_id === bookId)?.stock_quantity
