/** Requests in a row, each with what the ones before have left: the stories of the corpus, and made-up ones with one bad request. */
import fc from 'fast-check'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import type { Json, Shopper } from '../../test/kit.ts'
import { readItems, sortAttributes } from '../../test/table-contents.ts'
import { corpus, isExpected } from './corpus.ts'
import { requestsAtPlaces } from './injection-points.ts'
import type { Ledger } from './oracle.ts'
import { neededHeaders, type Seen, type Sent, type Target } from './target.ts'

type Step = {
  readonly as: string
  readonly call: string
  readonly body?: Json
  readonly headers?: Record<string, string>
}

const fixedFirst = [...ENDPOINTS].sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))

const endpointAt = (method: string, path: string): Endpoint => {
  const bare = path.split('?')[0] ?? path
  const found = fixedFirst.find(
    one => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  if (!found) throw new Error(`no endpoint ${method} ${path}`)
  return found
}

/** Somebody's way through the shop: what the last answers said is at hand for the next request. */
const openStory = async (target: Target, { ask }: Ledger) => {
  const { shop } = target
  const people: Record<string, Shopper> = { guest: shop.visitor(), other: shop.visitor(), staff: shop.staff }
  const known: Record<string, unknown> = {
    key: crypto.randomUUID().slice(0, 8),
    version: 'none',
    total: 0,
    order: 'none',
  }

  const filled = (text: string): string =>
    text
      .replaceAll(/"\{\{(version|total)\}\}"/g, (_, name) => JSON.stringify(known[name]))
      .replaceAll(/\{\{(\w+)\}\}/g, (_, name) => String(known[name]))

  const learn = (seen: Seen): void => {
    if (typeof seen.body?.version === 'string' && seen.body.items)
      Object.assign(known, { version: seen.body.version, total: seen.body.total })
    if (seen.status === 201 && typeof seen.body?.order_id === 'string') known.order = seen.body.order_id
  }

  const take = async ({ as, call, body, headers }: Step): Promise<readonly [Sent, Seen]> => {
    people[as] ??= await shop.account()
    const by = people[as]
    const [method = '', path = ''] = filled(call).split(' ')
    const endpoint = endpointAt(method, path)
    const sent: Sent = {
      endpoint,
      as: as === 'staff' ? 'staff' : as === 'member' ? 'account' : 'guest',
      by,
      path,
      ...(body === undefined || body === null ? {} : { body: filled(JSON.stringify(body)) }),
      headers: JSON.parse(filled(JSON.stringify(headers ?? {}))),
      why: call,
    }
    const seen = await ask(sent)
    learn(seen)
    return [sent, seen]
  }
  return { take, guest: people.guest as Shopper }
}

/** The stories of the corpus, each with the end that it expects. */
export const tellStories = async (target: Target, ledger: Ledger): Promise<void> => {
  for (const entry of corpus('scenarios')) {
    const story = await openStory(target, ledger)
    const steps = entry.value as Step[]
    for (const [i, step] of steps.entries()) {
      const [sent, seen] = await story.take(step)
      if (i < steps.length - 1 && seen.status >= 400)
        ledger.note(sent, seen, `${entry.id}: ${entry.why}: does not get so far`)
      if (i === steps.length - 1 && !isExpected(entry, seen.status))
        ledger.note(sent, seen, `${entry.id}: ${entry.why}: should be ${JSON.stringify(entry.expect)}`)
    }
  }
}

const ADDRESS = { street: 'a', city: 'b', postal_code: 'c', country: 'US' }
/** Where one may go from anywhere; each leaves something that the next may use. */
const LINKS: readonly Step[] = [
  { as: 'guest', call: 'GET /api/books?limit=2' },
  { as: 'guest', call: 'GET /api/books/search?q=clean' },
  { as: 'guest', call: 'GET /api/books/tech-001' },
  { as: 'guest', call: 'GET /api/cart' },
  { as: 'guest', call: 'POST /api/cart/items', body: { book_id: 'tech-001' } },
  { as: 'guest', call: 'POST /api/cart/items', body: { book_id: 'tech-002', quantity: 2 } },
  { as: 'guest', call: 'PUT /api/cart/items/tech-001', body: { quantity: 3 } },
  { as: 'guest', call: 'DELETE /api/cart/items/tech-002' },
  {
    as: 'guest',
    call: 'POST /api/orders',
    headers: { 'idempotency-key': '{{key}}{{version}}' },
    body: {
      cart_version: '{{version}}',
      expected_total: '{{total}}',
      email: 'customer@example.com',
      shipping_address: ADDRESS,
    },
  },
  { as: 'guest', call: 'GET /api/orders?limit=5' },
  { as: 'guest', call: 'GET /api/orders/{{order}}' },
  { as: 'guest', call: 'POST /api/orders/{{order}}/cancel' },
  { as: 'staff', call: 'POST /api/orders/{{order}}/status', body: { status: 'processing' } },
  { as: 'guest', call: 'GET /api/auth/session' },
]

const holdings = async (who: Shopper): Promise<string> =>
  JSON.stringify([(await who.get('/api/cart')).body, (await who.get('/api/orders')).body], sortAttributes)

/** Copies on the shelf and in orders that count, of all books. */
const copies = async ({ shop }: Target): Promise<number> => {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const stock = (await readItems(shop, 'books')).map(({ stock_quantity }) => stock_quantity)
  const orders = (await readItems(shop, 'orders')).filter(({ status }) => status !== 'cancelled')
  return sum(stock) + sum(orders.flatMap(({ items }) => items.map((line: Json) => line.quantity)))
}

/**
 * `count` stories of 30 requests along the shop's links, a bad one among them: it is refused and changes nothing that is the
 * guest's, or is taken; and no copy of a book is lost or made.
 */
export const wander = async (target: Target, ledger: Ledger, count: number, seed: number): Promise<void> => {
  const bad = requestsAtPlaces(target, 41).filter(({ as }) => as === 'guest')
  const before = await copies(target)
  const ways = fc.sample(
    fc.record({
      steps: fc.array(fc.constantFrom(...LINKS), { minLength: 29, maxLength: 29 }),
      bad: fc.constantFrom(...bad),
      when: fc.nat(28),
    }),
    { numRuns: count, seed },
  )
  for (const { steps, bad: request, when } of ways) {
    const story = await openStory(target, ledger)
    for (const [i, step] of steps.entries()) {
      if (i === when) {
        const had = await holdings(story.guest)
        const sent = {
          ...request,
          by: story.guest,
          headers: { ...request.headers, ...neededHeaders(request.endpoint) },
        }
        const seen = await ledger.ask(sent)
        if (seen.status >= 400 && (await holdings(story.guest)) !== had)
          ledger.note(sent, seen, `is refused and changes what the guest has (seed ${seed})`)
      }
      await story.take(step)
    }
  }
  const after = await copies(target)
  if (after !== before)
    ledger.note(
      { endpoint: endpointAt('POST', '/api/orders'), as: 'guest', path: '', why: `seed ${seed}` },
      undefined,
      `${before} copies became ${after}`,
    )
}
