/** Fake DynamoDB whose books table has any number of generated books, which are made when they are read: a large table in no time. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { ListedBook } from '#src/catalog/schema.ts'
import { DEFAULT_TABLE_NAMES } from '#src/tables/definitions.ts'
import { generateBooks } from './synthetic-books.ts'

const AT = '2026-11-01T00:00:00.000Z'
const DEFAULT_PAGE = 1_000

const toItem = ({ availability: _, price, ...book }: ListedBook) => ({
  ...book,
  price: price / 100,
  stock_quantity: 1_000,
  description: 'A description, which lists do not show. '.repeat(10),
  created_at: AT,
  updated_at: AT,
})

type Call = {
  readonly TableName?: string
  readonly Limit?: number
  readonly ExclusiveStartKey?: unknown
  readonly RequestItems?: Readonly<Record<string, unknown>>
}

/** Scans of the books table give `books()` books in pages, and queries of it the first of them; all other tables are empty. */
export const startGeneratedTable = async (real: readonly ListedBook[], books: () => number) => {
  let scan = generateBooks(real, 0)
  const take = (count: number): ListedBook[] => {
    const taken: ListedBook[] = []
    while (taken.length < count) {
      const { done, value } = scan.next()
      if (done) break
      taken.push(value)
    }
    return taken
  }

  const answer = (operation: string, call: Call): object => {
    const isBooks = call.TableName === DEFAULT_TABLE_NAMES.books
    if (operation === 'BatchGetItem') return { Responses: {} }
    if (operation !== 'Scan' && operation !== 'Query') return {}
    if (!isBooks) return { Items: [], Count: 0 }
    const { Limit = DEFAULT_PAGE, ExclusiveStartKey } = call
    if (operation === 'Query') {
      const found = real.slice(0, Math.min(Limit, 50)).map(book => marshall(toItem(book)))
      return { Items: found, Count: found.length }
    }
    // One scan at a time, from its beginning to its end.
    if (ExclusiveStartKey === undefined) scan = generateBooks(real, books())
    const found = take(Limit)
    const last = found.length === Limit ? found.at(-1) : undefined
    return {
      Items: found.map(book => marshall(toItem(book))),
      Count: found.length,
      ...(last ? { LastEvaluatedKey: { category: { S: last.category }, book_id: { S: last.book_id } } } : {}),
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    const call = JSON.parse(Buffer.concat(chunks).toString()) as Call
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(answer(operation, call)))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
