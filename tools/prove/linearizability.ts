/** Whether what concurrent clients were told can be put into one order that makes sense (Wing and Gong's search). */
import type { Outcome } from './history.ts'

export type Timed = { readonly invoke: number; readonly end: number; readonly outcome: Outcome }

/**
 * `after` is the state once the operation has happened as it was answered, undefined where it cannot have been in that state. Of one
 * whose outcome nobody knows, it is the state if it did happen.
 */
export type Model<O extends Timed> = {
  readonly apply: (state: number, operation: O) => number | undefined
}

/** The most operations that are looked at together: the search is exponential in those that overlap. */
export const MAX_OPERATIONS = 24

/** Whether there is an order from `start` to `end` in which nothing comes before what had ended when it began. */
export const isLinearizable = <O extends Timed>(
  operations: readonly O[],
  { apply }: Model<O>,
  start: number,
  end: number,
): boolean => {
  if (operations.length > MAX_OPERATIONS)
    throw new RangeError(`${operations.length} operations are too many to search`)
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
