/** Guarantee 41: what is paid is ordered, and what is ordered by card is paid, whatever becomes of events, answers and processes. */
import { createStripeProvider } from '#src/payments/stripe/provider.ts'
import { sweepPayments } from '#src/payments/sweep.ts'
import { randomFaults, startFaultyEngine } from '../../test/faulty-engine.ts'
import { aBook, createTestShop, newCustomer, orderFor, type TestShop } from '../../test/kit.ts'
import { type Fault, startTestStripe, type TestStripe } from '../../test/stripe.ts'
import { readItems } from '../../test/table-contents.ts'
import { pick, type Random } from '../bench/random.ts'
import { type Guarantee, type Run, runConcurrently } from './guarantee.ts'
import { auditMoney, type MoneyAudit, readPages } from './money-audit.ts'
import { failNaivePayments } from './naive-payments.ts'
import { killPayingShop } from './payment-crashes.ts'

const STOCK = 1_000_000
const BOOKS = ['tech-001', 'tech-002', 'tech-003']
const BUYERS = 12
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const MAX_TRIES = 8

type Clock = { now: number }
type World = {
  readonly clock: Clock
  readonly shops: readonly [TestShop, TestShop]
  readonly stripe: TestStripe
  readonly random: Random
  /** Debits that are on their way. */
  readonly debits: string[]
}

/** How often an event comes, and after how many milliseconds; none: it is lost. */
const deliveriesOf = (random: Random): readonly number[] => {
  const chance = random()
  if (chance < 0.25) return []
  if (chance < 0.5) return [0, random() * 300]
  return [chance < 0.75 ? 0 : random() * 500]
}

const FAULTS: readonly Fault[] = ['refuse', 'drop', 'drop']

/** What a shopper does on the payment page, and afterwards. */
const finish = async (
  { shops, stripe, random, debits }: World,
  who: ReturnType<TestShop['visitor']>,
  checkoutId: string,
  ref: string,
): Promise<void> => {
  const { control } = stripe
  const chance = random()
  const cancel = () => who.post(`/api/checkouts/${checkoutId}/cancel`)
  const pay = () => {
    try {
      control.pay(ref)
    } catch {
      // The page has closed: the shopper is told, and pays nothing.
    }
  }
  if (chance < 0.08) await Promise.all([cancel(), Promise.resolve().then(pay)])
  else if (chance < 0.14) {
    control.debit(ref)
    debits.push(ref)
  } else if (chance < 0.2) await cancel()
  else if (chance < 0.26)
    // Another method, after the first page was left open.
    await who.get('/api/cart').then(({ body }) =>
      who.post('/api/orders', orderFor(body, { ...newCustomer(), payment_method: 'invoice' }), {
        'idempotency-key': crypto.randomUUID(),
      }),
    )
  else if (chance < 0.29) {
    control.setTrouble({ events: 'once', wrongAmount: true })
    pay()
    control.setTrouble({ events: 'once', wrongAmount: false })
  } else if (chance < 0.85) {
    if (random() < 0.2) control.decline(ref, 'card_declined')
    pay()
  }
  if (random() < 0.5) await who.get(`/api/checkouts/${checkoutId}`)
  if (random() < 0.05) await sweepPayments(shops[0].deps)
}

const buy = async (world: World, i: number): Promise<void> => {
  const { shops, stripe, random } = world
  const who = (shops[i % 2] ?? shops[0]).visitor()
  const item = { book_id: pick(random, BOOKS), quantity: 1 + Math.floor(random() * 2) }
  const until = async (send: () => ReturnType<typeof who.get>) => {
    let answer = await send()
    for (let tries = 1; answer.status >= 500 && tries < MAX_TRIES; tries++) answer = await send()
    return answer
  }
  const { body: cart, status } = await until(() => who.post('/api/cart/items', item))
  if (status !== 200) return
  const order = orderFor(cart, { ...newCustomer(), payment_method: 'stripe' })
  const key = crypto.randomUUID()
  if (random() < 0.1) stripe.failNext(/checkout\/sessions/, pick(random, FAULTS))
  const { status: held, body } = await until(() => who.post('/api/orders', order, { 'idempotency-key': key }))
  if (held !== 202) return
  const ref = String(body.payment_url).split('/').at(-1) ?? ''
  await finish(world, who, body.checkout_id, ref).catch(() => {})
}

/** Sweeps at both processes until nothing is due. */
const sweepAll = async ({ shops, clock }: World, later: number): Promise<void> => {
  clock.now += later
  const { deps } = shops[0]
  for (let runs = 0; runs < 1_000 && (await deps.checkouts.listDue(deps.now(), 1)).length > 0; runs++)
    await Promise.all(shops.map(shop => sweepPayments(shop.deps)))
}

