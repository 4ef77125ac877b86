/** Guarantees 9 and 10: no cart update is lost, and sign-in merges carts exactly once. */
import fc from 'fast-check'
import { times } from '../../test/buyers.ts'
import { randomFaults, startFaultyEngine } from '../../test/faulty-engine.ts'
import { type Answer, aBook, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { countWhere, type Guarantee, randomInteger, runConcurrently } from './guarantee.ts'
import { classifyResponse, type Outcome } from './history.ts'
import { isLinearizable, type Timed } from './linearizability.ts'
import { naiveAdd } from './naive.ts'

const MAX_QUANTITY = 20
const BOOKS = [0, 1, 2].map(i => aBook({ book_id: `b-${i}`, stock_quantity: 1_000 }))

type Step = {
  readonly device: number
  readonly book: number
  readonly kind: 'add' | 'set' | 'remove'
  readonly quantity: number
}
type Done = Timed & Step & { readonly seen: number | undefined }

const sequence = fc.integer({ min: 2, max: 5 }).chain(devices =>
  fc.array(
    fc.record<Step>({
      device: fc.nat({ max: devices - 1 }),
      book: fc.nat({ max: 2 }),
      kind: fc.constantFrom('add', 'add', 'set', 'remove'),
      quantity: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 3, maxLength: 12 },
  ),
)

const send = (who: Shopper, cookie: object, { kind, book, quantity }: Step): Promise<Answer> => {
  const path = `/api/cart/items/b-${book}`
  if (kind === 'add') return who.post('/api/cart/items', { book_id: `b-${book}`, quantity }, { ...cookie })
  return kind === 'set'
    ? who.call('PUT', path, { quantity }, { ...cookie })
    : who.call('DELETE', path, undefined, { ...cookie })
}

const quantityIn = (cart: Json, book: number): number =>
  cart.items.find((line: Json) => line.book_id === `b-${book}`)?.quantity ?? 0

/** Model of one book in a cart: the quantity after this step. A response must show that quantity. */
const after = (copies: number, { kind, quantity, outcome, seen }: Done): number | undefined => {
  if (outcome === 'fail') {
    const refused = kind === 'add' ? copies + quantity > MAX_QUANTITY : copies === 0
    return refused ? copies : undefined
  }
  if (kind !== 'add' && copies === 0) return undefined
  const next = kind === 'add' ? copies + quantity : kind === 'set' ? quantity : 0
  return next > MAX_QUANTITY || (seen !== undefined && seen !== next) ? undefined : next
}

const runSteps = async (shop: TestShop, steps: readonly Step[], cookie: object): Promise<Done[]> => {
  const done: Done[] = []
  const visitor = shop.visitor()
  await Promise.all(
    [...Map.groupBy(steps, ({ device }) => device).values()].map(async mine => {
      for (const step of mine) {
        const invoke = performance.now()
        const answer = await send(visitor, cookie, step)
        const outcome: Outcome = classifyResponse(answer)
        const seen = outcome === 'ok' ? quantityIn(answer.body, step.book) : undefined
        done.push({ ...step, invoke, end: performance.now(), outcome, seen })
      }
    }),
  )
  return done
}

/** Guest cookie of a browser that has no cart yet. */
export const createGuestCookie = (n: number) => ({
  cookie: `cloudshelf_guest=${String(n).padStart(43, 'A')}`,
  'sec-fetch-site': 'same-origin',
})

const noLineLost: Guarantee = {
  number: 9,
  title: 'No cart update is lost (optimistic locking)',
  criterion:
    'every response and every final cart is consistent with some order of the updates (linearizable)',
  prove: async run => {
    const count = run.quick ? 40 : 1_000
    const engine = await startFaultyEngine()
    const shop = await createTestShop({ books: BOOKS, endpoint: engine.endpoint })
    engine.plan(randomFaults(run.random, { conflict: 2, lose: 2, refuse: 1 }))
    const all = fc.sample(sequence, { numRuns: count, seed: run.seed })
    const wrong: string[] = []
    await runConcurrently(count, 4, async i => {
      const steps = all[i] ?? []
      const done = await runSteps(shop, steps, createGuestCookie(i))
      let answer = await shop.visitor().get('/api/cart', createGuestCookie(i))
      for (let tries = 0; answer.status !== 200 && tries < 5; tries++)
        answer = await shop.visitor().get('/api/cart', createGuestCookie(i))
      for (const book of [0, 1, 2]) {
        const mine = done.filter(one => one.book === book)
        const last = quantityIn(answer.body, book)
        if (!isLinearizable(mine, { apply: after }, 0, last))
          wrong.push(
            `${JSON.stringify(mine.map(({ kind, quantity, outcome }) => [kind, quantity, outcome]))} made ${last}`,
          )
      }
    })
    engine.plan(() => undefined)
    await Promise.all(times(20, i => naiveAdd(shop, 'naive', `line ${i}`)))
    const kept =
      (await readItems(shop, 'carts')).find(({ user_id }) => user_id === 'naive')?.lines.length ?? 0
    return {
      method: `${count} random sequences of adding, setting and removing by 2 to 5 concurrent devices, with ${engine.faults()} faults`,
      result: `${wrong.length} carts not linearizable${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: wrong.length === 0,
      control: { result: `${20 - kept} of 20 lines lost`, failed: kept < 20 },
      figures: { sequences: count, faults: engine.faults(), wrong: wrong.length },
    }
  },
}

const joinedOnce: Guarantee = {
  number: 10,
  title: 'Sign-in merges carts exactly once',
  criterion: 'every merged quantity is the sum, limited to 20; no request fails',
  prove: async run => {
    const count = run.quick ? 12 : 200
    const engine = await startFaultyEngine()
    const shop = await createTestShop({ books: BOOKS, endpoint: engine.endpoint })
    const add = (who: Shopper, quantity: number) => who.post('/api/cart/items', { book_id: 'b-0', quantity })
    let failed = 0
    const right = await runConcurrently(count, 2, async () => {
      const [a, b] = [randomInteger(run.random, 1, 15), randomInteger(run.random, 1, 15)]
      const [guest, account] = [shop.visitor(), await shop.account()]
      await add(guest, a)
      await add(account, b)
      const headers = { cookie: `${guest.cookie()}; ${account.cookie()}`, 'sec-fetch-site': 'same-origin' }
      const ask = () => shop.visitor().get('/api/cart', headers)
      engine.plan(randomFaults(run.random, { conflict: 5, lose: 3, refuse: 2 }))
      const answers = await Promise.all(times(10, ask))
      failed += countWhere(answers, ({ status }) => status !== 200)
      engine.plan(() => undefined)
      return (await ask()).body.item_count === Math.min(a + b, MAX_QUANTITY)
    })
    // A merge that met a fault is reported and repeated by the next request; it must not fail a request.
    shop.reportedErrors.length = 0
    const naive = await createTestShop({ books: BOOKS })
    const [guest, account] = [naive.visitor(), await naive.account()]
    await add(guest, 1)
    await Promise.all(
      times(10, async () => {
        const [line] = (await guest.get('/api/cart')).body.items
        if (!line) return
        await add(account, line.quantity)
        await guest.call('DELETE', '/api/cart')
      }),
    )
    const many = (await account.get('/api/cart')).body.item_count
    return {
      method: `${count} guests and accounts with carts, 10 concurrent requests after sign-in, with ${engine.faults()} faults`,
      result: `${countWhere(right, yes => yes)} of ${count} merged once, ${failed} of ${10 * count} requests failed`,
      holds: right.every(yes => yes) && failed === 0,
      control: { result: `merged ${many} times`, failed: many > 1 },
    }
  },
}

export const cartGuarantees = [noLineLost, joinedOnce]
