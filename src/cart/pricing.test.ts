import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currency } from '../../test/currencies.ts'
import { minorUnits, parseDecimal, parseRate, toDecimal, toDecimalText } from '../core/money.ts'
import { calculateAmounts } from './pricing.ts'

const rate = (text: string) => {
  const parsed = parseRate(text)
  if (!parsed) throw new Error(`no rate: ${text}`)
  return parsed
}

const rules = { tax: rate('0.08'), shipping: minorUnits(599) }

const lines = fc.array(
  fc.record({ price: fc.integer({ min: 1, max: 1_000_000 }), quantity: fc.integer({ min: 1, max: 20 }) }),
  { minLength: 1, maxLength: 50 },
)

test('the amounts of the specification’s sample are exact: 42.99 + 3.44 + 5.99 = 52.42', () => {
  expect(calculateAmounts([{ price: minorUnits(4299), quantity: 1 }], rules)).toEqual({
    subtotal: 4299,
    adjustments: [],
    tax: 344,
    shipping: 599,
    total: 5242,
  })
})

test('an empty cart costs nothing, shipping included', () => {
  expect(calculateAmounts([], rules)).toEqual({ subtotal: 0, adjustments: [], tax: 0, shipping: 0, total: 0 })
})

test('tax is calculated once, on the subtotal, and rounded half up', () => {
  const half = { tax: rate('0.5'), shipping: minorUnits(0) }
  expect(calculateAmounts([{ price: minorUnits(1), quantity: 1 }], half).tax).toBe(1)
  // Line by line it would be 3.
  expect(
    calculateAmounts(
      [1, 1, 1].map(one => ({ price: minorUnits(one), quantity: 1 })),
      half,
    ).tax,
  ).toBe(2)
  expect(calculateAmounts([{ price: minorUnits(625), quantity: 1 }], rules).tax).toBe(50)
  expect(calculateAmounts([{ price: minorUnits(606), quantity: 1 }], rules).tax).toBe(48)
  expect(calculateAmounts([{ price: minorUnits(607), quantity: 1 }], rules).tax).toBe(49)
})

test('the amounts of 20,000 carts equal those in exact integer arithmetic', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 2_500 }), fc.nat({ max: 10_000 }), (cart, tax, shipping) => {
      const subtotal = cart.reduce((sum, line) => sum + BigInt(line.price) * BigInt(line.quantity), 0n)
      const exactTax = subtotal * BigInt(tax)
      const rounded = exactTax / 10_000n + (2n * (exactTax % 10_000n) >= 10_000n ? 1n : 0n)
      const amounts = calculateAmounts(
        cart.map(line => ({ ...line, price: minorUnits(line.price) })),
        { tax: rate(`0.${String(tax).padStart(4, '0')}`), shipping: minorUnits(shipping) },
      )
      expect(amounts).toEqual({
        subtotal: Number(subtotal),
        adjustments: [],
        tax: Number(rounded),
        shipping,
        total: Number(subtotal + rounded + BigInt(shipping)),
      })
    }),
    { numRuns: 20_000 },
  )
})

test('the same sums in floating point are not exact, so amounts are cents', () => {
  let wrong = 0
  for (const cart of fc.sample(lines, 500)) {
    const floats = cart.reduce((sum, line) => sum + (line.price / 100) * line.quantity, 0)
    const whole = cart.reduce((sum, line) => sum + line.price * line.quantity, 0)
    if (floats !== whole / 100) wrong++
  }
  expect(wrong).toBeGreaterThan(50)
})

test('an amount is unchanged by JSON and by the table', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 - 1 }), whole => {
      const amount = minorUnits(whole)
      for (const code of ['USD', 'JPY', 'KWD', 'HUF', 'ISK', 'CLF']) {
        const one = currency(code)
        const decimal = toDecimal(amount, one)
        expect(parseDecimal(decimal, one), code).toBe(amount)
        expect(parseDecimal(toDecimalText(amount, one), one), code).toBe(amount)
        expect(parseDecimal(JSON.parse(JSON.stringify({ decimal })).decimal, one), code).toBe(amount)
      }
    }),
    { numRuns: 5_000 },
  )
})
