import { expect, test } from 'vitest'
import { SeenIds } from './seen-ids.ts'

test('An id is new once, however many there are', () => {
  const seen = new SeenIds()
  const ids = Array.from({ length: 20_000 }, (_, i) => `id-${i}`)
  expect(ids.every(id => seen.add(id))).toBe(true)
  expect(ids.some(id => seen.add(id))).toBe(false)
  expect(seen.add('another')).toBe(true)
})
