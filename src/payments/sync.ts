/** Refunds and disputes of a payment, as the provider says. */
import type { PaymentDeps } from './deps.ts'
import type { Seen } from './provider.ts'

/** Makes the payment of an order say what was `seen` of it. */
export const syncPayment = async (_deps: PaymentDeps, _orderId: string, _seen: Seen): Promise<void> => {}
