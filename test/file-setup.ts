/**
 * Setup of every test file. After its tests, what they started is ended, no log or error report may contain a secret or
 * personal data, and no function may have called a table without a right.
 */
import { afterAll, expect, inject, vi } from 'vitest'
import { runCleanup } from './cleanup.ts'
import { recordConsole, takeLeaks } from './log-leaks.ts'
import { takeViolations } from './table-rights.ts'

recordConsole()

// The last registered runs first.
afterAll(() => {
  vi.resetConfig()
  expect(takeLeaks()).toEqual([])
  expect(takeViolations(inject('usedRights'))).toEqual([])
})
afterAll(runCleanup)
