import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyRate,
  cents,
  multiply,
  parseDecimal,
  parseRate,
  sum,
  toDecimal,
  toDecimalString,
} from './money.ts'

test.each([
  ['42.99', 4299],
  [42.99, 4299],
  ['43', 4300],
  [0, 0],
  ['0.01', 1],
  ['0.1', 10],
  ['42.990', 4299],
  ['-1.50', -150],
  ['-0', 0],
  [-0, 0],
  ['999999999999.99', 99_999_999_999_999],
])('%s is %i cents', (text, whole) => {
  expect(parseDecimal(text)).toBe(whole)
})

test.each([
  '',
  ' ',
  '.',
  '1.',
  '.5',
  '1.999',
  '1e2',
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
  expect(parseDecimal(text)).toBeUndefined()
})

test('a number and its decimal text are the same amount', () => {
  const amounts = fc.integer({ min: -(10 ** 14), max: 10 ** 14 }).map(whole => whole / 100)
  fc.assert(
    fc.property(fc.oneof(amounts, fc.double()), value => {
      expect(parseDecimal(value)).toBe(parseDecimal(String(value)))
    }),
    { numRuns: 20_000 },
  )
})

test('cents are safe integers', () => {
  for (const wrong of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
    expect(() => cents(wrong)).toThrow(RangeError)
  expect(() => multiply(cents(2 ** 52), 4)).toThrow(RangeError)
  expect(() => sum([cents(2 ** 52), cents(2 ** 52), cents(2 ** 52)])).toThrow(RangeError)
  expect(sum([])).toBe(0)
})

test('amounts are written in the form of the specification', () => {
  expect([4299, 4300, 10, 1, 0].map(whole => toDecimal(cents(whole)))).toEqual([42.99, 43, 0.1, 0.01, 0])
  expect([4299, 4300, 10].map(whole => toDecimalString(cents(whole)))).toEqual(['42.99', '43', '0.1'])
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
  [0, '0.25', 0],
  [333, '0.333333333', 111],
])('of %i cents, a share of %s is %i: half up', (amount, rate, expected) => {
  const parsed = parseRate(rate)
  if (!parsed) throw new Error('no rate')
  expect(applyRate(cents(amount), parsed)).toBe(expected)
})
