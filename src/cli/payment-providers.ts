/** Payment providers of a command: Stripe by the key of the settings, or the stand-in that the running shop serves. */
import type { Settings } from '../composition/settings.ts'
import { readLockOwner } from '../local/data-folder.ts'
import { areTestPaymentsEnabled, testProviderOptions } from '../local/test-payments/test-payments.ts'
import type { HostedProvider } from '../payments/provider.ts'
import { createStripeProvider } from '../payments/stripe/provider.ts'
import { localUrl } from './doctor-running.ts'

export const NO_PROVIDER =
  'there is no provider to ask: set STRIPE_SECRET_KEY, or start the shop whose test payments are meant'

/** None where no key is set, and no shop with test payments runs on the data folder. */
export const createCommandProviders = (settings: Settings): readonly HostedProvider[] => {
  const now = () => new Date()
  const { secretKey, webhookSecrets } = settings.payment.stripe
  if (secretKey !== undefined) return [createStripeProvider({ secretKey, webhookSecrets, now })]
  if (!areTestPaymentsEnabled(settings) || readLockOwner(settings.dataDir)?.kind !== 'shop') return []
  return [createStripeProvider({ ...testProviderOptions(settings.dataDir, () => localUrl(settings)), now })]
}
