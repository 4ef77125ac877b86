/** Whole items read and written while a database throttles and leaves parts for later, as Amazon DynamoDB does. */
import { expect, onTestFinished, test } from 'vitest'
import { createTestShop, getTestEngine, type Json } from '../../../test/kit.ts'
import { engineSigner } from '../aws/sign.ts'
import { ShopError } from '../errors.ts'
import { createDynamo, type Dynamo } from './dynamo.ts'
import { getRaw, getRawAtOnce, putRaw, type RawItem, scanRaw } from './raw-items.ts'
import { createWire } from './wire.ts'

/** A client of the engine that is busy at every third call, and processes one of two of a batch. */
const createBusy = async () => {
  const { endpoint } = await getTestEngine()
  const plain = createDynamo(createWire(() => endpoint, engineSigner))
  onTestFinished(plain.close)
  let calls = 0
  const half = <T>(all: readonly T[]): [T[], T[]] => [
    all.filter((_, i) => i % 2 === 0),
    all.filter((_, i) => i % 2 === 1),
  ]
  const admin: Dynamo['admin'] = async (operation, input, repeatable) => {
    calls++
    if (operation === 'BatchWriteItem' && calls % 3 === 0) throw new ShopError('store_busy', 'throttled')
    const { RequestItems } = input as { RequestItems?: Record<string, Json> }
    if (!RequestItems) return plain.admin(operation, input, repeatable)
    const [[table, requests] = ['', []]] = Object.entries(RequestItems)
    const isRead = operation === 'BatchGetItem'
    const [now, later] = half<Json>(isRead ? requests.Keys : requests)
    const of = (ones: Json[]) => ({ [table]: isRead ? { ...requests, Keys: ones } : ones })
    const answer = await plain.admin(operation, { RequestItems: of(now) }, repeatable)
    if (later.length === 0) return answer
    return { ...answer, [isRead ? 'UnprocessedKeys' : 'UnprocessedItems']: of(later) }
  }
  return { plain, busy: { admin } }
}

test('all items are put in batches and read by their keys, whatever is left for later', async () => {
  const { names } = await createTestShop({ withStaff: false })
  const { plain, busy } = await createBusy()
  const table = names.control
  const rows: RawItem[] = Array.from({ length: 60 }, (_, i) => ({ pk: { S: `r${i}` }, sk: { S: 'x' } }))
  let done = 0
  const count = (items: number): void => {
    done += items
  }
  await putRaw(busy, table, rows, count, 'batches')
  expect(done).toBe(60)
  let found = 0
  for await (const page of scanRaw(plain, table)) found += page.length
  expect(found).toBe(60)
  const keys = Array.from({ length: 130 }, (_, i) => ({ table, key: { pk: `r${i}`, sk: 'x' } }))
  const read = await getRaw(busy, keys)
  expect(read).toHaveLength(130)
  for (const { key, item } of read)
    expect(item?.pk?.S).toBe(Number(key.pk?.slice(1)) < 60 ? key.pk : undefined)
  const atOnce = await getRawAtOnce(busy, keys.slice(50, 70))
  expect(atOnce.map(({ item }) => item !== undefined)).toEqual(keys.slice(50, 70).map((_, i) => i < 10))
  await expect(getRawAtOnce(busy, keys)).rejects.toMatchObject({ code: 'store_busy' })
})
