/** Disputes in the stand-in for Stripe: a bank takes the money back until somebody has decided. */
import { invalidRequest, missing } from './errors.ts'
import { paidCharge, randomPart, type TestCharge, type TestDispute } from './objects.ts'
import type { Emit, TestPayments } from './payments.ts'

export type TestDisputes = {
  /** The bank disputes a paid payment, wholly or over `amount`. */
  readonly dispute: (sessionId: string, amount?: number) => TestDispute
  readonly moveDispute: (disputeId: string, status: TestDispute['status']) => void
}

export const createTestDisputes = (
  { find, put }: Pick<TestPayments, 'find' | 'put'>,
  { now, emit }: { readonly now: () => Date; readonly emit: Emit },
): TestDisputes => ({
  dispute: (sessionId, amount) => {
    const payment = find(sessionId, 'checkout.session')
    const charge = paidCharge(payment)
    if (!charge || charge.disputed) throw invalidRequest('Only a payment without a dispute can be disputed.')
    const disputed: TestCharge = { ...charge, disputed: true }
    const created: TestDispute = {
      id: `dp_${randomPart(sessionId)}_${payment.disputes.length + 1}`,
      object: 'dispute',
      amount: amount ?? charge.amount_captured,
      charge: charge.id,
      created: Math.floor(now().getTime() / 1000),
      currency: charge.currency,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      reason: 'fraudulent',
      status: 'needs_response',
    }
    put({
      ...payment,
      charges: payment.charges.map(one => (one.id === charge.id ? disputed : one)),
      disputes: [...payment.disputes, created],
    })
    emit('charge.dispute.created', created)
    emit('charge.dispute.funds_withdrawn', created)
    return created
  },
  moveDispute: (disputeId, status) => {
    const payment = find(disputeId, 'dispute')
    const before = payment.disputes.find(({ id }) => id === disputeId)
    if (!before) throw missing('dispute', disputeId)
    const moved: TestDispute = { ...before, status }
    put({ ...payment, disputes: payment.disputes.map(one => (one.id === disputeId ? moved : one)) })
    if (status === 'won') emit('charge.dispute.funds_reinstated', moved)
    emit(status === 'won' || status === 'lost' ? 'charge.dispute.closed' : 'charge.dispute.updated', moved)
  },
})
