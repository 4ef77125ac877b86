/** The table of currencies, compared with what is known of it. */
import { expect, test } from 'vitest'
import list from '../../data/currencies.json' with { type: 'json' }
import { currency } from '../../test/currencies.ts'
import { decimalsOf, findCurrency, storedCurrency } from './currency.ts'
import { formatMoney } from './format-money.ts'

test('the table has a date, and the minor units of every currency of ISO 4217 that has some', () => {
  expect(list.published).toMatch(/^20\d\d-\d\d-\d\d$/)
  const codes = Object.keys(list.minor_units)
  expect(codes.every(code => /^[A-Z]{3}$/.test(code))).toBe(true)
  expect(codes).toEqual([...new Set(codes)].sort())
  expect(codes.length).toBeGreaterThan(160)
  const withDecimals = (decimals: number) =>
    codes.filter(code => currency(code).decimals === decimals).join(' ')
  expect(withDecimals(0)).toBe('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF')
  expect(withDecimals(3)).toBe('BHD IQD JOD KWD LYD OMR TND')
  expect(withDecimals(4)).toBe('CLF UYW')
})

test('codes that are no currency to sell in are unknown, and stored ones have two decimals', () => {
  for (const code of ['XAU', 'XXX', 'XTS', 'usd', 'US', 'DEM', 'constructor', ''])
    expect(findCurrency(code), code).toBeUndefined()
  expect(storedCurrency('DEM')).toEqual({ code: 'DEM', decimals: 2 })
  expect(['JPY', 'HUF', 'KWD'].map(code => decimalsOf(currency(code)))).toEqual([
    'no decimals',
    'at most 2 decimals',
    'at most 3 decimals',
  ])
})

test.each([
  [42.99, 'USD', '$42.99'],
  [43, 'USD', '$43.00'],
  [42.995, 'USD', '$42.995'],
  [1857, 'JPY', '¥1,857'],
  [1857.4, 'JPY', '¥1,857.4'],
  [1.5, 'KWD', 'KWD\u00a01.500'],
  [5242, 'HUF', 'HUF\u00a05,242.00'],
  [5242, 'ISK', 'ISK\u00a05,242'],
  [12, 'DEM', 'DEM\u00a012.00'],
  [12, 'a coin', '12.00 a coin'],
])('%d %s is shown as %s', (amount, code, text) => {
  expect(formatMoney(amount, code, 'en-US')).toBe(text)
})
