/** Verdicts and exit codes of a run. */
import { expect, test } from 'vitest'
import { watchOtherWork } from './other-work.ts'
import { getExitCode, getVerdict, type Outcome } from './report.ts'

const outcome: Outcome = {
  number: 1,
  title: 'A guarantee',
  criterion: 'it holds',
  method: 'asked',
  result: 'answered',
  holds: true,
  seconds: 1,
}
const missed = { ...outcome, holds: false }
const undecided = { ...outcome, undecided: 'other programs used 40 % of the processors' }
const unproven = { ...outcome, control: { result: 'passes', failed: false } }

test('a guarantee that could not be judged is neither kept nor missed', () => {
  expect(getVerdict(undecided)).toBe('UNDECIDED: other programs used 40 % of the processors')
  expect(getVerdict({ ...undecided, holds: false })).toBe('NOT KEPT')
})

test.each([
  ['all hold', [outcome], 0],
  ['one is undecided', [outcome, undecided], 3],
  ['one is missed', [outcome, undecided, missed], 1],
  ['the naive implementation passes', [outcome, unproven], 1],
  ['the naive implementation passes on a busy machine', [{ ...undecided, ...unproven }], 1],
])('the exit code where %s', (_, outcomes, code) => {
  expect(getExitCode(outcomes)).toBe(code)
})

test('the work of this process is not that of other programs', () => {
  const findOtherWork = watchOtherWork(0.98)
  for (const until = performance.now() + 200; performance.now() < until; ) Math.sqrt(2)
  expect(findOtherWork()).toBeUndefined()
})
