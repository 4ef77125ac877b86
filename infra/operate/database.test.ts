/** Tests of what a deployment says of PostgreSQL. */
import { expect, test } from 'vitest'
import { adviseOnReports } from './database.ts'

const advice = (...given: Parameters<typeof adviseOnReports>): string => adviseOnReports(...given).join('\n')

test('a deployment that brings PostgreSQL says that it is to be filled, once for each Region', () => {
  expect(advice({ reports: undefined, secondRegion: undefined }, {})).toBe('')
  const first = advice({ reports: 'hourly', secondRegion: undefined }, undefined)
  expect(first).toMatch(/pg backfill.*pg verify/)
  expect(first).not.toContain('Region')
  expect(advice({ reports: 'hourly', secondRegion: undefined }, { reports: 'hourly' })).toBe('')
  expect(advice({ reports: 'hourly', secondRegion: 'eu-west-1' }, { reports: 'hourly' })).toContain('Region')
})

test('a switch to live says what live costs', () => {
  const live = { reports: 'live', secondRegion: undefined } as const
  expect(advice(live, { reports: 'nightly' })).toMatch(/^With.*docs\/cost.md.$/)
  expect(advice(live, {})).toMatch(/pg backfill.*\n.*docs\/cost.md/)
  expect(advice(live, { reports: 'live' })).toBe('')
})
