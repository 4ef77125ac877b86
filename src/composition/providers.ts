/** Payment providers of a process. Nothing of a provider is loaded or called before it is used. */
import type { HostedProvider } from '../payments/provider.ts'
import { explainUnservedCurrency } from '../payments/stripe/amounts.ts'
import { createStripeProvider } from '../payments/stripe/provider.ts'
import type { BaseContext } from './base.ts'
import type { ProviderSecrets } from './function-secrets.ts'
import { usesStripe } from './payment-settings.ts'
import { SettingsError } from './settings.ts'

/**
 * The providers with a payment page that the settings switch on. Without the secret of the webhook a provider reads no events. Throws
 * SettingsError where a key is missing, or a provider cannot charge the shop's currency.
 */
export const createProviders = (
  { settings, now, log }: Pick<BaseContext, 'settings' | 'now' | 'log'>,
  { 'stripe-key': secretKey, 'stripe-webhook': webhookSecrets }: ProviderSecrets,
): HostedProvider[] => {
  if (!usesStripe(settings)) return []
  if (secretKey === undefined)
    throw new SettingsError('set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET for the payment method stripe')
  const problem = explainUnservedCurrency(settings.currency)
  if (problem !== undefined) throw new SettingsError(problem)
  const { endpoint } = settings.payment.stripe
  return [
    createStripeProvider({
      secretKey,
      webhookSecrets: webhookSecrets?.split(',') ?? [],
      now,
      server: endpoint === undefined ? undefined : () => new URL(endpoint),
      onForeignEvent: id => {
        log.event('payments', `the event ${id} is of another account, or of the other mode of this one`)
        log.count({ RefusedEvents: 1 })
      },
    }),
  ]
}
