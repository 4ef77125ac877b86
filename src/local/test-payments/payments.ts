/**
 * What happens to payments in the stand-in for Stripe: a shopper pays or fails to, a debit settles, a page expires. Each change is
 * stored, and then becomes an event.
 */

import { invalidRequest, missing } from './errors.ts'
import {
  newRandomPart,
  randomPart,
  type TestCharge,
  type TestEventType,
  type TestIntent,
  type TestObject,
  type TestPayment,
  type TestSession,
} from './objects.ts'
import { NO_TROUBLE, type TestStore } from './store.ts'

/** Added to what is taken when the wrong amount is switched on: whole units of every currency. */
const WRONG_BY = 100

export type Emit = (type: TestEventType, object: TestObject) => void
export type PaymentRules = { readonly store: TestStore; readonly now: () => Date; readonly emit: Emit }

export type NewSession = Pick<
  TestSession,
  | 'amount_total'
  | 'cancel_url'
  | 'client_reference_id'
  | 'currency'
  | 'customer_email'
  | 'expires_at'
  | 'metadata'
  | 'success_url'
> &
  Pick<TestPayment, 'description' | 'intentData'>

export type TestPayments = {
  readonly create: (session: NewSession, pageUrl: (id: string) => string) => TestPayment
  /** The payment that an id of any of its objects belongs to, as it is now. Throws resource_missing; `what` names the object. */
  readonly find: (id: string, what: string) => TestPayment
  /** The newest first. */
  readonly list: () => TestPayment[]
  /** Ends a page. Throws unless it is open. */
  readonly expire: (sessionId: string) => TestPayment
  /** Ends the pages whose time is over. */
  readonly expireDue: () => void
  readonly pay: (sessionId: string) => void
  readonly decline: (sessionId: string, code: string) => void
  /** The card asks for 3-D Secure: the page stays open until `pay` or `decline`. */
  readonly askAuthentication: (sessionId: string) => void
  /** A debit from a bank account, which is on its way until `settle`. */
  readonly debit: (sessionId: string) => void
  readonly settle: (sessionId: string, succeeds: boolean) => void
  readonly put: (payment: TestPayment) => TestPayment
}

const seconds = (now: Date): number => Math.floor(now.getTime() / 1000)

