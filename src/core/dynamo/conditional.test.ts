import { expect, test } from 'vitest'
import { rejectionOf, wasApplied } from './conditional.ts'
import { TransactionRefused } from './write.ts'

const refused = new TransactionRefused(new Map())

test('a write that was carried out is applied, one whose condition failed is not', async () => {
  expect(await wasApplied(Promise.resolve())).toBe(true)
  expect(await wasApplied(Promise.reject(refused))).toBe(false)
  expect(await rejectionOf(Promise.resolve())).toBeUndefined()
  expect(await rejectionOf(Promise.reject(refused))).toBe(refused)
})

test('any other error is thrown: the write may have been carried out', async () => {
  const lost = new Error('the answer was lost')
  await expect(wasApplied(Promise.reject(lost))).rejects.toBe(lost)
  await expect(rejectionOf(Promise.reject(lost))).rejects.toBe(lost)
})
