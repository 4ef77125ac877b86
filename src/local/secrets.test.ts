import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { secretFile } from './secrets.ts'

test('a secret is made once and found again', () => {
  const folder = temporaryFolder()
  const made = secretFile(folder, 'secret')
  expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(secretFile(folder, 'secret')).toBe(made)
  expect(secretFile(folder, 'another')).not.toBe(made)
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe(`${made}\n`)
})

test('a file that holds too little is refused rather than trusted', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secret'), '\n')
  expect(() => secretFile(folder, 'secret')).toThrow(/delete it/)
})