export const createTestPaymentState = ({ store, now, emit }: PaymentRules): TestPayments => {
  const put = (payment: TestPayment): TestPayment => {
    store.put('payment', randomPart(payment.session.id), payment)
    return payment
  }

  const end = (payment: TestPayment): TestPayment => {
    const { session, intent } = payment
    const ended = put({
      ...payment,
      session: { ...session, status: 'expired', url: null },
      intent: intent && { ...intent, status: 'canceled' },
    })
    if (ended.intent) emit('payment_intent.canceled', ended.intent)
    emit('checkout.session.expired', ended.session)
    return ended
  }

  const isDue = ({ session: { status, expires_at } }: TestPayment): boolean =>
    status === 'open' && expires_at <= seconds(now())

  const find = (id: string, what: string): TestPayment => {
    const payment = store.get('payment', randomPart(id))
    if (!payment) throw missing(what, id)
    return isDue(payment) ? end(payment) : payment
  }

  /** An open page. Throws for one that is not. */
  const findOpen = (id: string): TestPayment => {
    const payment = find(id, 'checkout.session')
    if (payment.session.status !== 'open')
      throw invalidRequest('Only Checkout Sessions with a status in ["open"] can be changed.')
    return payment
  }

  const list = (): TestPayment[] => {
    for (const payment of store.all('payment')) if (isDue(payment)) end(payment)
    return store.all('payment').toReversed()
  }

  const intentOf = ({ session, intent, intentData }: TestPayment): TestIntent =>
    intent ?? {
      id: `pi_${randomPart(session.id)}`,
      object: 'payment_intent',
      amount: session.amount_total ?? 0,
      amount_received: 0,
      created: seconds(now()),
      currency: session.currency ?? '',
      description: intentData.description,
      livemode: false,
      metadata: intentData.metadata,
      status: 'requires_payment_method',
      latest_charge: null,
    }

  const newCharge = (payment: TestPayment, intent: TestIntent, status: TestCharge['status']): TestCharge => ({
    id: `ch_${randomPart(payment.session.id)}_${payment.charges.length + 1}`,
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    captured: false,
    created: seconds(now()),
    currency: intent.currency,
    disputed: false,
    failure_code: null,
    livemode: false,
    metadata: intent.metadata,
    paid: false,
    payment_intent: intent.id,
    refunded: false,
    status,
  })

  /** Stores a payment with its intent and latest charge; `intent` has the id of the charge then. */
  const putAttempt = (
    payment: TestPayment,
    intent: TestIntent,
    charge: TestCharge,
    session: Partial<TestSession> = {},
  ): { readonly payment: TestPayment; readonly intent: TestIntent } => {
    const withCharge = { ...intent, latest_charge: charge.id }
    const stored = put({
      ...payment,
      intent: withCharge,
      charges: [...payment.charges.filter(({ id }) => id !== charge.id), charge],
      session: { ...payment.session, payment_intent: intent.id, ...session },
    })
    return { payment: stored, intent: withCharge }
  }

  /** The money is there, by the first charge of the attempt or by the debit that was on its way. */
  const capture = (payment: TestPayment, pending?: TestCharge): TestPayment => {
    const { wrongAmount } = store.get('trouble', 'now') ?? NO_TROUBLE
    const intent = intentOf(payment)
    const taken = intent.amount + (wrongAmount ? WRONG_BY : 0)
    const charge: TestCharge = {
      ...(pending ?? newCharge(payment, intent, 'succeeded')),
      amount: taken,
      amount_captured: taken,
      captured: true,
      paid: true,
      status: 'succeeded',
    }
    const paid = putAttempt(payment, { ...intent, amount_received: taken, status: 'succeeded' }, charge, {
      status: 'complete',
      payment_status: 'paid',
      url: null,
    })
    emit('charge.succeeded', charge)
    emit('payment_intent.succeeded', paid.intent)
    return paid.payment
  }

  const fail = (payment: TestPayment, code: string, pending?: TestCharge): TestPayment => {
    const intent = intentOf(payment)
    const charge: TestCharge = {
      ...(pending ?? newCharge(payment, intent, 'failed')),
      failure_code: code,
      status: 'failed',
    }
    const failed = putAttempt(payment, { ...intent, status: 'requires_payment_method' }, charge)
    emit('charge.failed', charge)
    emit('payment_intent.payment_failed', failed.intent)
    return failed.payment
  }

  return {
    put,
    find,
    list,
    create: ({ description, intentData, ...given }, pageUrl) => {
      const id = `cs_test_${newRandomPart()}`
      return put({
        session: {
          id,
          object: 'checkout.session',
          created: seconds(now()),
          livemode: false,
          mode: 'payment',
          payment_intent: null,
          payment_status: 'unpaid',
          status: 'open',
          url: pageUrl(id),
          ...given,
        },
        description,
        intentData,
        method: 'card',
        intent: undefined,
        charges: [],
        refunds: [],
        disputes: [],
      })
    },
    expire: sessionId => end(findOpen(sessionId)),
    expireDue: () => void list(),
    pay: sessionId => emit('checkout.session.completed', capture(findOpen(sessionId)).session),
    decline: (sessionId, code) => void fail(findOpen(sessionId), code),
    askAuthentication: sessionId => {
      const payment = findOpen(sessionId)
      const intent: TestIntent = { ...intentOf(payment), status: 'requires_action' }
      put({ ...payment, intent, session: { ...payment.session, payment_intent: intent.id } })
      emit('payment_intent.requires_action', intent)
    },
    debit: sessionId => {
      const payment = findOpen(sessionId)
      const intent: TestIntent = { ...intentOf(payment), status: 'processing' }
      const sent = putAttempt(
        { ...payment, method: 'debit' },
        intent,
        newCharge(payment, intent, 'pending'),
        { status: 'complete', url: null },
      )
      emit('payment_intent.processing', sent.intent)
      emit('checkout.session.completed', sent.payment.session)
    },
    settle: (sessionId, succeeds) => {
      const payment = find(sessionId, 'checkout.session')
      const pending = payment.charges.find(({ status }) => status === 'pending')
      if (!pending) throw invalidRequest('Only a debit that is processing can be settled.')
      const { session } = succeeds ? capture(payment, pending) : fail(payment, 'insufficient_funds', pending)
      emit(`checkout.session.async_payment_${succeeds ? 'succeeded' : 'failed'}`, session)
    },
  }
}
