/** Guarantee 34: the email typed into an order of an account gives its owner no access to the order. */
import { erasePerson } from '#src/privacy/erase.ts'
import { aBook, createTestShop, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { countWhere, type Guarantee } from './guarantee.ts'

const buy = async (shopper: Shopper, email: string): Promise<Json> => {
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const order = orderFor((await shopper.get('/api/cart')).body, { email })
  return (await shopper.post('/api/orders', order, { 'idempotency-key': crypto.randomUUID() })).body
}

const ownership: Guarantee = {
  number: 34,
  title: 'An order of an account belongs to that account alone',
  criterion:
    'whoever owns the email that was typed into it neither lists, reads, cancels nor exports it, and erasing that account leaves it unchanged, also behind pointers as earlier releases wrote them; a guest order with that email is listed',
  prove: async ({ quick }) => {
    const count = quick ? 3 : 40
    const shop = await createTestShop({ books: [aBook({ stock_quantity: 1_000 })] })
    const buyer = await shop.account()
    const ways: boolean[] = []
    let [listed, naive] = [0, 0]
    for (let i = 0; i < count; i++) {
      const email = `named-${i}@example.com`
      const { order_id } = await buy(buyer, email)
      const stored = await shop.deps.orders.get(buyer.userId, order_id)
      if (!stored) throw new Error(`order ${order_id} must be there`)
      await shop.deps.db.transact([shop.deps.orders.putEmailPointer(stored, email)])
      const guest = await buy(shop.visitor(), email)
      const named = await shop.account({ email })
      const items = (await named.get('/api/orders')).body.items as Json[]
      const exported = (await named.post('/api/users/me/export', {})).body.orders as Json[]
      if (items.some(one => one.order_id === guest.order_id)) listed++
      ways.push(
        items.some(one => one.order_id === order_id),
        (await named.get(`/api/orders/${order_id}`)).status !== 404,
        (await named.post(`/api/orders/${order_id}/cancel`)).status !== 404,
        exported.some(one => one.order_id === order_id),
      )
      await erasePerson(shop.deps, named.userId)
      const left = await shop.deps.orders.get(buyer.userId, order_id)
      ways.push(JSON.stringify(left) !== JSON.stringify(stored))
      naive += countWhere(
        await readItems(shop, 'orders'),
        order => order.email === email && order.user_id === buyer.userId,
      )
    }
    const open = countWhere(ways, Boolean)
    return {
      method: `${count} orders of an account with the email of somebody else, who has an account and tries to list, read, cancel, export and erase them`,
      result: `${open} of ${ways.length} attempts reached the order; ${listed} of ${count} guest orders listed`,
      holds: open === 0 && listed === count,
      control: {
        result: `${naive} of ${count} orders belong to them if the email decides`,
        failed: naive > 0,
      },
    }
  },
}

export const ownershipGuarantees = [ownership]
