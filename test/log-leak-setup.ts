/** After each file of tests: nothing that its shops said or reported holds a secret or personal data of their shoppers. */
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
