/** What lies in the tables of a shop, as its engine has it: to see that something was written, or that nothing was. */
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { TABLE_IDS, type TableId } from '#src/tables/definitions.ts'
import { getTestEngine, type Json, type TestShop } from './kit.ts'

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20250905T100000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20250905/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

/** One call in DynamoDB's own words, past the shop: what any other client may do. Rejects unless it is a 200. */
export const callEngine = async (operation: string, input: object): Promise<Json> => {
  const { endpoint } = await getTestEngine()
  const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` }
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(input) })
  if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`)
  return answer.json()
}

/** Every item of a table as DynamoDB writes it, page after page. */
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

/** The items of a table, in the order of the engine. */
export const readItems = async (shop: TestShop, table: TableId): Promise<Json[]> => {
  const items = await scanTable(shop, table)
  return items.map((item: Json) => unmarshall(item, { wrapNumbers: text => Number(text) }))
}

/** The engine gives attributes in any order. */
export const sortAttributes = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** Counts of how often somebody asked, which a refused request may leave. */
const isRateLimitItem = ({ pk }: Json): boolean => pk?.S?.startsWith('limit#') ?? false

/** All that lies in the shop's tables, counts aside, as text that is the same as long as nothing is written. */
export const dumpTables = async (shop: TestShop): Promise<string> => {
  const all: string[] = []
  for (const id of TABLE_IDS) {
    const items = await scanTable(shop, id)
    const counted = items.filter((item: Json) => !isRateLimitItem(item))
    all.push(...counted.map((item: Json) => `${id} ${JSON.stringify(item, sortAttributes)}`))
  }
  return all.sort().join('\n')
}

/** Puts a row of others' making into a table; values as DynamoDB writes them, such as `{ N: '1' }`. */
export const putForeignItem = (shop: TestShop, table: TableId, item: object): Promise<Json> =>
  callEngine('PutItem', { TableName: shop.names[table], Item: item })

/** A book in DynamoDB's words, like the specification's first, but for what is said; `undefined` leaves out. */
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

/** How many copies of a book are left, as the table says. */
export const readStock = async (shop: TestShop, bookId: string): Promise<number | undefined> =>
  (await readItems(shop, 'books')).find(book => book.book_id === bookId)?.stock_quantity
