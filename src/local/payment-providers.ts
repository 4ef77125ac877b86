/** Payment providers of a local shop: those of its settings, or the stand-in for Stripe where the shop is for this machine alone. */
import type { Settings } from '../composition/settings.ts'
import type { Log } from '../core/log/log.ts'
import type { HostedProvider } from '../payments/provider.ts'
import { explainUnservedCurrency } from '../payments/stripe/amounts.ts'
import { createStripeProvider } from '../payments/stripe/provider.ts'
import { StartError } from './start-error.ts'
import { loadTestPayments, type TestPaymentService } from './test-payments/test-payments.ts'

export type LocalProviders = {
  readonly providers: readonly HostedProvider[]
  readonly testPayments?: TestPaymentService | undefined
}

/**
 * Creates the providers; call it while the data folder is locked. Throws StartError where the settings name one that has no key, or
 * that cannot charge the shop's currency.
 */
export const createLocalProviders = (
  settings: Settings,
  { event, failure }: Pick<Log, 'event' | 'failure'>,
): LocalProviders => {
  const { methods, stripe } = settings.payment
  const { secretKey, webhookSecrets } = stripe
  const now = () => new Date()
  const unserved = explainUnservedCurrency(settings.currency)
  // Test payments are offered unasked, where they can be.
  if (methods === undefined ? unserved !== undefined : !methods.includes('stripe')) return { providers: [] }
  if (unserved !== undefined) throw new StartError(unserved)
  if (secretKey === undefined) {
    const testPayments = loadTestPayments(settings, failure)
    if (testPayments)
      return { providers: [createStripeProvider({ ...testPayments.providerOptions, now })], testPayments }
    if (methods === undefined) return { providers: [] }
    throw new StartError('PAYMENT_METHODS names stripe: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET')
  }
  if (methods === undefined) return { providers: [] }
  const onForeignEvent = (id: string) =>
    event('payments', `event ${id} is of another account, or of the other mode of this one: ignored`)
  return { providers: [createStripeProvider({ secretKey, webhookSecrets, now, onForeignEvent })] }
}