const payInTrouble = async (
  run: Run,
  payments: number,
): Promise<MoneyAudit & { readonly faults: number }> => {
  const { random } = run
  const clock: Clock = { now: Date.now() }
  const now = () => new Date(clock.now)
  const engine = await startFaultyEngine()
  const sent = new Set<Promise<unknown>>()
  const shops: TestShop[] = []
  const deliver = async (body: string, headers: Readonly<Record<string, string>>, after: number) => {
    if (after > 0) await new Promise(resolve => setTimeout(resolve, after))
    const shop = pick(random, shops)
    await shop.visitor().post('/api/payments/events/stripe', body, { ...headers })
  }
  const stripe = await startTestStripe({
    now,
    send: async (body, headers) => {
      for (const after of deliveriesOf(random)) {
        const work: Promise<unknown> = deliver(body, headers, after)
          .catch(() => {})
          .finally(() => sent.delete(work))
        sent.add(work)
      }
      return 200
    },
  })
  const provider = createStripeProvider({ ...stripe.providerOptions, now, attemptMs: 3_000 })
  const books = BOOKS.map(book_id => aBook({ book_id, stock_quantity: STOCK }))
  const common = { now, endpoint: engine.endpoint, providers: [provider], withStaff: false }
  const first = await createTestShop({ ...common, books })
  const second = await createTestShop({ ...common, sharingTablesOf: first })
  shops.push(first, second)
  const world: World = { clock, shops: [first, second], stripe, random, debits: [] }
  const faults = randomFaults(random, { conflict: 3, lose: 2, reset: 1 })
  engine.plan((name, input) => (name === 'TransactWriteItems' ? faults(name, input) : undefined))
  await runConcurrently(payments, BUYERS, async i => {
    clock.now += 500 * random()
    await buy(world, i)
  })
  while (sent.size > 0) await Promise.all(sent)
  for (const ref of world.debits) stripe.control.settle(ref, random() < 0.6)
  await sweepAll(world, 61 * MINUTE)
  await sweepAll(world, 61 * MINUTE)
  engine.plan(() => undefined)
  await sweepAll(world, DAY)
  while (sent.size > 0) await Promise.all(sent)
  const [orders, control, rows] = [
    await readItems(first, 'orders'),
    await readItems(first, 'control'),
    await readItems(first, 'books'),
  ]
  const startStock = new Map(BOOKS.map(id => [id, STOCK]))
  const audit = auditMoney({ orders, control, books: rows }, await readPages(stripe.provider), startStock)
  const mails = control.filter(({ event }) => event === 'order_confirmed').length
  const lacking = mails === orders.length ? [] : [`${mails} mails for ${orders.length} orders`]
  return { ...audit, wrong: [...audit.wrong, ...lacking], faults: engine.faults() }
}

const paidIsOrdered: Guarantee = {
  number: 41,
  title: 'What is paid is ordered, and what is ordered by card is paid',
  criterion:
    'no payment without its order, a review or a refund; no order without the money agreed; no double capture; stock exact; nothing held after the end of the sessions',
  prove: async run => {
    const payments = run.quick ? 500 : 10_000
    const kills = run.quick ? 2 : 50
    const trouble = await payInTrouble(run, payments)
    run.log(`   ${payments} checkouts in trouble: ${trouble.paid} paid, ${trouble.orders} orders`)
    const killed = await killPayingShop(run, kills)
    const naive = await failNaivePayments(run.quick ? 12 : 60)
    const wrong = [...trouble.wrong, ...killed.wrong]
    return {
      method: `${payments} checkouts by card at two processes, with events doubled, shuffled, late and lost, a provider that fails and loses answers, shoppers who pay while their page is closed, debits, wrong amounts (${trouble.faults} faults of the database); then ${kills} kills of the shop and ${kills} of the engine with active buyers`,
      result: `${trouble.paid + killed.paid} paid, ${trouble.orders + killed.orders} orders, ${trouble.reviews + killed.reviews} under review, ${wrong.length} faults${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: wrong.length === 0 && trouble.paid > payments / 3 && killed.paid >= kills,
      control: {
        result: `of ${naive.buyers} buyers each: ${naive.byTheClock} paid without an order where holds end by the clock; ${naive.believed} orders without money where the content of events is believed; ${naive.before} where the order comes before the payment`,
        failed: Math.min(naive.byTheClock, naive.believed, naive.before) > 0,
      },
      figures: { payments, paid: trouble.paid + killed.paid, kills: 2 * kills, wrong: wrong.length },
    }
  },
}

export const paymentGuarantees = [paidIsOrdered]
