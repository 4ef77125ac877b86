/** Refunds in the stand-in for Stripe: at once for cards; for debits, and where a bank is late, pending until they are settled. */
import { invalidRequest, missing } from './errors.ts'
import { paidCharge, randomPart, refundedAmount, type TestPayment, type TestRefund } from './objects.ts'
import type { Emit, TestPayments } from './payments.ts'

export type TestRefunds = {
  /** Gives back `amount`, or the rest. Throws for more than is left. */
  readonly refund: (paymentId: string, amount?: number, metadata?: TestRefund['metadata']) => TestRefund
  /** A pending refund arrives, or any refund fails and its money comes back to the shop. */
  readonly settleRefund: (refundId: string, succeeds: boolean) => void
  readonly findRefund: (refundId: string) => TestRefund
}

/** The charge of a payment says how much of it has been given back. */
const withRefunds = (payment: TestPayment, refunds: readonly TestRefund[]): TestPayment => {
  const amount_refunded = refundedAmount({ ...payment, refunds })
  return {
    ...payment,
    refunds,
    charges: payment.charges.map(charge =>
      charge.paid ? { ...charge, amount_refunded, refunded: amount_refunded === charge.amount } : charge,
    ),
  }
}

export const createTestRefunds = (
  { find, put }: Pick<TestPayments, 'find' | 'put'>,
  { now, emit }: { readonly now: () => Date; readonly emit: Emit },
): TestRefunds => {
  const findRefund = (refundId: string): TestRefund => {
    const refund = find(refundId, 'refund').refunds.find(({ id }) => id === refundId)
    if (!refund) throw missing('refund', refundId)
    return refund
  }
  return {
    findRefund,
    refund: (paymentId, asked, metadata = {}) => {
      const payment = find(paymentId, 'payment_intent')
      const charge = paidCharge(payment)
      if (!charge) throw invalidRequest('This PaymentIntent does not have a successful charge to refund.')
      const left = charge.amount_captured - refundedAmount(payment)
      const amount = asked ?? left
      if (left === 0)
        throw invalidRequest(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded')
      if (!Number.isSafeInteger(amount) || amount < 1)
        throw invalidRequest('Invalid positive integer', 'parameter_invalid_integer', 'amount')
      if (amount > left)
        throw invalidRequest(
          'Refund amount is greater than the unrefunded amount on the charge',
          undefined,
          'amount',
        )
      const refund: TestRefund = {
        id: `re_${randomPart(payment.session.id)}_${payment.refunds.length + 1}`,
        object: 'refund',
        amount,
        charge: charge.id,
        created: Math.floor(now().getTime() / 1000),
        currency: charge.currency,
        metadata,
        payment_intent: charge.payment_intent,
        status: payment.method === 'debit' ? 'pending' : 'succeeded',
      }
      const refunded = put(withRefunds(payment, [...payment.refunds, refund]))
      emit('refund.created', refund)
      emit('charge.refunded', paidCharge(refunded) ?? charge)
      return refund
    },
    settleRefund: (refundId, succeeds) => {
      const payment = find(refundId, 'refund')
      const settled: TestRefund = { ...findRefund(refundId), status: succeeds ? 'succeeded' : 'failed' }
      put(
        withRefunds(
          payment,
          payment.refunds.map(one => (one.id === refundId ? settled : one)),
        ),
      )
      emit(succeeds ? 'refund.updated' : 'refund.failed', settled)
    },
  }
}
