/** Checkouts at a steady rate, and what the shop of a copy made meanwhile contradicts itself in. */
import { setTimeout as sleep } from 'node:timers/promises'
import { checkAccounts } from '#src/accounts/check.ts'
import { checkCatalog } from '#src/catalog/check.ts'
import { accountFindings, catalogFindings, orderFindings } from '#src/cli/doctor-checks.ts'
import { checkOrders } from '#src/orders/check.ts'
import { countSold, createBuyers, placeOrder } from './buyers.ts'
import type { TestShop } from './kit.ts'
import { readItems, readStock } from './table-contents.ts'

/** 20 a second. */
export const BETWEEN_MS = 50

/** Checkouts at 20 a second until `stop`, which resolves to how many succeeded. */
export const startCheckouts = async (shop: TestShop, count: number) => {
  const buyers = await createBuyers(shop, count, 'tech-001')
  let isStopped = false
  const run = async (): Promise<number> => {
    const orders: Promise<{ status: number }>[] = []
    for (const buyer of buyers) {
      if (isStopped) break
      orders.push(placeOrder(buyer))
      await sleep(BETWEEN_MS)
    }
    return (await Promise.all(orders)).filter(({ status }) => status === 201).length
  }
  const running = run()
  return {
    stop: async () => {
      isStopped = true
      return running
    },
  }
}

/** What a shop that was restored contradicts itself in, which had `initial` copies of tech-001. */
export const contradictions = async (shop: TestShop, initial: number): Promise<string[]> => {
  const { deps } = shop
  const findings = [
    ...catalogFindings(await checkCatalog(deps)),
    ...accountFindings(await checkAccounts(deps)),
    ...orderFindings(await checkOrders(deps)),
  ]
  const wrong = findings.filter(({ state }) => state !== 'ok').map(({ what, found }) => `${what}: ${found}`)
  const [stock = 0, sold] = [await readStock(shop, 'tech-001'), await countSold(shop, 'tech-001')]
  if (stock + sold !== initial) wrong.push(`${stock} in stock and ${sold} sold of ${initial}`)
  const [orders, carts, control] = [
    await readItems(shop, 'orders'),
    await readItems(shop, 'carts'),
    await readItems(shop, 'control'),
  ]
  const inCarts = new Set(carts.map(({ user_id }) => user_id))
  const numbered = new Set(
    control.filter(({ pk }) => pk.startsWith('order-number#')).map(({ order_id }) => order_id),
  )
  const inBoth = orders.filter(({ user_id }) => inCarts.has(user_id)).length
  const pointers = [...numbered].filter(id => !orders.some(({ order_id }) => order_id === id)).length
  const without = orders.filter(({ order_id }) => !numbered.has(order_id)).length
  if (inBoth > 0) wrong.push(`${inBoth} orders whose cart is still there`)
  if (pointers + without > 0)
    wrong.push(`${pointers} numbers without an order, ${without} orders without one`)
  return wrong
}
