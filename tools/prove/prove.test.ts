/** Quick run of the guarantees, part of `npm test`; `npm run prove` runs them in full. */
import { afterAll, expect, test } from 'vitest'
import { createRun } from './guarantee.ts'
import { guarantees } from './guarantees.ts'

const seed = Math.floor(Math.random() * 1e6)
afterAll(() => console.log(`seed ${seed}`))

/** Guarantees that depend on timing, which is meaningless while other tests run. */
const MEASURED = [25, 31, 33]
/** Guarantees whose processes are killed many times, which the tests of src/projection, src/move and src/payments do once. */
const SLOW = [37, 38, 41]

test.each(guarantees.filter(({ inSuite, number }) => !inSuite && ![...MEASURED, ...SLOW].includes(number)))(
  '$number: $title',
  async guarantee => {
    const run = createRun({ quick: true, seed, soakMinutes: 0, withSuite: false, log: () => {} }, guarantee)
    const { result, holds, control } = await guarantee.prove(run)
    expect(holds, `seed ${seed}: ${result}`).toBe(true)
    expect(control?.failed, `the naive one passes as well: ${control?.result}`).not.toBe(false)
  },
  120_000,
)

test('the guarantees are numbered from 1 to 44 without gaps', () => {
  expect(guarantees.map(({ number }) => number)).toEqual(Array.from({ length: 44 }, (_, i) => i + 1))
})
