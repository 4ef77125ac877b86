/** Engine alone, a worker: the transaction of a checkout sent with the shop's client, without a shop. */
import { calculateAmounts } from '#src/cart/pricing.ts'
import { versionOf } from '#src/cart/quote.ts'
import type { Book } from '#src/catalog/schema.ts'
import { createBookTable } from '#src/catalog/table.ts'
import type { Write } from '#src/core/dynamo/write.ts'
import { newOrderId } from '#src/core/ids.ts'
import { agreedWrites, newOrder } from '#src/orders/checkout-writes.ts'
import { createOrderTable } from '#src/orders/table.ts'
import { createOrderPayments } from '#src/payments/order-payments.ts'
import { createPaymentTable } from '#src/payments/table.ts'
import { openTables, type PreparedCart, prepareCarts } from './prepared-carts.ts'
import { serveJobs } from './worker.ts'

export type EngineJob =
  | {
      readonly kind: 'prepare'
      readonly endpoint: string
      readonly books: readonly Book[]
      readonly carts: { readonly count: number; readonly lines: number; readonly seed: number }
      readonly atOnce: number
    }
  | { readonly kind: 'run'; readonly seconds: number }

export type EngineResult = { readonly seconds: number; readonly latencies: Float64Array }

const createTransaction = (tables: ReturnType<typeof openTables>) => {
  const { db, settings, carts } = tables
  const orders = createOrderTable(tables)
  const books = createBookTable(tables)
  const payments = createOrderPayments({
    ...tables,
    orders,
    paymentTable: createPaymentTable(tables),
    hosted: new Map(),
    shop: settings.shop,
    now: () => new Date(),
    report: () => {},
    daysToPay: settings.payment.daysToPay,
    bankDetails: settings.payment.bankDetails,
  })

  const invoicing = { announce: () => [], issue: async () => {} }

  /** The writes that `placeOrder` makes. */
  const createWrites = ({ cart, total }: PreparedCart): Write[] => {
    const now = new Date()
    const body = {
      cart_version: versionOf(cart),
      expected_total: total,
      email: 'guest@example.com',
      shipping_address: {
        name: 'John Doe',
        street: '123 Main St',
        city: 'Anytown',
        state: 'ST',
        postal_code: '12345',
      },
    }
    const amounts = calculateAmounts(cart.items, settings.rules)
    const pricing = { amounts, currency: settings.currency }
    const terms = { method: 'invoice', delivery: 'ship', address: body.shipping_address } as const
    const order = newOrder(cart.user_id, cart.items, pricing, terms, body, now, newOrderId(now))
    const parts = { cart, order, delivery: terms.delivery, lines: cart.items, body, now }
    const key = crypto.randomUUID()
    const all = { ...parts, key, held: [], replaced: undefined }
    const writes = agreedWrites({ orders, carts, books, payments, invoicing }, all, terms.method)
    return Object.values(writes).flat()
  }
  return (cart: PreparedCart) => db.transact(createWrites(cart))
}

let transact: ((cart: PreparedCart) => Promise<void>) | undefined
let left: PreparedCart[] = []
let atOnce = 1

const run = async (seconds: number): Promise<EngineResult> => {
  const latencies: number[] = []
  const start = performance.now()
  const buy = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      const cart = left.pop()
      if (!cart || !transact) throw new Error('there are too few carts for so long a run')
      const sentAt = performance.now()
      await transact(cart)
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, buy))
  return { seconds: (performance.now() - start) / 1000, latencies: Float64Array.from(latencies) }
}

serveJobs<EngineJob, EngineResult>(async job => {
  if (job.kind === 'run') return run(job.seconds)
  const tables = openTables(job.endpoint)
  left = await prepareCarts(tables, job.books, job.carts)
  transact = createTransaction(tables)
  atOnce = job.atOnce
  return { seconds: 0, latencies: new Float64Array() }
})
