import { expect, test } from 'vitest'
import { USD } from '../../test/currencies.ts'
import { minorUnits } from '../core/money.ts'
import { toCartAmountFields, toOrderAmountFields } from './amount-fields.ts'
import { amountRows, cartAmounts } from './amounts.ts'
import { cartView } from './quote.ts'

const AMOUNTS = {
  subtotal: minorUnits(4299),
  adjustments: [
    { id: 'spring', label: 'Spring sale', amount: minorUnits(-430) },
    { id: 'gift-wrap', label: 'Gift wrap', amount: minorUnits(250) },
  ],
  tax: minorUnits(310),
  shipping: minorUnits(599),
  total: minorUnits(5028),
}

test('the rows are subtotal, adjustments, tax, shipping and total, and add up to the total', () => {
  const rows = amountRows(AMOUNTS)
  expect(rows.map(({ label, amount }) => [label, amount])).toEqual([
    ['Subtotal', 4299],
    ['Spring sale', -430],
    ['Gift wrap', 250],
    ['Tax', 310],
    ['Shipping', 599],
    ['Total', 5028],
  ])
  const parts = rows.filter(({ isTotal }) => !isTotal)
  expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(AMOUNTS.total)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
})

test('an amount that is unknown has no row, one of zero has', () => {
  const labels = (amounts: Parameters<typeof amountRows>[0]) => amountRows(amounts).map(({ label }) => label)
  expect(labels({ total: minorUnits(4299) })).toEqual(['Total'])
  expect(labels({ subtotal: minorUnits(0), tax: undefined, total: minorUnits(0) })).toEqual([
    'Subtotal',
    'Total',
  ])
})

test('fields of JSON and items are the specification’s decimals, with adjustments only where there are some', () => {
  const plain = { ...AMOUNTS, adjustments: [] }
  const decimals = { tax: 3.1, shipping: 5.99, total: 50.28 }
  expect(toOrderAmountFields(plain, USD)).toStrictEqual({ subtotal: 42.99, ...decimals })
  expect(toCartAmountFields(plain, USD)).toStrictEqual({ total_amount: 42.99, ...decimals })
  expect(toOrderAmountFields({ total: minorUnits(4299) }, USD)).toStrictEqual({ total: 42.99 })
  const adjustments = [
    { id: 'spring', label: 'Spring sale', amount: -4.3 },
    { id: 'gift-wrap', label: 'Gift wrap', amount: 2.5 },
  ]
  expect(toOrderAmountFields(AMOUNTS, USD)).toStrictEqual({ subtotal: 42.99, adjustments, ...decimals })
  expect(toCartAmountFields(AMOUNTS, USD)).toStrictEqual({ total_amount: 42.99, adjustments, ...decimals })
})

test('the JSON of a cart gives the same rows as the amounts that it was made from', () => {
  const rules = { tax: { numerator: 8n, denominator: 100n }, shipping: minorUnits(599) }
  const view = {
    ...cartView(undefined, new Map(), { rules, currency: USD }),
    ...toCartAmountFields(AMOUNTS, USD),
  }
  const decimals = amountRows(AMOUNTS).map(row => ({ ...row, amount: row.amount / 100 }))
  expect(amountRows(cartAmounts(view))).toEqual(decimals)
})
