/** Short form of `npm run bench:regions`: what must hold however slow the machine is. */
import { expect, test } from 'vitest'
import { emulateFailover } from './two-regions.ts'

test('a failover and the way back lose no replicated order, and each projection has what its own replica has', {
  timeout: 120_000,
}, async () => {
  const outcome = await emulateFailover(0.3)
  expect(Object.keys(outcome.verified)).toHaveLength(7)
  expect(Object.entries(outcome.verified).filter(([, isVerified]) => !isVerified)).toEqual([])
  expect(outcome.loss.replicatedMissing).toBe(0)
  expect(outcome).toMatchObject({ missingInTheEnd: 0, differentItems: 0 })
  // What is done wrong is found.
  expect(outcome.wrong.isVerified).toBe(false)
  expect(outcome.wrong.loss.replicatedMissing).toBeGreaterThan(0)
})
