/** The environment variables of payments, as data: see environment.ts. */
import type { Variables } from './environment.ts'
import {
  INVOICE_AUDIENCE,
  INVOICE_MOMENT,
  METHODS,
  NUMBER_PREFIX,
  ON_OR_OFF,
  STRIPE_KEY,
  WEBHOOK_SECRET,
  YEARS,
} from './payment-setting-types.ts'
import { ADDRESS_LINES, DAYS, HTTP_URL } from './setting-types.ts'

export const PAYMENTS = {
  PAYMENT_METHODS: {
    ...METHODS,
    unset: '`invoice`; on this machine alone also `stripe`, with test payments',
    meaning: 'Methods of payment, in the order in which checkout offers them',
  },
  INVOICE_DAYS: { ...DAYS, default: '14', meaning: 'Days to pay an invoice' },
  INVOICE_FOR: {
    ...INVOICE_AUDIENCE,
    default: 'everyone',
    meaning:
      'Who may pay by invoice: everyone, accounts with a confirmed email, or accounts that staff have allowed to',
  },
  INVOICE_AT: {
    ...INVOICE_MOMENT,
    default: 'ship',
    meaning: 'When the invoice of an order is issued: when it ships, or when it is placed',
  },
  INVOICE_PREFIX: {
    ...NUMBER_PREFIX,
    unset: 'numbers such as `2026-000123`',
    meaning: 'Letters before the numbers of invoices',
  },
  INVOICE_YEARS: {
    ...YEARS,
    default: '10',
    meaning:
      'Years that an invoice is kept after the year in which it was issued, as the law of the country wants it. It counts for invoices that are issued from then on',
  },
  TRANSFER_DAYS: {
    ...DAYS,
    default: '7',
    meaning: 'Days until an order by bank transfer that is not paid becomes a task for staff',
  },
  BANK_DETAILS: {
    ...ADDRESS_LINES,
    example: 'Corner Books Ltd.; IBAN DE02 1203 0000 0000 2020 51; BIC BYLADEM1001',
    meaning: 'Where to transfer money to. Needed for `transfer`',
  },
  COLLECTION: {
    ...ON_OR_OFF,
    default: 'off',
    meaning: 'Whether orders can be collected in the shop. Needs SHOP_ADDRESS',
  },
  STRIPE_SECRET_KEY: {
    secret: true,
    ...STRIPE_KEY,
    meaning: 'Secret key of the Stripe account, for `stripe`',
  },
  STRIPE_WEBHOOK_SECRET: {
    secret: true,
    ...WEBHOOK_SECRET,
    meaning: 'Signing secret of the webhook endpoint at Stripe',
  },
  STRIPE_WEBHOOK_SECRET_PREVIOUS: {
    secret: true,
    ...WEBHOOK_SECRET,
    meaning: 'The one before it, while Stripe still signs with it',
  },
  STRIPE_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'Stripe',
    meaning: 'Replacement for Stripe, in tests',
  },
} as const satisfies Variables
