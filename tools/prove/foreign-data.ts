/** Guarantee 29: items written by other programs or releases stay readable, and unknown attributes survive updates. */
import type { TableId } from '#src/tables/definitions.ts'
import { createBuyers, placeOrder } from '../../test/buyers.ts'
import { aBook, checkOut, createTestShop, type Json, type TestShop } from '../../test/kit.ts'
import { callEngine, readItems } from '../../test/table-contents.ts'
import type { Guarantee } from './guarantee.ts'
import { runTests } from './suite-guarantees.ts'

const MARK = 'unknown attribute'

/** Adds an unknown attribute to every item of a table; returns the number of items. */
const markItems = async (shop: TestShop, table: TableId): Promise<number> => {
  const TableName = shop.names[table]
  const { Items } = await callEngine('Scan', { TableName, ConsistentRead: true })
  for (const item of Items)
    await callEngine('PutItem', { TableName, Item: { ...item, unknown_to_us: { S: MARK } } })
  return Items.length
}

const findLostMarks = async (
  shop: TestShop,
  table: TableId,
  isMine: (row: Json) => boolean,
): Promise<string[]> =>
  (await readItems(shop, table))
    .filter(row => isMine(row) && row.unknown_to_us !== MARK)
    .map(row => `${table} ${row.book_id ?? row.order_id ?? row.user_id}`)

const foreignData: Guarantee = {
  number: 29,
  title: 'Old and foreign data keeps working',
  criterion:
    'every golden item is readable; unknown attributes survive each update of books, orders and users',
  prove: async run => {
    const shop = await createTestShop({ books: [aBook({ stock_quantity: 100 })] })
    const [buyer] = await createBuyers(shop, 1, 'tech-001')
    const account = await shop.account()
    const other = shop.visitor()
    await other.post('/api/cart/items', { book_id: 'tech-001' })
    const { order_id } = (await checkOut(other)).body
    const marked =
      (await markItems(shop, 'books')) + (await markItems(shop, 'orders')) + (await markItems(shop, 'users'))
    const edit = (body: object) => shop.staff.call('PATCH', '/api/books/tech-001', body)
    const statuses = [
      (await edit({ title: 'Another title' })).status,
      (await edit({ price: 12.5 })).status,
      (await edit({ stock_delta: 3 })).status,
      buyer ? (await placeOrder(buyer)).status : 0,
      (await shop.staff.post(`/api/orders/${order_id}/status`, { status: 'processing' })).status,
      (await other.post(`/api/orders/${order_id}/cancel`)).status,
      (await account.call('PATCH', '/api/users/me', { first_name: 'Jane' })).status,
    ]
    const lost = [
      ...(await findLostMarks(shop, 'books', () => true)),
      ...(await findLostMarks(shop, 'orders', row => row.order_id === order_id)),
      ...(await findLostMarks(shop, 'users', () => true)),
    ]
    // Naive: writes the item back as parsed.
    const book = await shop.deps.books.get({ category: 'Technology', book_id: 'tech-001' })
    await shop.deps.db.write({ action: 'Put', table: shop.names.books, item: { ...book } })
    const naive = await findLostMarks(shop, 'books', () => true)
    const suite = await runTests(run, [
      'src/catalog/foreign-rows.test.ts',
      'src/cart/foreign-carts.test.ts',
      'src/orders/foreign-orders.test.ts',
    ])
    const done = statuses.filter(status => status >= 200 && status < 300).length
    return {
      method: `${marked} items with an unknown attribute, ${statuses.length} updates; golden and foreign items of books, carts and orders (src/**/foreign-*.test.ts)`,
      result: `${lost.length} attributes lost${lost[0] ? ` (${lost.join(', ')})` : ''}, ${done} of ${statuses.length} updates succeeded (${statuses.join()}); ${suite.result}`,
      holds: lost.length === 0 && suite.holds,
      control: {
        result: `${naive.length} of 1 lost if an item is written back as parsed`,
        failed: naive.length === 1,
      },
    }
  },
}

export const foreignDataGuarantees = [foreignData]
