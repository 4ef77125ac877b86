/** Types of the settings of payments: see setting-types.ts. */
import * as z from 'zod'
import { PAYMENT_METHODS, PaymentMethod } from '../orders/payment.ts'
import { parsedBy, wholeNumber } from './setting-types.ts'

export const METHODS = {
  schema: parsedBy(text => {
    const methods = text.split(',').map(one => PaymentMethod.safeParse(one.trim()).data)
    const known = methods.filter(one => one !== undefined)
    return known.length === methods.length && new Set(known).size === known.length ? known : undefined
  }),
  expected: `one or more of ${PAYMENT_METHODS.join(', ')}, separated by commas`,
  example: 'stripe,invoice',
} as const

export const INVOICE_AUDIENCE = {
  schema: z.enum(['everyone', 'confirmed', 'allowed']),
  expected: 'one of everyone, confirmed, allowed',
} as const

export const INVOICE_MOMENT = {
  schema: z.enum(['ship', 'order']),
  expected: '`ship` or `order`',
} as const

export const NUMBER_PREFIX = {
  schema: z.string().regex(/^[A-Za-z0-9-]{1,12}$/),
  expected: '1 to 12 letters, digits and hyphens',
  example: 'CB-',
} as const

export const YEARS = wholeNumber(1, 30, '10')

export const ON_OR_OFF = {
  schema: z.enum(['on', 'off']).transform(text => text === 'on'),
  expected: '`on` or `off`',
} as const

export const STRIPE_KEY = {
  schema: z.string().regex(/^(sk|rk)_(live|test)_\w{8,}$/),
  expected: 'a secret or restricted key of Stripe, `sk_…` or `rk_…`',
} as const

export const WEBHOOK_SECRET = {
  schema: z.string().regex(/^whsec_\S{16,}$/),
  expected: 'a signing secret of Stripe, `whsec_…`',
} as const
