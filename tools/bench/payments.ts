/**
 * Benchmark `npm run bench:payments`: a checkout that is paid by card beside an invoiced one. Both are requests to a shop in this process, over
 * the embedded engine; the card goes through the production code for Stripe to the stand-in, or to a provider in memory, which shows
 * what the shop itself does.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { HostedProvider } from '#src/payments/provider.ts'
import { runCleanup } from '../../test/cleanup.ts'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { startFaultyEngine } from '../../test/faulty-engine.ts'
import {
  aBook,
  createTestShop,
  getTestEngine,
  newCustomer,
  orderFor,
  type Shopper,
  type TestShop,
} from '../../test/kit.ts'
import { startTestStripe } from '../../test/stripe.ts'
import { describeMachine, detectMachine } from './machine.ts'
import { cpuSeconds, median } from './measure.ts'

const { values: options } = parseArgs({
  options: {
    /** Checkouts of each kind in a round. */
    checkouts: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
/** After an answer, calls may still be made for the index. */
const SETTLED_MS = 1_500
const BUYERS = 8
const BOOKS = ['tech-001', 'tech-002', 'tech-003']

type Kind = {
  readonly name: string
  readonly method: 'invoice' | 'stripe'
  readonly provider: HostedProvider
  readonly pay: (ref: string) => unknown
}
type Ready = { readonly who: Shopper; readonly order: Record<string, unknown> }

const openShop = (providers: readonly HostedProvider[], endpoint?: string): Promise<TestShop> =>
  createTestShop({
    books: BOOKS.map(book_id => aBook({ book_id, stock_quantity: 1_000_000 })),
    providers,
    withStaff: false,
    ...(endpoint === undefined ? {} : { endpoint }),
  })

/** A shopper with a cart of three titles. */
const fillCart = async (shop: TestShop, payment_method: string): Promise<Ready> => {
  const who = shop.visitor()
  for (const book_id of BOOKS) await who.post('/api/cart/items', { book_id, quantity: 1 })
  const { body } = await who.get('/api/cart')
  return { who, order: orderFor(body, { ...newCustomer(), payment_method }) }
}

/** From the button of the checkout to the order. `between` is called while the shopper is on the payment page. */
const checkOut = async (
  { who, order }: Ready,
  { pay }: Kind,
  between: () => unknown = () => {},
): Promise<void> => {
  const { status, body } = await who.post('/api/orders', order, { 'idempotency-key': crypto.randomUUID() })
  if (status === 201) return
  if (status !== 202) throw new Error(`a checkout was answered ${status} ${JSON.stringify(body)}`)
  await between()
  pay(String(body.payment_url).split('/').at(-1) ?? '')
  const { body: checkout } = await who.get(`/api/checkouts/${body.checkout_id}`)
  if (checkout.state !== 'confirmed') throw new Error(`a paid checkout is ${checkout.state}`)
}

type Calls = { readonly before: number; readonly after: number }

/** Calls of the database for one checkout: until the payment page or the order, and for the return to the shop. */
const countCalls = async (kind: Kind): Promise<Calls> => {
  const engine = await startFaultyEngine()
  const shop = await openShop([kind.provider], engine.endpoint)
  await checkOut(await fillCart(shop, kind.method), kind)
  const sum = () => Object.values(engine.calls).reduce((all, count) => all + count, 0)
  const ready = await fillCart(shop, kind.method)
  const start = sum()
  let opened: number | undefined
  await checkOut(ready, kind, async () => {
    await sleep(SETTLED_MS)
    opened = sum()
  })
  await sleep(SETTLED_MS)
  const end = sum()
  return { before: (opened ?? end) - start, after: opened === undefined ? 0 : end - opened }
}

const enginePid = (): number =>
  Number(
    spawnSync('pgrep', ['-P', String(process.pid), '-f', 'dynoxide'], { encoding: 'utf8' }).stdout.split(
      '\n',
    )[0],
  )

type Slice = { readonly perSecond: number; readonly shopMs: number; readonly engineMs: number }

const measureSlice = async (shop: TestShop, kind: Kind, count: number): Promise<Slice> => {
  const ready: Ready[] = []
  for (let i = 0; i < count; i++) ready.push(await fillCart(shop, kind.method))
  const pid = enginePid()
  const [cpu, engine, since] = [process.cpuUsage(), cpuSeconds(pid) ?? 0, performance.now()]
  await Promise.all(
    Array.from({ length: BUYERS }, async () => {
      for (let next = ready.pop(); next; next = ready.pop()) await checkOut(next, kind)
    }),
  )
  const seconds = (performance.now() - since) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: count / seconds,
    shopMs: (user + system) / 1000 / count,
    engineMs: (1000 * ((cpuSeconds(pid) ?? 0) - engine)) / count,
  }
}

const bench = async (): Promise<void> => {
  const [checkouts, rounds] = [Number(options.checkouts), Number(options.rounds)]
  await getTestEngine()
  const fake = createFakeProvider()
  const stripe = await startTestStripe()
  const kinds: readonly Kind[] = [
    { name: 'by invoice', method: 'invoice', provider: fake, pay: () => {} },
    { name: 'by card, provider in memory', method: 'stripe', provider: fake, pay: ref => fake.pay(ref) },
    {
      name: 'by card, Stripe’s package and the stand-in, in the same process',
      method: 'stripe',
      provider: stripe.provider,
      pay: ref => stripe.control.pay(ref),
    },
  ]
  const measured = []
  for (const kind of kinds)
    measured.push({
      kind,
      shop: await openShop([kind.provider]),
      calls: await countCalls(kind),
      slices: [] as Slice[],
    })
  for (const { shop, kind } of measured) await measureSlice(shop, kind, Math.ceil(checkouts / 2))
  for (let round = 0; round < rounds; round++)
    for (const { shop, kind, slices } of measured) slices.push(await measureSlice(shop, kind, checkouts))
  const rows = measured.map(({ kind, calls, slices }) => ({
    name: kind.name,
    calls,
    perSecond: median(slices.map(one => one.perSecond)),
    shopMs: median(slices.map(one => one.shopMs)),
    engineMs: median(slices.map(one => one.engineMs)),
  }))
  if (options.json) return console.log(JSON.stringify(rows))
  console.log(
    `${describeMachine(detectMachine())}; ${rounds} rounds of ${checkouts} checkouts, ${BUYERS} at once\n`,
  )
  console.log(
    '| checkout of three titles | calls of the database | per second | CPU of the shop | CPU of the engine |',
  )
  console.log('| --- | --- | --- | --- | --- |')
  for (const { name, calls, perSecond, shopMs, engineMs } of rows) {
    const split = calls.after > 0 ? ` (${calls.before} to the payment page, ${calls.after} after it)` : ''
    console.log(
      `| ${name} | ${calls.before + calls.after}${split} | ${perSecond.toFixed(0)} | ${shopMs.toFixed(1)} ms | ${engineMs.toFixed(1)} ms |`,
    )
  }
}

try {
  await bench()
} finally {
  await runCleanup()
}
