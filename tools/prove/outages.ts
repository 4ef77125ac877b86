/** Guarantee 36: while writes fail, health and log say why, and nothing that was acknowledged is lost. */
import { createDatabase } from '#src/composition/clients.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop, newCustomer, orderFor } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { countWhere, type Guarantee } from './guarantee.ts'

/** What the engine says, and the cause that the operator is told. */
const CAUSES = [
  ['commit failed (backend: database or disk is full)', 'disk_full'],
  ['commit failed (backend: disk I/O error)', 'disk_error'],
  ['backend: attempt to write a readonly database', 'read_only'],
  ['backend: database disk image is malformed', 'damaged'],
] as const

const outages: Guarantee = {
  number: 36,
  title: 'The operator is told why writes fail',
  criterion:
    'while writes fail, each is answered 503 without the cause, reads go on, the health endpoint names the cause, and the log has one line for the outage; after it, the health is good and every acknowledged order is there',
  prove: async ({ quick }) => {
    const rounds = quick ? 1 : 25
    const engine = await startFaultyEngine()
    const shop = await createTestShop({
      books: [aBook({ stock_quantity: 100_000 })],
      endpoint: engine.endpoint,
    })
    const health = async () => (await shop.visitor().get('/api/health')).body
    const acknowledged: string[] = []
    const fillCart = async () => {
      const shopper = shop.visitor()
      await shopper.post('/api/cart/items', { book_id: 'tech-001' })
      const { body: cart } = await shopper.get('/api/cart')
      return { shopper, order: orderFor(cart, { ...newCustomer() }) }
    }
    const buy = async ({ shopper, order }: Awaited<ReturnType<typeof fillCart>>) => {
      const key = { 'idempotency-key': crypto.randomUUID() }
      const { status, body } = await shopper.post('/api/orders', order, key)
      if (status === 201) acknowledged.push(body.order_id)
      return { status, said: JSON.stringify(body) }
    }
    const right: boolean[] = []
    for (let round = 0; round < rounds; round++)
      for (const [words, cause] of CAUSES) {
        const lines: string[] = []
        const log = {
          event: (_: string, text: string) => void lines.push(text),
          failure: (error: unknown) => void lines.push(String(error)),
        }
        const db = createDatabase(shop.deps.settings, () => engine.endpoint, undefined, log)
        const write = () =>
          db.write({ action: 'Put', table: shop.names.control, item: { pk: 'prove', sk: 'outage' } }).then(
            () => true,
            () => false,
          )
        const carts = [await fillCart(), await fillCart()]
        await buy(await fillCart())
        const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: words }
        engine.plan(operation =>
          /^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(operation) ? { status: 500, body } : undefined,
        )
        const refused = []
        for (const cart of carts) refused.push(await buy(cart))
        await write()
        await write()
        const told = await health()
        const read = await shop.visitor().get('/api/books/tech-001')
        engine.plan(() => undefined)
        const isBack = (await write()) && (await buy(await fillCart())).status === 201
        await db.close()
        right.push(
          refused.every(({ status, said }) => status === 503 && !said.includes('disk')),
          told.status === 'degraded' && told.outages[0]?.cause === cause,
          read.status === 200,
          lines.length === 2 && (lines[0] ?? '').includes(words),
          isBack && (await health()).status === 'ok',
        )
      }
    shop.reportedErrors.length = 0
    const stored = new Set((await readItems(shop, 'orders')).map(({ order_id }) => order_id))
    const lost = countWhere(acknowledged, id => !stored.has(id))
    const wrong = countWhere(right, yes => !yes)
    return {
      method: `${rounds * CAUSES.length} outages of writes: a full disk, an I/O error, a file that may not be written, a damaged file`,
      result: `${wrong} of ${right.length} answers, health reports and logs wrong; ${lost} of ${acknowledged.length} acknowledged orders lost`,
      holds: wrong === 0 && lost === 0 && acknowledged.length >= 2 * rounds * CAUSES.length,
    }
  },
}

export const outageGuarantees = [outages]
