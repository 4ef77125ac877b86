/** The promises as every change must keep them: few rounds of each; `npm run prove` is the whole of it. */
import { afterAll, expect, test } from 'vitest'
import { runOf } from './guarantee.ts'
import { promises } from './guarantees.ts'

const seed = Math.floor(Math.random() * 1e6)
afterAll(() => console.log(`seed ${seed}`))

/** What is measured on a machine that runs other tests as well is no verdict. */
const MEASURED = new Set([25, 31])

test.each(promises.filter(({ inSuite, number }) => !inSuite && !MEASURED.has(number)))(
  '$number: $promise',
  async promised => {
    const run = runOf({ quick: true, seed, soakMinutes: 0, withSuite: false, say: () => {} }, promised)
    const { found, holds, control } = await promised.prove(run)
    expect(holds, `seed ${seed}: ${found}`).toBe(true)
    expect(control?.failed, `the naive one passes as well: ${control?.found}`).not.toBe(false)
  },
  120_000,
)

test('promises have a number each, and all of the thirty are there, with the long day', () => {
  expect(promises.map(({ number }) => number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1))
})
