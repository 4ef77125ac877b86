import { expect, test } from 'vitest'
import { createCursorSeal } from './cursor.ts'

const { seal, open } = createCursorSeal('a secret that is long enough for a test')
const refused = expect.objectContaining({ code: 'bad_cursor' })

test('a cursor is accepted for its scope, and for no other', () => {
  for (const content of [
    { user_id: 'a', order_id: 'b' },
    { after: 'ä€😀', offset: 3 },
    [],
    null,
    'x'.repeat(600),
  ])
    expect(open('mine', seal('mine', content))).toEqual(content)
  const cursor = seal('orders of guest-1', { order_id: 'x' })
  for (const scope of ['orders of guest-2', 'orders of guest-', '', 'orders of guest-1 ', 'books []'])
    expect(() => open(scope, cursor)).toThrow(refused)
})

test('another secret encrypts differently, and does not accept the cursor', () => {
  expect(() => createCursorSeal('another secret of the same length here').open('s', seal('s', 1))).toThrow(
    refused,
  )
})

test('the same page has the same cursor for everyone; another scope or content another nonce', () => {
  expect(seal('s', { a: 1 })).toBe(seal('s', { a: 1 }))
  const nonceOf = (cursor: string) => cursor.slice(0, 16)
  const nonces = [seal('s', { a: 1 }), seal('s', { a: 2 }), seal('t', { a: 1 })].map(nonceOf)
  expect(new Set(nonces).size).toBe(3)
})

test('2,000 modified cursors are all refused', () => {
  const cursor = seal('s', { user_id: 'guest-1', order_id: 'order-2025-09-05-1', order_date: '2025-09-05' })
  const bytes = Buffer.from(cursor, 'base64url')
  let bent = 0
  for (let i = 0; i < bytes.length; i++)
    for (let bit = 0; bit < 8; bit++) {
      const copy = Buffer.from(bytes)
      copy[i] = (bytes[i] ?? 0) ^ (1 << bit)
      expect(() => open('s', copy.toString('base64url'))).toThrow(refused)
      bent++
    }
  for (let i = 0; i < cursor.length; i++) {
    expect(() => open('s', cursor.slice(0, i))).toThrow(refused)
    expect(() => open('s', cursor.slice(i + 1))).toThrow(refused)
    for (const letter of ['A', '+', '/', '=', ' ', '\n', 'é', '\u0000', '-', '_', '9']) {
      const other = cursor.slice(0, i) + letter + cursor.slice(i + 1)
      if (other !== cursor) expect(() => open('s', other), other).toThrow(refused)
      const longer = cursor.slice(0, i) + letter + cursor.slice(i)
      expect(() => open('s', longer), longer).toThrow(refused)
      bent += 2
    }
  }
  expect(bent).toBeGreaterThan(2_000)
})
