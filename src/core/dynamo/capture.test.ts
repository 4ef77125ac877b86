import { expect, test } from 'vitest'
import { ShopError } from '../errors.ts'
import { type Capture, type CapturedWrite, capturedWrite, createCapturingWire, mayWrite } from './capture.ts'
import { createDynamo } from './dynamo.ts'
import { DynamoError, type Wire } from './wire.ts'

const keyAttributes = (table: string) =>
  ({ books: ['category', 'book_id'], users: ['user_id'] })[table as 'books' | 'users']
const book = { category: { S: 'Fiction' }, book_id: { S: 'fic-001' } }
const BOOK = { table: 'books', key: { category: 'Fiction', book_id: 'fic-001' } }
const user = { user_id: { S: 'u-1' } }
const USER = { table: 'users', key: { user_id: 'u-1' } }

test('the keys of every kind of write are captured, and nothing of reads, conditions and other tables', () => {
  const keys = (operation: string, input: object) => capturedWrite(operation, input, keyAttributes)?.keys
  const item = { ...book, title: { S: 'The Great Gatsby' } }
  expect(keys('PutItem', { TableName: 'books', Item: item })).toEqual([BOOK])
  const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/books'
  expect(keys('UpdateItem', { TableName: arn, Key: book })).toEqual([BOOK])
  expect(keys('DeleteItem', { TableName: 'users', Key: user })).toEqual([USER])
  const Put = { TableName: 'books', Item: item }
  const ConditionCheck = { TableName: 'users', Key: user }
  const Delete = { TableName: 'users', Key: user }
  expect(keys('TransactWriteItems', { TransactItems: [{ Put }, { ConditionCheck }] })).toEqual([BOOK])
  expect(keys('TransactWriteItems', { TransactItems: [{ Update: Delete }, { Delete }, { Put }] })).toEqual([
    USER,
    USER,
    BOOK,
  ])
  const requests = { books: [{ PutRequest: { Item: item } }], users: [{ DeleteRequest: { Key: user } }] }
  expect(keys('BatchWriteItem', { RequestItems: requests })).toEqual([BOOK, USER])
  expect(keys('PutItem', { TableName: 'things', Item: item })).toBeUndefined()
  expect(keys('PutItem', { TableName: 'books', Item: { category: { S: 'no book_id' } } })).toBeUndefined()
  expect(keys('GetItem', { TableName: 'books', Key: book })).toBeUndefined()
})

test('a write that names no keys is captured as unknown; a statement that reads is not', () => {
  const unknown = (operation: string, input: object) =>
    capturedWrite(operation, input, keyAttributes)?.unknown
  expect(unknown('ExecuteStatement', { Statement: 'UPDATE books SET x = 1' })).toBe('ExecuteStatement')
  expect(unknown('ExecuteStatement', { Statement: ' select * from books' })).toBeUndefined()
  const Statements = [{ Statement: 'SELECT * FROM users' }, { Statement: 'DELETE FROM users' }]
  expect(unknown('BatchExecuteStatement', { Statements })).toBe('BatchExecuteStatement')
  const TransactStatements = Statements
  expect(unknown('ExecuteTransaction', { TransactStatements })).toBe('ExecuteTransaction')
  expect(unknown('DeleteTable', { TableName: 'books' })).toBe('DeleteTable')
  expect(['PutItem', 'ExecuteStatement', 'Scan', 'GetItem'].map(mayWrite)).toEqual([true, true, false, false])
})

const recorded = (outcome: () => Promise<Record<string, unknown>>, isOn = true) => {
  const steps: unknown[] = []
  const wire: Wire = {
    call: operation => {
      steps.push(operation)
      return outcome()
    },
    close: async () => {},
  }
  const begin = (write: CapturedWrite) => {
    steps.push(write)
    return () => void steps.push('end')
  }
  const capture: Capture = { isOn: () => isOn, begin, keyAttributes }
  const db = createDynamo(createCapturingWire(wire, capture))
  const write = () => db.write({ action: 'Delete', table: 'users', key: { user_id: 'u-1' } })
  return { steps, write, db, wire, capture }
}

test('the mark is made before the call, and the end when it is certain what became of it', async () => {
  const done = recorded(async () => ({}))
  await done.write()
  expect(done.steps).toEqual([{ keys: [USER] }, 'DeleteItem', 'end'])

  const refused = recorded(() => Promise.reject(new DynamoError('ValidationException', 'no', {})))
  await expect(refused.write()).rejects.toThrow('ValidationException')
  expect(refused.steps.at(-1)).toBe('end')

  const lost = recorded(() => Promise.reject(new ShopError('store_unavailable', 'the response was lost')))
  await expect(lost.write()).rejects.toThrow('lost')
  expect(lost.steps).toEqual([{ keys: [USER] }, 'DeleteItem'])

  const afterLoss = Object.assign(new DynamoError('ValidationException', 'no', {}), { afterLoss: true })
  const earlierTryLost = recorded(() => Promise.reject(afterLoss))
  await expect(earlierTryLost.write()).rejects.toThrow('ValidationException')
  expect(earlierTryLost.steps.at(-1)).toBe('DeleteItem')
})

test('without a reader, and for reads, nothing is captured', async () => {
  const off = recorded(async () => ({}), false)
  await off.write()
  expect(off.steps).toEqual(['DeleteItem'])
  const reading = recorded(async () => ({}))
  await reading.db.get('users', { user_id: 'u-1' })
  expect(reading.steps).toEqual(['GetItem'])
})

test('a write that cannot be marked is not sent, and says why', async () => {
  const { steps, wire, capture } = recorded(async () => ({}))
  const full = () => {
    throw new Error('ENOSPC: no space left on device')
  }
  const db = createDynamo(createCapturingWire(wire, { ...capture, begin: full }))
  const refusal = await db
    .write({ action: 'Delete', table: 'users', key: { user_id: 'u-1' } })
    .catch((error: unknown) => error)
  expect(refusal).toMatchObject({
    code: 'store_unavailable',
    cause: { message: expect.stringContaining('ENOSPC') },
  })
  expect(steps).toEqual([])
})
