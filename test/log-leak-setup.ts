/** After each file of tests: nothing that its shops said or reported holds a secret or personal data of their shoppers. */
import { afterAll, expect } from 'vitest'
import { leaks, noteLogged } from './log-leaks.ts'

for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const say = console[level]
  console[level] = (...what: unknown[]) => {
    noteLogged(...what)
    say(...what)
  }
}

afterAll(() => expect(leaks()).toEqual([]))
