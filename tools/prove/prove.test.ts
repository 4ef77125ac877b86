/** The promises as every change must keep them: few rounds of each; `npm run prove` is the whole of it. */
import { afterAll, expect, test } from 'vitest'
import { createRun } from './guarantee.ts'
import { guarantees } from './guarantees.ts'

const seed = Math.floor(Math.random() * 1e6)
afterAll(() => console.log(`seed ${seed}`))

/** What is measured on a machine that runs other tests as well is no verdict. */
const MEASURED = new Set([25, 31])

test.each(guarantees.filter(({ inSuite, number }) => !inSuite && !MEASURED.has(number)))(
  '$number: $promise',
  async promised => {
    const run = createRun({ quick: true, seed, soakMinutes: 0, withSuite: false, log: () => {} }, promised)
    const { result, holds, control } = await promised.prove(run)
    expect(holds, `seed ${seed}: ${result}`).toBe(true)
    expect(control?.failed, `the naive one passes as well: ${control?.result}`).not.toBe(false)
  },
  120_000,
)

test('promises have a number each, and all of the thirty are there, with the long day', () => {
  expect(guarantees.map(({ number }) => number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1))
})
