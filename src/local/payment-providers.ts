/** Payment providers of a local shop: those of its settings, or the stand-in for Stripe where the shop is for this machine alone. */
import { createProviders } from '../composition/providers.ts'
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
 * Creates the providers; call it while the data folder is locked. Throws StartError and SettingsError where the settings name one that
 * has no key, or that cannot charge the shop's currency.
 */
export const createLocalProviders = (settings: Settings, log: Log): LocalProviders => {
  const { methods, stripe } = settings.payment
  const now = () => new Date()
  const unserved = explainUnservedCurrency(settings.currency)
  // Test payments are offered unasked, where they can be.
  if (methods === undefined && unserved !== undefined) return { providers: [] }
  const testPayments = loadTestPayments(settings, log.failure)
  if (!testPayments) {
    const secrets = {
      ...(stripe.secretKey === undefined ? {} : { 'stripe-key': stripe.secretKey }),
      ...(stripe.webhookSecrets.length === 0 ? {} : { 'stripe-webhook': stripe.webhookSecrets.join(',') }),
    }
    return { providers: createProviders({ settings, now, log }, secrets) }
  }
  if (unserved !== undefined) throw new StartError(unserved)
  return { providers: [createStripeProvider({ ...testPayments.providerOptions, now })], testPayments }
}
