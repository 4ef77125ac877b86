import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { readOrCreateSecret } from './secrets.ts'

test('a secret is generated once and read back afterwards', () => {
  const folder = temporaryFolder()
  const secret = readOrCreateSecret(folder, 'secret')
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(readOrCreateSecret(folder, 'secret')).toBe(secret)
  expect(readOrCreateSecret(folder, 'another')).not.toBe(secret)
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe(`${secret}\n`)
})

test('a file that is too short to be a secret is rejected, with what is lost when it is made anew', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secret'), '\n')
  expect(() => readOrCreateSecret(folder, 'secret')).toThrow(
    /at least 43 characters, but has 0: put back the file of a backup.*delete it.*everybody is signed out.*authenticator apps/,
  )
})

test('a secret that cannot be written is an error in one line, and leaves no file that is too short', () => {
  const folder = join(temporaryFolder(), 'missing')
  expect(() => readOrCreateSecret(folder, 'secret')).toThrow(/cannot write to the data folder .*missing/)
})
