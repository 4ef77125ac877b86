/** GetItem worker: the cost of a call for the caller, with the shop's client and with the AWS SDK. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Book } from '#src/catalog/schema.ts'
import { createServiceSigner, engineSigner } from '#src/core/aws/sign.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import { DEFAULT_TABLE_NAMES } from '#src/tables/definitions.ts'
import { serveJobs } from './worker.ts'

/** `unsigned` is used with the embedded engine, `signed` on AWS. */
export type GetItemClient = 'unsigned' | 'signed' | 'sdk'
export type GetItemJob = {
  readonly client: GetItemClient
  readonly endpoint: string
  readonly books: readonly Pick<Book, 'category' | 'book_id'>[]
  readonly atOnce: number
  readonly seconds: number
}
/** `cpu` is the worker's CPU time in seconds. */
export type GetItemResult = { readonly calls: number; readonly seconds: number; readonly cpu: number }

type Key = { readonly category: string; readonly book_id: string }
type Get = (key: Key) => Promise<unknown>

const REGION = 'us-east-1'
const credentials = { accessKeyId: 'cloudshelf', secretAccessKey: 'cloudshelf' }

const createShopClient = (endpoint: string, signs: boolean): Get => {
  const signer = signs ? createServiceSigner('dynamodb', REGION, async () => credentials) : engineSigner
  const db = createDynamo(createWire(() => endpoint, signer))
  return key => db.get(DEFAULT_TABLE_NAMES.books, key)
}

const createSdkClient = (endpoint: string): Get => {
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials })
  return async key => {
    const command = new GetItemCommand({
      TableName: DEFAULT_TABLE_NAMES.books,
      Key: marshall(key),
      ConsistentRead: true,
    })
    const { Item } = await client.send(command)
    return Item && unmarshall(Item)
  }
}

const clients = new Map<GetItemClient, Get>()

serveJobs<GetItemJob, GetItemResult>(async ({ client, endpoint, books, atOnce, seconds }) => {
  const getItem =
    clients.get(client) ??
    (client === 'sdk' ? createSdkClient(endpoint) : createShopClient(endpoint, client === 'signed'))
  clients.set(client, getItem)
  const start = performance.now()
  const used = process.cpuUsage()
  let calls = 0
  const ask = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      const book = books[calls++ % books.length]
      if (!book || !(await getItem({ category: book.category, book_id: book.book_id })))
        throw new Error('a book is not there')
    }
  }
  await Promise.all(Array.from({ length: atOnce }, ask))
  const { user, system } = process.cpuUsage(used)
  return { calls, seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }
})
