/** Settings of payments, from the variables that belong to them. */
import type { InvoiceSettings } from '../invoices/deps.ts'
import { isAgreed, type PaymentMethod } from '../orders/payment.ts'
import type { InvoiceAudience } from '../payments/invoice-permission.ts'
import type { Environment } from './environment.ts'

export type PaymentSettings = {
  /** In the order in which checkout offers them; undefined: what the shop can offer without being told. */
  readonly methods: readonly PaymentMethod[] | undefined
  readonly invoiceFor: InvoiceAudience
  readonly daysToPay: { readonly invoice: number; readonly transfer: number }
  /** Line by line; empty where none are set. */
  readonly bankDetails: readonly string[]
  readonly collection: boolean
  readonly invoices: InvoiceSettings
  readonly stripe: {
    readonly secretKey: string | undefined
    /** Current and previous. */
    readonly webhookSecrets: readonly string[]
    /** URL of a replacement for Stripe; undefined: Stripe. */
    readonly endpoint: string | undefined
  }
}

/** The settings, or what is wrong with variables that belong together. */
export const paymentSettings = (
  env: Environment,
): { readonly settings: PaymentSettings } | { readonly problem: string } => {
  const methods = env.PAYMENT_METHODS
  if (methods?.includes('transfer') && env.BANK_DETAILS === undefined)
    return { problem: 'set BANK_DETAILS for the payment method transfer' }
  if (env.COLLECTION && env.SHOP_ADDRESS === undefined)
    return { problem: 'set SHOP_ADDRESS for COLLECTION=on' }
  if (methods?.includes('collection') && !env.COLLECTION)
    return { problem: 'set COLLECTION=on for the payment method collection' }
  if ((env.STRIPE_SECRET_KEY === undefined) !== (env.STRIPE_WEBHOOK_SECRET === undefined))
    return { problem: 'set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET together' }
  return {
    settings: {
      methods,
      invoiceFor: env.INVOICE_FOR,
      daysToPay: { invoice: env.INVOICE_DAYS, transfer: env.TRANSFER_DAYS },
      bankDetails: env.BANK_DETAILS ?? [],
      collection: env.COLLECTION,
      invoices: { at: env.INVOICE_AT, prefix: env.INVOICE_PREFIX ?? '', years: env.INVOICE_YEARS },
      stripe: {
        secretKey: env.STRIPE_SECRET_KEY,
        webhookSecrets: [env.STRIPE_WEBHOOK_SECRET, env.STRIPE_WEBHOOK_SECRET_PREVIOUS].filter(
          secret => secret !== undefined,
        ),
        endpoint: env.STRIPE_ENDPOINT,
      },
    },
  }
}

/** Whether a checkout may hold copies while it is paid. Where no methods are set, a local shop takes test payments. */
export const takesMoneyFirst = ({ payment: { methods } }: { readonly payment: PaymentSettings }): boolean =>
  methods === undefined || methods.some(method => !isAgreed(method))

/** The host of Stripe's payment pages. */
const STRIPE_PAGES = 'https://checkout.stripe.com'

/**
 * What the web pages must know of payments (pages/serve.ts) in a shop that offers these methods. `isReal`: whether its payment pages
 * are the provider's own, and not test payments on this machine.
 */
export const pagePayments = (methods: readonly PaymentMethod[], isReal: boolean) => ({
  isInvoiceOnly: methods.every(method => method === 'invoice'),
  origins: isReal && methods.includes('stripe') ? [STRIPE_PAGES] : [],
})

/** Whether the settings name Stripe as a method of payment. */
export const usesStripe = ({
  payment: { methods },
}: {
  readonly payment: Pick<PaymentSettings, 'methods'>
}): boolean => methods?.includes('stripe') === true
