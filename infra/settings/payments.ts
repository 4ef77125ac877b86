/** Options of payments, each by the setting that it becomes. */
import {
  INVOICE_AUDIENCE,
  INVOICE_MOMENT,
  METHODS,
  NUMBER_PREFIX,
  ON_OR_OFF,
  YEARS,
} from '#src/composition/payment-setting-types.ts'
import { ADDRESS_LINES, DAYS } from '#src/composition/setting-types.ts'
import { findCurrency } from '#src/core/currency.ts'
import { explainUnservedCurrency } from '#src/payments/stripe/amounts.ts'
import { settingsOf, textOf } from './setting-options.ts'

export const PAYMENT_OPTIONS = {
  /** In the order in which checkout offers them. */
  paymentMethods: textOf(METHODS).default('invoice'),
  invoiceDays: textOf(DAYS).optional(),
  invoiceFor: textOf(INVOICE_AUDIENCE).optional(),
  invoiceAt: textOf(INVOICE_MOMENT).optional(),
  invoicePrefix: textOf(NUMBER_PREFIX).optional(),
  invoiceYears: textOf(YEARS).optional(),
  transferDays: textOf(DAYS).optional(),
  bankDetails: textOf(ADDRESS_LINES).optional(),
  collection: textOf(ON_OR_OFF).optional(),
}

type PaymentOptions = { readonly paymentMethods: string } & {
  readonly [name in Exclude<keyof typeof PAYMENT_OPTIONS, 'paymentMethods'>]?: string | undefined
}

const SETTINGS = {
  paymentMethods: 'PAYMENT_METHODS',
  invoiceDays: 'INVOICE_DAYS',
  invoiceFor: 'INVOICE_FOR',
  invoiceAt: 'INVOICE_AT',
  invoicePrefix: 'INVOICE_PREFIX',
  invoiceYears: 'INVOICE_YEARS',
  transferDays: 'TRANSFER_DAYS',
  bankDetails: 'BANK_DETAILS',
  collection: 'COLLECTION',
} as const

const hasMethod = ({ paymentMethods }: Pick<PaymentOptions, 'paymentMethods'>, method: string): boolean =>
  paymentMethods.split(',').some(one => one.trim() === method)

/** Whether the shop takes payments by Stripe. */
export const takesStripe = (options: Pick<PaymentOptions, 'paymentMethods'>): boolean =>
  hasMethod(options, 'stripe')

/** Settings of every function. */
export const paymentSettings = (options: PaymentOptions): Record<string, string> =>
  settingsOf(SETTINGS, option => options[option])

/** What is wrong with options that belong together: a function would not start with them. */
export const checkPayments = (
  options: PaymentOptions & { readonly currency: string; readonly shopAddress?: string | undefined },
): string[] => {
  const currency = findCurrency(options.currency)
  const collects = options.collection === 'on'
  return [
    ...(hasMethod(options, 'transfer') && !options.bankDetails
      ? ['paymentMethods=transfer requires bankDetails']
      : []),
    ...(hasMethod(options, 'collection') && !collects
      ? ['paymentMethods=collection requires collection=on']
      : []),
    ...(collects && !options.shopAddress ? ['collection=on requires a shopAddress'] : []),
    ...(takesStripe(options) && currency && explainUnservedCurrency(currency) !== undefined
      ? [
          `paymentMethods=stripe requires a currency that Stripe charges, and ${currency.code} is none: see docs.stripe.com/currencies`,
        ]
      : []),
  ]
}
