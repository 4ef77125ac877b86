/** Cards of the test page: Stripe's test numbers with what they do, and the checks of what was typed. */

export type CardOutcome = 'paid' | 'paid_then_disputed' | 'authenticate' | 'declined' | 'insufficient_funds'

/** The numbers, with the words that the page lists them by. */
export const TEST_CARDS: readonly {
  readonly number: string
  readonly outcome: CardOutcome
  readonly does: string
}[] = [
  { number: '4242424242424242', outcome: 'paid', does: 'pays' },
  { number: '4000002500003155', outcome: 'authenticate', does: 'asks for 3-D Secure' },
  { number: '4000000000000002', outcome: 'declined', does: 'is declined' },
  { number: '4000000000009995', outcome: 'insufficient_funds', does: 'has insufficient funds' },
  { number: '4000000000000259', outcome: 'paid_then_disputed', does: 'pays, and is disputed' },
]

export type CardFields = { readonly number: string; readonly expiry: string; readonly cvc: string }
export type CardErrors = { readonly [K in keyof CardFields]?: string }

/** Whether the last digit is the right one (Luhn's algorithm). */
const hasCheckDigit = (digits: string): boolean => {
  let sum = 0
  for (const [index, digit] of [...digits].reverse().entries()) {
    const weighted = Number(digit) * (index % 2 === 0 ? 1 : 2)
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

const numberError = (digits: string): string | undefined => {
  if (digits === '') return 'Enter your card number.'
  if (!/^\d+$/.test(digits)) return 'Your card number must have digits only.'
  if (digits.length < 13) return 'Your card number is incomplete.'
  if (digits.length > 19 || !hasCheckDigit(digits)) return 'Your card number is invalid.'
  return TEST_CARDS.some(({ number }) => number === digits)
    ? undefined
    : 'Only test cards work here: use one of the numbers below.'
}

const expiryError = (expiry: string, now: Date): string | undefined => {
  const [, month = '', year = ''] = /^(\d{1,2})\s*\/?\s*(?:20)?(\d{2})$/.exec(expiry) ?? []
  if (month === '') return 'Enter the expiration date as MM / YY.'
  if (Number(month) < 1 || Number(month) > 12) return 'The expiration month must be from 01 to 12.'
  const end = Date.UTC(2000 + Number(year), Number(month), 1)
  return end <= now.getTime() ? 'Your card has expired.' : undefined
}

/** What a card does, or what is wrong with what was typed. */
export const readCard = (fields: CardFields, now: Date): CardOutcome | { readonly errors: CardErrors } => {
  const digits = fields.number.replaceAll(/[\s-]/g, '')
  const number = numberError(digits)
  const expiry = expiryError(fields.expiry.trim(), now)
  const cvc = /^\d{3,4}$/.test(fields.cvc.trim()) ? undefined : 'The security code must have 3 or 4 digits.'
  const card = TEST_CARDS.find(one => one.number === digits)
  if (card && expiry === undefined && cvc === undefined) return card.outcome
  return { errors: { ...(number && { number }), ...(expiry && { expiry }), ...(cvc && { cvc }) } }
}
