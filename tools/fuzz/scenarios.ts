/** Scenarios: sequences of requests that depend on each other, from the corpus and as random walks with one invalid request. */
import fc from 'fast-check'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import type { Json, Shopper } from '../../test/kit.ts'
import { readItems, sortAttributes } from '../../test/table-contents.ts'
import { matchesExpectation, readCorpus } from './corpus.ts'
import { createInjectedRequests } from './injection-points.ts'
import type { Runner } from './runner.ts'
import { type FuzzRequest, type FuzzResponse, OWN_PASSWORD, requiredHeaders, type Target } from './target.ts'

type Step = {
  readonly as: string
  readonly call: string
  readonly body?: Json
  readonly headers?: Record<string, string>
}

const ENDPOINTS_BY_SPECIFICITY = [...ENDPOINTS].sort(
  (a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')),
)

const matchEndpoint = (method: string, path: string): Endpoint => {
  const bare = path.split('?')[0] ?? path
  const found = ENDPOINTS_BY_SPECIFICITY.find(
    one => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  if (!found) throw new Error(`no endpoint ${method} ${path}`)
  return found
}

/** Creates a scenario with its shoppers; values of earlier responses are inserted into later requests. */
const createScenario = async (target: Target, { ask }: Runner) => {
  const { shop } = target
  const shoppers: Record<string, Shopper> = {
    guest: shop.visitor(),
    other: shop.visitor(),
    staff: shop.staff,
  }
  const known: Record<string, unknown> = {
    key: crypto.randomUUID().slice(0, 8),
    version: 'none',
    total: 0,
    order: 'none',
  }

  const fillTemplate = (text: string): string =>
    text
      .replaceAll(/"\{\{(version|total)\}\}"/g, (_, name) => JSON.stringify(known[name]))
      .replaceAll(/\{\{(\w+)\}\}/g, (_, name) => String(known[name]))

  const remember = (response: FuzzResponse): void => {
    if (typeof response.body?.version === 'string' && response.body.items)
      Object.assign(known, { version: response.body.version, total: response.body.total })
    if (response.status === 201 && typeof response.body?.order_id === 'string')
      known.order = response.body.order_id
  }

  const runStep = async ({
    as,
    call,
    body,
    headers,
  }: Step): Promise<readonly [FuzzRequest, FuzzResponse]> => {
    shoppers[as] ??= await shop.account({ password: OWN_PASSWORD })
    const by = shoppers[as]
    const [method = '', path = ''] = fillTemplate(call).split(' ')
    const endpoint = matchEndpoint(method, path)
    const request: FuzzRequest = {
      endpoint,
      as: as === 'staff' ? 'staff' : as === 'member' ? 'account' : 'guest',
      shopper: by,
      path,
      ...(body === undefined || body === null ? {} : { body: fillTemplate(JSON.stringify(body)) }),
      headers: JSON.parse(fillTemplate(JSON.stringify(headers ?? {}))),
      why: call,
    }
    const response = await ask(request)
    remember(response)
    return [request, response]
  }
  return { take: runStep, guest: shoppers.guest as Shopper }
}

/** Runs the scenarios of the corpus and checks the result of the last step. */
export const runScenarios = async (target: Target, runner: Runner): Promise<void> => {
  for (const entry of readCorpus('scenarios')) {
    const scenario = await createScenario(target, runner)
    const steps = entry.value as Step[]
    for (const [i, step] of steps.entries()) {
      const [request, response] = await scenario.take(step)
      if (i < steps.length - 1 && response.status >= 400)
        runner.note(request, response, `${entry.id}: ${entry.why}: does not get so far`)
      if (i === steps.length - 1 && !matchesExpectation(entry, response.status))
        runner.note(request, response, `${entry.id}: ${entry.why}: should be ${JSON.stringify(entry.expect)}`)
    }
  }
}

const ADDRESS = { name: 'A', street: 'a', city: 'b', state: 'NY', postal_code: '12345', country: 'US' }
/** Steps of random walks; each leaves state that later ones can use. */
const STEPS: readonly Step[] = [
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

const readHoldings = async (who: Shopper): Promise<string> =>
  JSON.stringify([(await who.get('/api/cart')).body, (await who.get('/api/orders')).body], sortAttributes)

/** Copies in stock and in orders that are not cancelled, of all books. */
const countCopies = async ({ shop }: Target): Promise<number> => {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const stock = (await readItems(shop, 'books')).map(({ stock_quantity }) => stock_quantity)
  const orders = (await readItems(shop, 'orders')).filter(({ status }) => status !== 'cancelled')
  return sum(stock) + sum(orders.flatMap(({ items }) => items.map((line: Json) => line.quantity)))
}

/**
 * Runs `count` random walks of 30 requests, one of them invalid: it is either accepted, or refused without changing the guest's
 * cart and orders. The total number of copies must stay the same.
 */
export const runRandomWalks = async (
  target: Target,
  runner: Runner,
  count: number,
  seed: number,
): Promise<void> => {
  const bad = createInjectedRequests(target, 41).filter(({ as }) => as === 'guest')
  const before = await countCopies(target)
  const walks = fc.sample(
    fc.record({
      steps: fc.array(fc.constantFrom(...STEPS), { minLength: 29, maxLength: 29 }),
      bad: fc.constantFrom(...bad),
      when: fc.nat(28),
    }),
    { numRuns: count, seed },
  )
  for (const { steps, bad: invalid, when } of walks) {
    const scenario = await createScenario(target, runner)
    for (const [i, step] of steps.entries()) {
      if (i === when) {
        const had = await readHoldings(scenario.guest)
        const request = {
          ...invalid,
          by: scenario.guest,
          headers: { ...invalid.headers, ...requiredHeaders(invalid.endpoint) },
        }
        const response = await runner.ask(request)
        if (response.status >= 400 && (await readHoldings(scenario.guest)) !== had)
          runner.note(request, response, `is refused and changes what the guest has (seed ${seed})`)
      }
      await scenario.take(step)
    }
  }
  const after = await countCopies(target)
  if (after !== before)
    runner.note(
      { endpoint: matchEndpoint('POST', '/api/orders'), as: 'guest', path: '', why: `seed ${seed}` },
      undefined,
      `${before} copies became ${after}`,
    )
}
