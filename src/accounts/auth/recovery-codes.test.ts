import { expect, test } from 'vitest'
import { newRecoveryCodes, readRecoveryCode } from './recovery-codes.ts'

test('codes have no letters that look alike, and none occurs twice', () => {
  const codes = Array.from({ length: 100 }, newRecoveryCodes).flat()
  expect(codes).toHaveLength(1_000)
  expect(new Set(codes).size).toBe(1_000)
  for (const code of codes) expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}$/)
})

test('a code is read in any case, with or without hyphens and blanks', () => {
  const code = 'K7M2-QX8V-D4TN'
  for (const typed of [
    code,
    'k7m2-qx8v-d4tn',
    'k7m2qx8vd4tn',
    ' K7M2 QX8V D4TN ',
    'K7M2–QX8V–D4TN',
    'Ｋ7M2QX8VD4TN',
  ])
    expect([typed, readRecoveryCode(typed)]).toEqual([typed, code])
})

test('codes from before keep their case', () => {
  for (const typed of ['aB3xY-9Zk0P', 'aB3xY9Zk0P', 'aB3xY 9Zk0P'])
    expect([typed, readRecoveryCode(typed)]).toEqual([typed, 'aB3xY-9Zk0P'])
})

test('other text stays as it is', () => {
  for (const typed of ['', 'abc', '123456', 'x'.repeat(40)]) expect(readRecoveryCode(typed)).toBe(typed)
})
