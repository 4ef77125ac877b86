/** How often requests of the catalogue call the store: no request reads a row again that it has already read. */
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { isFenceReading, startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop, type Json, type TestShop } from '../../test/kit.ts'

/** A shop whose calls of the store are recorded as the operation and its tables. */
const observedShop = async (options: { readonly indexLoaded?: boolean } = {}) => {
  const engine = await startFaultyEngine()
  const books = [aBook({ isbn: '9780132350884' })]
  const shop = await createTestShop({ books, endpoint: engine.endpoint, ...options })
  const tables = new Map(Object.entries(shop.names).map(([id, name]) => [name, id]))
  const calls: string[] = []
  engine.plan((operation, input) => {
    if (isFenceReading(input)) return undefined
    const { TableName, RequestItems = {}, TransactItems = [] } = input
    const written = TransactItems.flatMap((one: Json) => Object.values(one)).map((one: Json) => one.TableName)
    const named = new Set([TableName, ...Object.keys(RequestItems), ...written].filter(Boolean))
    calls.push([operation, ...[...named].map(name => tables.get(name))].join(' '))
    return undefined
  })
  const callsOf = async (request: Promise<{ readonly status: number }>): Promise<readonly string[]> => {
    calls.length = 0
    expect((await request).status).toBe(200)
    return calls.slice()
  }
  return { shop, callsOf }
}

const patch = (shop: TestShop, body: object) => shop.staff.call('PATCH', '/api/books/tech-001', body)

const SESSION_AND_ROLE = ['GetItem control', 'GetItem control']
/** The book as it was, the transaction, and the book as it is then: for the index and the response together. */
const EDIT = ['GetItem books', 'TransactWriteItems books control', 'BatchGetItem books']

test('a change of stock reads the book twice: before and after', async () => {
  const { shop, callsOf } = await observedShop()
  expect(await callsOf(patch(shop, { stock_delta: 1 }))).toEqual([...SESSION_AND_ROLE, ...EDIT])
  expect(await callsOf(patch(shop, { title: 'Clean Code, 2nd' }))).toEqual([...SESSION_AND_ROLE, ...EDIT])
})

test('a move to another category reads the book twice as well', async () => {
  const { shop, callsOf } = await observedShop()
  expect(await callsOf(patch(shop, { category: 'Craft', stock_delta: 1 }))).toEqual([
    ...SESSION_AND_ROLE,
    ...EDIT,
  ])
})

test('a cover image does not read the book before it is stored', async () => {
  const { shop, callsOf } = await observedShop()
  const image = sharp({ create: { width: 60, height: 90, channels: 3, background: '#258' } })
  const bytes = new Uint8Array(await image.png().toBuffer())
  expect(await callsOf(shop.staff.call('PUT', '/api/books/tech-001/cover', bytes))).toEqual([
    ...SESSION_AND_ROLE,
    ...EDIT,
  ])
})

test('a book page reads the book once, and locates it without a call while the index is loaded', async () => {
  const { shop, callsOf } = await observedShop()
  expect(await callsOf(shop.visitor().get('/api/books/tech-001'))).toEqual(['GetItem books'])
})

test('a book page by ISBN, or while the index is loading, locates the book once', async () => {
  const loaded = await observedShop()
  expect(await loaded.callsOf(loaded.shop.visitor().get('/api/books/9780132350884'))).toEqual([
    'BatchGetItem control',
    'GetItem books',
  ])
  const loading = await observedShop({ indexLoaded: false })
  expect(await loading.callsOf(loading.shop.visitor().get('/api/books/tech-001'))).toEqual([
    'BatchGetItem control',
    'GetItem books',
  ])
})
