import fc from 'fast-check'
import { expect, test } from 'vitest'
import list from '../../../data/currencies.json' with { type: 'json' }
import { currency } from '../../../test/currencies.ts'
import { minorUnits } from '../../core/money.ts'
import { ProviderRefused } from '../provider.ts'
import { explainRefusal, explainUnservedCurrency, fromStripe, toStripe } from './amounts.ts'

const CODES = Object.keys(list.minor_units)
const SERVED = CODES.filter(code => explainUnservedCurrency(currency(code)) === undefined)

test.each([
  ['USD', 4299, 4299],
  ['JPY', 500, 500],
  ['ISK', 5, 500],
  ['UGX', 5, 500],
  ['HUF', 17_545, 17_545],
  ['TWD', 80_045, 80_045],
  ['KWD', 5120, 5120],
  ['MGA', 500, 5],
])('%s: %d minor units are %d at Stripe', (code, own, units) => {
  expect(toStripe(minorUnits(own), currency(code))).toBe(units)
  expect(fromStripe(units, currency(code))).toBe(own)
})

test('an amount that can be charged comes back as it was sent, in every currency that Stripe serves', () => {
  expect(SERVED.length).toBeGreaterThan(130)
  expect(new Set(SERVED.map(code => currency(code).decimals))).toEqual(new Set([0, 2, 3]))
  fc.assert(
    fc.property(
      fc.constantFrom(...SERVED).map(currency),
      fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 10 ** 12 })),
      (one, amount) => {
        if (explainRefusal(minorUnits(amount), one) !== undefined) return
        const units = toStripe(minorUnits(amount), one)
        expect(Number.isSafeInteger(units) && units > 0).toBe(true)
        expect(fromStripe(units, one)).toBe(amount)
        if (one.decimals === 3) expect(units % 10).toBe(0)
        if (one.code === 'ISK' || one.code === 'UGX') expect(units % 100).toBe(0)
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  ['USD', 49, 'Card payments start at $0.50.'],
  ['USD', 50, undefined],
  ['GBP', 29, 'Card payments start at £0.30.'],
  ['HUF', 17_499, 'Card payments start at HUF 175.00.'],
  ['JPY', 49, 'Card payments start at ¥50.'],
  ['ISK', 0, 'Card payments start at ISK 1.'],
  ['KWD', 5124, 'Card payments must be a multiple of KWD 0.010.'],
  ['KWD', 5120, undefined],
  ['MGA', 1250, 'Card payments must be a multiple of MGA 1.00.'],
  ['IQD', 5000, 'Card payments are not available in IQD.'],
  ['USD', 1_000_000_000_000, 'This total is too large for a card payment.'],
  ['USD', 999_999_999_999, undefined],
])('%s %d: %s', (code, amount, text) => {
  expect(explainRefusal(minorUnits(amount), currency(code))).toBe(text)
})

test('what cannot be sent or read is refused, never rounded', () => {
  expect(() => toStripe(minorUnits(5124), currency('KWD'))).toThrow(ProviderRefused)
  expect(() => toStripe(minorUnits(500), currency('IQD'))).toThrow(ProviderRefused)
  expect(() => fromStripe(550, currency('ISK'))).toThrow(ProviderRefused)
})

test('currencies that Stripe cannot serve are named with what to do', () => {
  expect(explainUnservedCurrency(currency('IQD'))).toContain('Stripe cannot charge IQD')
  for (const code of ['CLF', 'UYW', 'UYI', 'LYD', 'KPW'])
    expect(explainUnservedCurrency(currency(code)), code).toBeDefined()
  for (const code of ['EUR', 'JPY', 'KWD', 'HUF', 'ISK', 'MGA'])
    expect(explainUnservedCurrency(currency(code)), code).toBeUndefined()
})
