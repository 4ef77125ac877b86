/**
 * Pages of the stand-in at /dev/pay: the payment pages, and the list on which the developer plays the banks and the network. They
 * work without scripts; every action is a form and ends in a redirect.
 */
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { storedCurrency } from '../../core/currency.ts'
import { parseDecimal } from '../../core/money.ts'
import { readBody } from '../../http/body.ts'
import { toStripe } from '../../payments/stripe/amounts.ts'
import { readCard } from './cards.ts'
import type { TestDisputes } from './disputes.ts'
import { invalidRequest, TestApiError } from './errors.ts'
import { renderListPage } from './list-page.ts'
import {
  EMPTY_FORM,
  type PayForm,
  renderAuthenticationPage,
  renderClosedPage,
  renderPayPage,
} from './pay-page.ts'
import type { TestPayments } from './payments.ts'
import type { TestRefunds } from './refunds.ts'
import { NO_TROUBLE, type TestStore } from './store.ts'

const MAX_BYTES = 16 * 1024
const MAX_SHOWN = 50
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const HEADERS = {
  'content-security-policy': CSP,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

const DECLINES = {
  declined: { code: 'card_declined', text: 'Your card was declined. Please try another card.' },
  insufficient_funds: {
    code: 'insufficient_funds',
    text: 'Your card has insufficient funds. Please try another card.',
  },
}
const NOT_AUTHENTICATED =
  'We could not confirm your payment with your bank. Please try again, or use another card.'

const TroubleForm = z.object({
  events: z.enum(['once', 'twice', 'late', 'shuffled', 'never']),
  wrong_amount: z.literal('yes').optional(),
})
const Result = z.object({ result: z.enum(['settle', 'fail']) })
const DisputeForm = z.object({ status: z.enum(['under_review', 'won', 'lost']) })

export type PageDeps = {
  readonly store: TestStore
  readonly payments: TestPayments
  readonly refunds: TestRefunds
  readonly disputes: TestDisputes
  readonly shopName: string
  readonly now: () => Date
}

const readForm = async ({ req }: Context): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(new URLSearchParams(new TextDecoder().decode(await readBody(req.raw, MAX_BYTES))))

/** The form of an action. Throws for one that the pages do not have. */
const readChoice = async <T>(c: Context, schema: z.ZodType<T>): Promise<T> => {
  const parsed = schema.safeParse(await readForm(c))
  if (!parsed.success) throw invalidRequest('Choose one of the buttons.')
  return parsed.data
}

export const createTestPages = ({ store, payments, refunds, disputes, shopName, now }: PageDeps): Hono => {
  const app = new Hono().basePath('/dev/pay')
  const page = async (c: Context, text: Promise<string>, status: 200 | 404 | 422 = 200) =>
    c.html(await text, status, HEADERS)
  const trouble = () => store.get('trouble', 'now') ?? NO_TROUBLE
  const listPage = (problem?: string) =>
    renderListPage(payments.list().slice(0, MAX_SHOWN), trouble(), shopName, problem)
  const backToList = (c: Context) => c.redirect('/dev/pay', 303)
  const session = (c: Context) => payments.find(c.req.param('session') ?? '', 'checkout.session')
  const payPage = (c: Context, form: Partial<PayForm>, status: 200 | 422 = 200) =>
    page(c, renderPayPage(session(c), shopName, { ...EMPTY_FORM, ...form }), status)

  app.onError((error, c) => {
    if (!(error instanceof TestApiError)) throw error
    return page(c, listPage(error.message), error.status === 404 ? 404 : 422)
  })

  app.get('/', c => page(c, listPage()))
  app.post('/trouble', async c => {
    const { events, wrong_amount } = await readChoice(c, TroubleForm)
    store.put('trouble', 'now', { events, wrongAmount: wrong_amount === 'yes' })
    return backToList(c)
  })
  app.post('/refunds/:id', async c => {
    refunds.settleRefund(c.req.param('id'), (await readChoice(c, Result)).result === 'settle')
    return backToList(c)
  })
  app.post('/disputes/:id', async c => {
    disputes.moveDispute(c.req.param('id'), (await readChoice(c, DisputeForm)).status)
    return backToList(c)
  })

  app.get('/:session', c => {
    const payment = session(c)
    return payment.session.status === 'open' ? payPage(c, {}) : page(c, renderClosedPage(payment, shopName))
  })
  app.post('/:session', async c => {
    const payment = session(c)
    const { id, status, success_url } = payment.session
    if (status !== 'open') return page(c, renderClosedPage(payment, shopName))
    const { method, number = '', expiry = '', cvc = '' } = await readForm(c)
    if (method === 'debit') {
      payments.debit(id)
      return c.redirect(success_url ?? '/', 303)
    }
    const values = { number, expiry, cvc }
    const outcome = readCard(values, now())
    if (typeof outcome === 'object') return payPage(c, { values, errors: outcome.errors }, 422)
    if (outcome === 'authenticate') {
      payments.askAuthentication(id)
      return c.redirect(`/dev/pay/${id}/authenticate`, 303)
    }
    if (outcome === 'paid' || outcome === 'paid_then_disputed') {
      payments.pay(id)
      if (outcome === 'paid_then_disputed') disputes.dispute(id)
      return c.redirect(success_url ?? '/', 303)
    }
    const { code, text } = DECLINES[outcome]
    payments.decline(id, code)
    return payPage(c, { problem: text }, 422)
  })
  app.get('/:session/authenticate', c => {
    const payment = session(c)
    return page(
      c,
      payment.session.status === 'open' && payment.intent?.status === 'requires_action'
        ? renderAuthenticationPage(payment, shopName)
        : renderClosedPage(payment, shopName),
    )
  })
  app.post('/:session/authenticate', async c => {
    const payment = session(c)
    const { id, status, success_url } = payment.session
    if (status !== 'open') return page(c, renderClosedPage(payment, shopName))
    if (payment.intent?.status !== 'requires_action') return c.redirect(`/dev/pay/${id}`, 303)
    if ((await readForm(c)).answer === 'complete') {
      payments.pay(id)
      return c.redirect(success_url ?? '/', 303)
    }
    payments.decline(id, 'payment_intent_authentication_failure')
    return payPage(c, { problem: NOT_AUTHENTICATED }, 422)
  })

  app.post('/:session/settle', async c => {
    payments.settle(c.req.param('session'), (await readChoice(c, Result)).result === 'settle')
    return backToList(c)
  })
  app.post('/:session/dispute', c => {
    disputes.dispute(c.req.param('session'))
    return backToList(c)
  })
  app.post('/:session/refund', async c => {
    const payment = session(c)
    const { amount = '' } = await readForm(c)
    const currency = storedCurrency((payment.session.currency ?? '').toUpperCase())
    const own = amount.trim() === '' ? undefined : parseDecimal(amount.trim(), currency)
    if (own === undefined && amount.trim() !== '')
      throw invalidRequest('The amount must be a price, such as 12.50.')
    refunds.refund(payment.session.id, own === undefined ? undefined : toStripe(own, currency))
    return backToList(c)
  })
  return app
}
