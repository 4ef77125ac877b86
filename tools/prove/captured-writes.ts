/** Writes of random items whose keys are captured: as the shop captures them, or in a naive way. */
import { setTimeout as sleep } from 'node:timers/promises'
import { engineSigner } from '#src/core/aws/sign.ts'
import { type Capture, createCapturingWire } from '#src/core/dynamo/capture.ts'
import { createDynamo, type Dynamo } from '#src/core/dynamo/dynamo.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import type { Item } from '#src/core/dynamo/write.ts'
import { createJournal } from '#src/local/journal/journal.ts'
import { primaryKey, type TableNames } from '#src/tables/definitions.ts'
import type { Random } from '../bench/random.ts'

/** When a write is marked: before and after it, as the shop does, or only once. */
export type CaptureMode = 'both' | 'before' | 'after'

const CAPTURES: Readonly<Record<CaptureMode, (begin: Capture['begin']) => Capture['begin']>> = {
  both: begin => begin,
  before: begin => write => {
    begin(write)()
    return () => {}
  },
  after: begin => write => () => begin(write)(),
}

/** A write may be on its way for so long, in each direction (ms), as to a database in another building. */
const TRAVEL_MS = 12

/** A database client with captured writes, and with a network that takes its time. */
export const createCapturedDatabase = (
  endpoint: string,
  dataDir: string,
  names: TableNames,
  mode: CaptureMode,
  random: Random,
  travelMs = TRAVEL_MS,
): Dynamo => {
  const journal = createJournal(dataDir, names)
  const wire = createWire(() => endpoint, engineSigner)
  const slow = {
    ...wire,
    call: async (...call: Parameters<typeof wire.call>) => {
      await sleep(random() * travelMs)
      const answer = await wire.call(...call)
      await sleep(random() * travelMs)
      return answer
    },
  }
  const capture = { ...journal, begin: CAPTURES[mode](journal.begin) }
  return createDynamo(createCapturingWire(slow, capture))
}

const NOW = '2026-01-01T10:00:00Z'

/** An item of a table, one of `count`, with random content. */
const randomItem = (
  random: Random,
  count: number,
): readonly ['books' | 'orders' | 'carts' | 'users', Item] => {
  const id = String(Math.floor(random() * count))
  const amount = 1 + Math.floor(random() * 1_000)
  const times = { created_at: NOW, updated_at: NOW }
  const line = { book_id: id, category: 'Fiction', title: 'A book', price: amount, quantity: 1 }
  const kinds = [
    [
      'books',
      {
        category: 'Fiction',
        book_id: id,
        title: 'A book',
        author: 'Somebody',
        price: amount,
        stock_quantity: amount,
        ...times,
      },
    ],
    [
      'orders',
      {
        user_id: `user-${id}`,
        order_id: `order-${id}`,
        order_date: '2026-01-01',
        items: [line],
        total: amount,
        status: 'confirmed',
        ...times,
      },
    ],
    [
      'carts',
      {
        user_id: `user-${id}`,
        cart_id: 'cart-2026-01-01',
        items: [line],
        expires_at: 2_000_000_000,
        ...times,
      },
    ],
    [
      'users',
      { user_id: `user-${id}`, email: `${amount}@example.com`, account_status: 'active', created_at: NOW },
    ],
  ] as const
  return kinds[Math.floor(random() * kinds.length)] ?? kinds[0]
}

/** Puts, and sometimes deletes, one random item of each table's `count`. */
export const writeRandomItem = async (
  db: Dynamo,
  names: TableNames,
  random: Random,
  count: number,
): Promise<void> => {
  const [id, item] = randomItem(random, count)
  const table = names[id]
  await db.write(
    random() < 0.3 ? { action: 'Delete', table, key: primaryKey(id, item) } : { action: 'Put', table, item },
  )
}
