import { expect, test } from 'vitest'
import { reasonOf } from './delivery.ts'

test('the reason of a failed mail is one short line without email addresses', () => {
  const message = '550 <jane@example.com>:\n  "Jane" jane+a@example.com is unknown @ us'
  expect(reasonOf(new Error(message))).toBe('550 <<address>>: "Jane" <address> is unknown @ us')
  expect(reasonOf('x'.repeat(500)).length).toBeLessThanOrEqual(200)
})

test('a mail server can neither hold up nor end the worker by a message of 8 MB, and no part of an address is left of it', () => {
  // Where all of it was read, the stack was exhausted now and then.
  expect(reasonOf(`550 no${' '.repeat(1_990)}jane@example.com ${'x'.repeat(8_000_000)}`).trim()).toBe(
    '550 no',
  )
  for (const text of ['x'.repeat(8_000_000), '@'.repeat(8_000_000), ' '.repeat(8_000_000)])
    expect(reasonOf(text).length).toBeLessThanOrEqual(200)
})
