import { expect, test } from 'vitest'
import {
  dayOf,
  dayOfOrderId,
  epochSeconds,
  guestUserId,
  newOrderId,
  newSecret,
  newSortKey,
  newVersion,
  sortKeyAt,
} from './ids.ts'

const many = <T>(make: (i: number) => T, count = 2_000): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const DAY = Date.parse('2025-09-05T00:00:00Z')

test('order ids sort by time, contain their day, and are unique', () => {
  const instants = many(i => new Date(DAY + i * 43_211))
  const ids = instants.map(newOrderId)
  expect([...ids].sort()).toEqual(ids)
  expect(ids.map(dayOfOrderId)).toEqual(instants.map(dayOf))
  const now = new Date(DAY)
  expect(new Set(many(() => newOrderId(now))).size).toBe(2_000)
})

test('the last millisecond of a day comes before the first of the next', () => {
  const [last, first] = [newOrderId(new Date(DAY - 1)), newOrderId(new Date(DAY))]
  expect(last.startsWith('order-2025-09-04-')).toBe(true)
  expect(first.startsWith('order-2025-09-05-000000')).toBe(true)
  expect(last < first).toBe(true)
})

test('an order id has at least 64 random bits', () => {
  const tails = many(() => newOrderId(new Date(DAY)).slice('order-2025-09-05-000000'.length))
  expect(new Set(tails.map(tail => tail.length))).toEqual(new Set([16]))
  // Each letter has 5 bits: all 32 of them are met in each of the first places.
  for (let place = 0; place < 13; place++) expect(new Set(tails.map(tail => tail[place])).size).toBe(32)
})

test.each([
  '',
  'order-',
  'order-2025-09-05',
  'order-2025-09-05-',
  'order-2025-9-5-x',
  'x-order-2025-09-05-1',
  'order-2025-09-05-a b',
  `order-2025-09-05-${'x'.repeat(65)}`,
  'order-2025-09-05-1\n',
])('%j carries no day', id => {
  expect(dayOfOrderId(id)).toBeUndefined()
})

test('the order id of the specification contains its day', () => {
  expect(dayOfOrderId('order-2025-09-05-001')).toBe('2025-09-05')
})

test('sort keys sort by time, and a reader that starts at a time misses no later one', () => {
  const keys = many(i => newSortKey(new Date(DAY + i)))
  expect([...keys].sort()).toEqual(keys)
  expect(keys.filter(key => key >= sortKeyAt(new Date(DAY + 500)))).toEqual(keys.slice(500))
})

test('versions and secrets are unique and have their length', () => {
  expect(new Set(many(newVersion)).size).toBe(2_000)
  for (const version of many(newVersion, 50)) expect(version).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
  for (const secret of many(newSecret, 50)) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('a guest id is the same for the same secret, and does not reveal it', () => {
  const secret = newSecret()
  expect(guestUserId(secret)).toBe(guestUserId(secret))
  expect(guestUserId(secret)).toMatch(/^guest-[0-9a-f]{40}$/)
  expect(guestUserId(newSecret())).not.toBe(guestUserId(secret))
})

test('an expiry is in whole seconds', () => {
  expect(epochSeconds(new Date(1_725_811_200_999))).toBe(1_725_811_200)
})
