import { expect, test } from 'vitest'
import { orderNumber, parseOrderNumber } from './number.ts'

// Computed apart: `printf %s <id> | sha256sum`, whose first 50 bits are these letters.
const NUMBERS = [
  ['order-2025-09-05-001', 'YZH0G-TMCA2'],
  ['order-2025-09-05-12wbk0v8m2d4x6q9r3t7y1z5', '7MWQ6-KQ0KX'],
  ['ä foreign id / 1', 'XAWKW-A5C28'],
] as const

test('a number is the first 50 bits of the SHA-256 of the order id, in Crockford base 32', () => {
  for (const [id, number] of NUMBERS) expect(orderNumber(id)).toBe(number)
})

test.each([
  '7K3M2-QX8VD',
  '7k3m2qx8vd',
  ' 7K3M2 – QX8VD ',
  '#7k-3m2-qx8-vd',
  '7K3M2\u00a0QX8VD',
  '７Ｋ３Ｍ２-QX8VD',
])('%j is read as 7K3M2-QX8VD', text => {
  expect(parseOrderNumber(text)).toBe('7K3M2-QX8VD')
})

test('letters that look alike are read as the digits that they stand for', () => {
  expect(parseOrderNumber('OoIiL-lABCD')).toBe('00111-1ABCD')
})

test.each([
  '',
  '7K3M2-QX8V',
  '7K3M2-QX8VDA',
  '7K3M2-QX8VU',
  'order-2025-09-05-001',
  '7K3M2/QX8VD',
  '٧K3M2-QX8VD',
])('%j is no order number', text => {
  expect(parseOrderNumber(text)).toBeUndefined()
})
