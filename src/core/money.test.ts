import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currency, USD } from '../../test/currencies.ts'
import {
  applyRate,
  examplePrice,
  fromDecimal,
  isWhole,
  type MinorUnits,
  minorUnits,
  multiply,
  parseDecimal,
  parseRate,
  sum,
  toDecimal,
  toDecimalText,
} from './money.ts'

const CURRENCIES = ['JPY', 'ISK', 'USD', 'HUF', 'KWD', 'CLF'].map(currency)

test.each([
  ['42.99', 'USD', 4299],
  [42.99, 'USD', 4299],
  ['43', 'USD', 4300],
  [0, 'USD', 0],
  ['0.01', 'USD', 1],
  ['0.1', 'USD', 10],
  ['42.990', 'USD', 4299],
  ['-1.50', 'USD', -150],
  ['-0', 'USD', 0],
  [-0, 'USD', 0],
  ['999999999999.99', 'USD', 99_999_999_999_999],
  ['1857', 'JPY', 1857],
  ['1857.00', 'JPY', 1857],
  ['1857', 'ISK', 1857],
  ['1857.50', 'HUF', 185_750],
  ['1.5', 'KWD', 1500],
  [1.234, 'KWD', 1234],
])('%s in %s is %i minor units', (text, code, whole) => {
  expect(parseDecimal(text, currency(code))).toBe(whole)
})

test.each([
  '',
  ' ',
  '.',
  '1.',
  '.5',
  '1.999',
  '1e2',
  '1e3',
  '0x10',
  '1,5',
  '+1',
  '--1',
  '1 ',
  'NaN',
  'Infinity',
  '1'.repeat(13),
  '１',
  0.1 + 0.2,
  1e21,
  1e-7,
  Number.NaN,
  Number.POSITIVE_INFINITY,
])('%s is not an amount', text => {
  expect(parseDecimal(text, USD)).toBeUndefined()
})

test.each([
  ['1857.4', 'JPY'],
  ['0.1', 'ISK'],
  ['1.001', 'HUF'],
  ['1.0001', 'KWD'],
])('%s has more decimals than %s', (text, code) => {
  expect(parseDecimal(text, currency(code))).toBeUndefined()
})

test('a number and its decimal text are the same amount', () => {
  const amounts = fc.integer({ min: -(10 ** 14), max: 10 ** 14 }).map(whole => whole / 100)
  fc.assert(
    fc.property(fc.oneof(amounts, fc.double()), fc.constantFrom(...CURRENCIES), (value, one) => {
      expect(parseDecimal(value, one)).toBe(parseDecimal(String(value), one))
    }),
    { numRuns: 20_000 },
  )
})

test('whatever decimal is stored is written again as it was, and whole where the currency has its decimals', () => {
  const stored = fc
    .tuple(fc.integer({ min: 0, max: 10 ** 10 }), fc.integer({ min: 0, max: 9 }))
    .map(([digits, places]) => digits / 10 ** places)
  fc.assert(
    fc.property(stored, fc.constantFrom(...CURRENCIES), (decimal, one) => {
      const amount = fromDecimal(decimal, one)
      expect(toDecimal(amount, one)).toBe(decimal)
      expect(isWhole(amount)).toBe(parseDecimal(decimal, one) !== undefined)
    }),
    { numRuns: 20_000 },
  )
})

test('amounts of the shop are whole and safe integers', () => {
  for (const wrong of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
    expect(() => minorUnits(wrong)).toThrow(RangeError)
  expect(() => multiply(minorUnits(2 ** 52), 4)).toThrow(RangeError)
  expect(() => sum([minorUnits(2 ** 52), minorUnits(2 ** 52), minorUnits(2 ** 52)])).toThrow(RangeError)
  expect(sum([])).toBe(0)
})

test('amounts are written in the form of the specification', () => {
  expect([4299, 4300, 10, 1, 0].map(whole => toDecimal(minorUnits(whole), USD))).toEqual([
    42.99, 43, 0.1, 0.01, 0,
  ])
  const texts = CURRENCIES.map(one => toDecimalText(minorUnits(12_340), one))
  expect(texts).toEqual(['12340', '12340', '123.40', '123.40', '12.340', '1.2340'])
  expect(toDecimalText(fromDecimal(42.995, USD), USD)).toBe('42.995')
  expect(CURRENCIES.map(examplePrice)).toEqual(['1250', '1250', '12.50', '12.50', '12.500', '12.5000'])
})

test('several pieces of a price with a fraction are rounded half up to whole minor units', () => {
  const twelveAndAHalfYen = fromDecimal(12.5, currency('JPY'))
  expect([1, 2, 3].map(quantity => multiply(twelveAndAHalfYen, quantity))).toEqual([13, 25, 38])
  // 100 times 1.005 is 100.49999999999999 in floating point.
  expect(multiply(1.005 as MinorUnits, 100)).toBe(101)
})

test('a rate is a fraction from 0 up to 1, of integers', () => {
  expect(parseRate('0.08')).toEqual({ numerator: 8n, denominator: 100n })
  expect(parseRate('0')).toEqual({ numerator: 0n, denominator: 1n })
  for (const wrong of ['1', '8%', '.08', '-0.1', '0.', '0,08', '', '0.1234567891'])
    expect(parseRate(wrong), wrong).toBeUndefined()
})

test.each([
  [50, '0.01', 1],
  [49, '0.01', 0],
  [51, '0.01', 1],
  [150, '0.01', 2],
  [4299, '0.08', 344],
  [1234, '0.10', 123],
  [1235, '0.10', 124],
  [0, '0.25', 0],
  [333, '0.333333333', 111],
])('of %i minor units, a share of %s is %i: half up', (amount, rate, expected) => {
  const parsed = parseRate(rate)
  if (!parsed) throw new Error('no rate')
  expect(applyRate(minorUnits(amount), parsed)).toBe(expected)
})
