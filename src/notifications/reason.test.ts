import { expect, test } from 'vitest'
import { reasonOf } from './delivery.ts'

test('the reason of a failed mail is one short line without email addresses', () => {
  const message = '550 <jane@example.com>:\n  "Jane" jane+a@example.com is unknown @ us'
  expect(reasonOf(new Error(message))).toBe('550 <<address>>: "Jane" <address> is unknown @ us')
  expect(reasonOf('x'.repeat(500)).length).toBeLessThanOrEqual(200)
})

test('a mail server cannot hold up the worker by a long message: 8 MB without a blank take linear time', () => {
  // With one expression for an address, the time of this test would be hours.
  for (const text of ['x'.repeat(8_000_000), '@'.repeat(8_000_000), ' '.repeat(8_000_000)])
    expect(reasonOf(text).length).toBeLessThanOrEqual(200)
})
