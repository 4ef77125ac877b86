/** What clients did and were told, and whether the shop's tables agree: done once, not at all, or nobody knows. */
import type { Answer } from '../../test/kit.ts'

/** `unknown`: the client was told that the outcome is not certain, or nothing. */
export type Result = 'ok' | 'fail' | 'unknown'

export type Operation = {
  readonly op: string
  /** What makes its effect recognizable: an idempotency key, a cart. */
  readonly key: string
  readonly invoke: number
  readonly end: number
  readonly result: Result
  readonly answer: Answer
}

export const resultOf = ({ status }: Pick<Answer, 'status'>): Result =>
  status < 300 ? 'ok' : status >= 500 ? 'unknown' : 'fail'

export type History = {
  readonly operations: readonly Operation[]
  readonly record: (op: string, key: string, act: () => Promise<Answer>) => Promise<Operation>
}

export const history = (): History => {
  const operations: Operation[] = []
  return {
    operations,
    record: async (op, key, act) => {
      const invoke = performance.now()
      const answer = await act()
      const done = { op, key, invoke, end: performance.now(), result: resultOf(answer), answer }
      operations.push(done)
      return done
    },
  }
}

/**
 * What contradicts the history, in words. `effects`: how often each key's effect lies in the tables. Several operations of
 * one key are one intention: once, if any was answered well; not at all, if all were refused; else once or not at all.
 */
export const contradictions = (
  operations: readonly Operation[],
  effects: ReadonlyMap<string, number>,
): string[] => {
  const wrong: string[] = []
  const byKey = Map.groupBy(operations, ({ key }) => key)
  for (const [key, mine] of byKey) {
    const seen = effects.get(key) ?? 0
    const isOk = mine.some(({ result }) => result === 'ok')
    const isUnknown = mine.some(({ result }) => result === 'unknown')
    if (isOk ? seen !== 1 : seen > (isUnknown ? 1 : 0))
      wrong.push(`${key}: told ${mine.map(({ result }) => result).join(', ')}, done ${seen} times`)
  }
  for (const [key, count] of effects) if (!byKey.has(key)) wrong.push(`${key}: done ${count} times by nobody`)
  return wrong
}
