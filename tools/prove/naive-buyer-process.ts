/** Program that sells by three separate writes until it is killed: what a shop without transactions leaves behind. */

import { engineSigner } from '#src/core/aws/sign.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import type { TableNames } from '#src/tables/definitions.ts'

const [endpoint = '', names = '{}'] = process.argv.slice(2)
const { orders, books, control } = JSON.parse(names) as TableNames
const db = createDynamo(createWire(() => endpoint, engineSigner))

const sell = async (): Promise<void> => {
  const order_id = crypto.randomUUID()
  await db.write({
    action: 'Put',
    table: orders,
    item: { user_id: 'naive', order_id, order_date: '2026-01-01' },
  })
  await db.write({
    action: 'Update',
    table: books,
    key: { category: 'Technology', book_id: 'tech-001' },
    set: 'SET stock_quantity = stock_quantity - :one',
    values: { ':one': 1 },
  })
  await db.write({ action: 'Put', table: control, item: { pk: 'naive-outbox', sk: order_id } })
}

await sell()
process.send?.('ready')
for (;;) await sell()
