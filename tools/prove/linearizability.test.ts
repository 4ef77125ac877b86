import { expect, test } from 'vitest'
import { findContradictions, type Operation } from './history.ts'
import { isLinearizable, type Timed } from './linearizability.ts'

type Sale = Timed & { readonly change: number }
const after = (stock: number, { change, outcome }: Sale): number | undefined => {
  const next = stock + change
  if (outcome === 'fail') return next < 0 ? stock : undefined
  return next < 0 ? undefined : next
}
const sale = (change: number, invoke: number, end: number, outcome: Sale['outcome'] = 'ok'): Sale => ({
  change,
  invoke,
  end,
  outcome,
})
const fits = (sales: Sale[], start: number, end: number) =>
  isLinearizable(sales, { apply: after }, start, end)

test('concurrent sales are linearizable if any order of them is valid', () => {
  expect(fits([], 3, 3)).toBe(true)
  expect(fits([sale(-2, 0, 9), sale(-2, 0, 9, 'fail'), sale(1, 0, 9)], 2, 1)).toBe(true)
  expect(fits([sale(-2, 0, 9), sale(-2, 0, 9)], 3, 1)).toBe(false)
  expect(fits([sale(-2, 0, 9), sale(-2, 0, 9)], 4, 1)).toBe(false)
})

test('an operation that ended earlier is not ordered later: a refusal before the last copy was sold is invalid', () => {
  expect(fits([sale(-1, 0, 1, 'fail'), sale(-1, 2, 3)], 1, 0)).toBe(false)
  expect(fits([sale(-1, 0, 3, 'fail'), sale(-1, 2, 3)], 1, 0)).toBe(true)
})

test('an operation with unknown outcome may or may not have happened, and may take effect late', () => {
  const unknown = sale(-1, 0, 1, 'unknown')
  expect([fits([unknown], 1, 1), fits([unknown], 1, 0), fits([unknown], 1, -1)]).toEqual([true, true, false])
  expect(fits([unknown, sale(-1, 2, 3)], 1, 0)).toBe(true)
  expect(fits([unknown, sale(-1, 2, 3, 'fail')], 1, 0)).toBe(true)
})

test('more operations than the maximum are rejected', () => {
  expect(() =>
    fits(
      Array.from({ length: 25 }, () => sale(1, 0, 1)),
      0,
      25,
    ),
  ).toThrow(RangeError)
})

const told = (key: string, result: Operation['outcome']): Operation => ({
  name: 'buy',
  key,
  invoke: 0,
  end: 1,
  outcome: result,
  response: { status: 200, headers: new Headers(), body: {} },
})

test('effects must exist once for successes, never for refusals, at most once for unknown outcomes, and not without an operation', () => {
  const all = [
    told('a', 'ok'),
    told('b', 'fail'),
    told('c', 'unknown'),
    told('d', 'unknown'),
    told('d', 'ok'),
  ]
  const effects = (counts: Record<string, number>) => new Map(Object.entries(counts))
  expect(findContradictions(all, effects({ a: 1, d: 1 }))).toEqual([])
  expect(findContradictions(all, effects({ a: 1, c: 1, d: 1 }))).toEqual([])
  expect(findContradictions(all, effects({ a: 0, b: 1, c: 2, d: 2, e: 1 }))).toHaveLength(5)
})
