/** Linearizability check: can the responses of concurrent clients be put into one valid order? (Wing and Gong's search.) */
import type { Outcome } from './history.ts'

export type Timed = { readonly invoke: number; readonly end: number; readonly outcome: Outcome }

/**
 * `apply` returns the state after the operation with the outcome it had, or undefined if it is impossible in that state. For an
 * unknown outcome it returns the state if the operation happened.
 */
export type Model<O extends Timed> = {
  readonly apply: (state: number, operation: O) => number | undefined
}

/** Maximum number of operations per search, which is exponential in overlapping operations. */
export const MAX_OPERATIONS = 24

/** Whether an order leads from `start` to `end` in which no operation precedes one that had ended before it began. */
export const isLinearizable = <O extends Timed>(
  operations: readonly O[],
  { apply }: Model<O>,
  start: number,
  end: number,
): boolean => {
  if (operations.length > MAX_OPERATIONS)
    throw new RangeError(
      `${operations.length} operations exceed the maximum of ${MAX_OPERATIONS} for a search`,
    )
  const all = 2 ** operations.length - 1
  const lastMoment = ({ end, outcome }: O): number => (outcome === 'unknown' ? Number.POSITIVE_INFINITY : end)
  const seen = new Set<string>()
  const search = (done: number, state: number): boolean => {
    if (done === all) return state === end
    const name = `${done} ${state}`
    if (seen.has(name)) return false
    seen.add(name)
    const open = operations.map((one, i) => ({ one, bit: 1 << i })).filter(({ bit }) => (done & bit) === 0)
    const firstEnd = Math.min(...open.map(({ one }) => lastMoment(one)))
    return open.some(({ one, bit }) => {
      if (one.invoke > firstEnd) return false
      if (one.outcome === 'unknown' && search(done | bit, state)) return true
      const next = apply(state, one)
      return next !== undefined && search(done | bit, next)
    })
  }
  return search(0, start)
}
