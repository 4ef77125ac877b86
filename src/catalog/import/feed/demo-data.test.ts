import { expect, test } from 'vitest'
import { USD } from '../../../../test/currencies.ts'
import { categoryFrom, demoPriceAndStock, titleCase } from './demo-data.ts'

test('A genre becomes a category in title case', () => {
  expect(['young-adult', 'fiction', 'Science Fiction', 'non_fiction'].map(titleCase)).toEqual([
    'Young Adult',
    'Fiction',
    'Science Fiction',
    'Non Fiction',
  ])
  expect(categoryFrom(['young-adult', 'fiction'])).toBe('Young Adult')
  expect(categoryFrom([])).toBeUndefined()
  expect(categoryFrom(undefined)).toBeUndefined()
})

test('Made-up prices and stock are always the same for an id, and plausible for all', () => {
  expect(demoPriceAndStock('1', USD)).toEqual(demoPriceAndStock('1', USD))
  const all = Array.from({ length: 1_000 }, (_, i) => demoPriceAndStock(String(i), USD))
  expect(all.every(({ price }) => price >= 499 && price <= 3_999)).toBe(true)
  expect(all.every(({ stock }) => Number.isInteger(stock) && stock >= 0 && stock <= 60)).toBe(true)
  expect(new Set(all.map(({ price }) => price)).size).toBeGreaterThan(50)
  expect(all.some(({ stock }) => stock === 0)).toBe(true)
})
