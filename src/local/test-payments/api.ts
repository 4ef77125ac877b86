/** The part of Stripe's API that the provider uses, at /dev/stripe/v1: requests and answers as the `stripe` package expects them. */
import { timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { sha256 } from '../../core/ids.ts'
import { readBody } from '../../http/body.ts'
import { invalidRequest, missing, TestApiError } from './errors.ts'
import { decodeForm, type Nested } from './form.ts'
import { type ApiAnswer, createIdempotency } from './idempotency.ts'
import { newRandomPart, type TestPayment } from './objects.ts'
import type { TestPayments } from './payments.ts'
import type { TestRefunds } from './refunds.ts'
import { readSessionParams } from './session-params.ts'
import type { TestStore } from './store.ts'

const MAX_BYTES = 64 * 1024
const MAX_PAGE = 100

export type ApiDeps = {
  readonly store: TestStore
  readonly payments: TestPayments
  readonly refunds: TestRefunds
  readonly secretKey: string
  readonly now: () => Date
  /** URL of a session's page. */
  readonly pageUrl: (sessionId: string) => string
}

type Params = Readonly<Record<string, unknown>>

const textOf = (params: Params, name: string): string | undefined => {
  const value = params[name]
  return typeof value === 'string' ? value : undefined
}

const expands = ({ expand }: Params, path: string): boolean =>
  Array.isArray(expand) && expand.some(one => one === path || String(one).startsWith(`${path}.`))

/** A payment's intent, with its charge where that is asked for. */
const intentView = ({ intent, charges }: TestPayment, expandCharge: boolean) =>
  intent && {
    ...intent,
    latest_charge: expandCharge
      ? (charges.find(({ id }) => id === intent.latest_charge) ?? null)
      : intent.latest_charge,
  }

const sessionView = (payment: TestPayment, params: Params) => ({
  ...payment.session,
  payment_intent: expands(params, 'payment_intent')
    ? (intentView(payment, expands(params, 'payment_intent.latest_charge')) ?? null)
    : payment.session.payment_intent,
})

/** A page of a list, the newest first. */
const listView = <T extends { readonly id: string }>(all: readonly T[], url: string, params: Params) => {
  const after = textOf(params, 'starting_after')
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && start === 0) throw missing('object', after)
  const limit = Math.min(Number(textOf(params, 'limit') ?? 10), MAX_PAGE)
  const data = all.slice(start, start + limit)
  return { object: 'list', url, has_more: start + data.length < all.length, data }
}

const isCreatedWithin = (created: number, range: unknown): boolean => {
  const { gte, lte } = (typeof range === 'object' && range ? range : {}) as Nested
  return created >= Number(gte ?? 0) && created <= Number(lte ?? Number.POSITIVE_INFINITY)
}

const metadataOf = ({ metadata }: Params): Record<string, string> =>
  typeof metadata === 'object' && metadata
    ? Object.fromEntries(
        Object.entries(metadata).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
      )
    : {}

const errorBody = ({ message, details }: TestApiError): string =>
  JSON.stringify({ error: { message, ...details } })

export const createTestApi = ({ store, payments, refunds, secretKey, now, pageUrl }: ApiDeps): Hono => {
  const app = new Hono().basePath('/dev/stripe/v1')
  const idempotent = createIdempotency(store, now)
  const expected = Buffer.from(sha256(`Bearer ${secretKey}`))

  const send = (c: Context, status: number, body: string, headers: Record<string, string> = {}) =>
    c.body(body, status as 200, {
      'content-type': 'application/json',
      'request-id': `req_${newRandomPart()}`,
      'cache-control': 'no-store',
      ...headers,
    })

  app.onError((error, c) => {
    if (!(error instanceof TestApiError)) throw error
    return send(c, error.status, errorBody(error))
  })
  app.use(async ({ req }, next) => {
    const given = Buffer.from(sha256(req.header('authorization') ?? ''))
    if (!timingSafeEqual(given, expected))
      throw new TestApiError(401, 'Invalid API Key provided', { type: 'invalid_request_error' })
    await next()
  })

  type Handler = (params: Params, id: string) => unknown

  const get = (path: string, handle: Handler) =>
    app.get(path, c => {
      const params = decodeForm(new URL(c.req.url).search) as Params
      return send(c, 200, JSON.stringify(handle(params, c.req.param('id') ?? '')))
    })

  const post = (path: string, handle: Handler) =>
    app.post(path, async c => {
      const body = new TextDecoder().decode(await readBody(c.req.raw, MAX_BYTES))
      const work = async (): Promise<ApiAnswer> => {
        const answer = handle(decodeForm(body) as Params, c.req.param('id') ?? '')
        return { status: 200, body: JSON.stringify(answer) }
      }
      const key = c.req.header('idempotency-key')
      const answer = await idempotent(key, `${new URL(c.req.url).pathname} ${body}`, work)
      return send(c, answer.status, answer.body, answer.isReplayed ? { 'idempotent-replayed': 'true' } : {})
    })

  post('/checkout/sessions', params => payments.create(readSessionParams(params, now()), pageUrl).session)
  get('/checkout/sessions', params => {
    const intent = textOf(params, 'payment_intent')
    const found = payments
      .list()
      .map(({ session }) => session)
      .filter(one => isCreatedWithin(one.created, params.created))
      .filter(one => intent === undefined || one.payment_intent === intent)
    return listView(found, '/v1/checkout/sessions', params)
  })
  get('/checkout/sessions/:id', (params, id) => sessionView(payments.find(id, 'checkout.session'), params))
  post('/checkout/sessions/:id/expire', (_params, id) => payments.expire(id).session)

  get('/payment_intents/:id', (params, id) => {
    const view = intentView(payments.find(id, 'payment_intent'), expands(params, 'latest_charge'))
    if (!view) throw missing('payment_intent', id)
    return view
  })
  get('/charges/:id', (_params, id) => {
    const charge = payments.find(id, 'charge').charges.find(one => one.id === id)
    if (!charge) throw missing('charge', id)
    return charge
  })

  /** The payments of a list, by the payment that it is asked for. */
  const paymentsOf = (params: Params): readonly TestPayment[] => {
    const intent = textOf(params, 'payment_intent')
    return intent === undefined ? payments.list() : [payments.find(intent, 'payment_intent')]
  }

  post('/refunds', params => {
    const intent = textOf(params, 'payment_intent')
    if (intent === undefined)
      throw invalidRequest('Missing payment_intent', 'parameter_missing', 'payment_intent')
    const amount = textOf(params, 'amount')
    return refunds.refund(intent, amount === undefined ? undefined : Number(amount), metadataOf(params))
  })
  get('/refunds', params => {
    const found = paymentsOf(params).flatMap(one => one.refunds.toReversed())
    return listView(found, '/v1/refunds', params)
  })
  get('/refunds/:id', (_params, id) => refunds.findRefund(id))
  get('/disputes', params => {
    const found = paymentsOf(params).flatMap(({ disputes }) => disputes.toReversed())
    return listView(found, '/v1/disputes', params)
  })

  get('/events', params => listView(store.all('event').toReversed(), '/v1/events', params))
  get('/events/:id', (_params, id) => {
    const event = store.get('event', id)
    if (!event) throw missing('event', id)
    return event
  })
  app.all('*', ({ req }) => {
    throw new TestApiError(404, `Unrecognized request URL (${req.method}: ${new URL(req.url).pathname}).`, {
      type: 'invalid_request_error',
    })
  })
  return app
}
