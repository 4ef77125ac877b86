/** What a payment page may be opened with: the parameters of Stripe that the shop sends. Any other one is refused, as Stripe does. */
import type Stripe from 'stripe'
import * as z from 'zod'
import { invalidRequest } from './errors.ts'
import type { NewSession } from './payments.ts'

const MIN_OPEN = 30 * 60
const MAX_OPEN = 24 * 60 * 60
/** ISK and UGX are whole units times 100; the last of three decimals must be 0. */
const STEPS: Readonly<Record<string, number>> = {
  isk: 100,
  ugx: 100,
  bhd: 10,
  jod: 10,
  kwd: 10,
  omr: 10,
  tnd: 10,
}

const Text = z.string().min(1).max(5_000)
const Whole = z
  .string()
  .regex(/^\d{1,12}$/, 'Invalid integer')
  .transform(Number)
const Metadata = z.record(z.string().max(40), z.string().max(500))

const SessionParams = z.strictObject({
  mode: z.literal('payment'),
  line_items: z
    .array(
      z.strictObject({
        quantity: z.literal('1'),
        price_data: z.strictObject({
          currency: z.string().regex(/^[a-z]{3}$/),
          unit_amount: Whole,
          product_data: z.strictObject({ name: Text }),
        }),
      }),
    )
    .min(1),
  client_reference_id: z.string().max(200),
  metadata: Metadata,
  payment_intent_data: z.strictObject({
    capture_method: z.literal('automatic'),
    description: Text,
    metadata: Metadata,
  }),
  adaptive_pricing: z.strictObject({ enabled: z.literal('false') }),
  customer_email: z.string().regex(/^[^\s@]+@[^\s@]+$/, 'Invalid email address'),
  expires_at: Whole,
  success_url: z.url(),
  cancel_url: z.url(),
})

/** Fails to compile for a parameter that Stripe does not have. */
export type KnownParams = Pick<Stripe.Checkout.SessionCreateParams, keyof z.infer<typeof SessionParams>>

/** Throws invalid_request_error for what Stripe would refuse. */
export const readSessionParams = (params: unknown, now: Date): NewSession => {
  const parsed = SessionParams.safeParse(params)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const code = issue?.code === 'unrecognized_keys' ? 'parameter_unknown' : 'parameter_invalid'
    throw invalidRequest(issue?.message ?? 'Invalid request', code, issue?.path.join('.'))
  }
  const { line_items, payment_intent_data, ...rest } = parsed.data
  const [first] = line_items
  const currency = first?.price_data.currency ?? ''
  const amount = line_items.reduce((total, { price_data }) => total + price_data.unit_amount, 0)
  if (line_items.some(({ price_data }) => price_data.currency !== currency))
    throw invalidRequest('All prices on a Checkout Session must use the same currency.')
  if (amount < 1) throw invalidRequest('The total amount must be positive', 'amount_too_small')
  if (amount % (STEPS[currency] ?? 1) !== 0)
    throw invalidRequest(`Invalid amount for ${currency}`, 'parameter_invalid_integer', 'unit_amount')
  const ahead = rest.expires_at - Math.floor(now.getTime() / 1000)
  if (ahead < MIN_OPEN || ahead > MAX_OPEN)
    throw invalidRequest(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
      undefined,
      'expires_at',
    )
  const { client_reference_id, metadata, customer_email, expires_at, success_url, cancel_url } = rest
  return {
    ...{ client_reference_id, metadata, customer_email, expires_at, success_url, cancel_url, currency },
    amount_total: amount,
    description: line_items.map(({ price_data }) => price_data.product_data.name).join(', '),
    intentData: { description: payment_intent_data.description, metadata: payment_intent_data.metadata },
  }
}
