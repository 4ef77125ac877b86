/** Setup of every test file: after its tests, no log or error report may contain a secret or personal data. */
import { afterAll, expect } from 'vitest'
import { findLeaks, recordLog } from './log-leaks.ts'

for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const say = console[level]
  console[level] = (...what: unknown[]) => {
    recordLog(...what)
    say(...what)
  }
}

afterAll(() => expect(findLeaks()).toEqual([]))
