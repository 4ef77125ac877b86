/** What clients did and were told, and whether the shop's tables agree: done once, not at all, or nobody knows. */
import type { Answer } from '../../test/kit.ts'

/** `unknown`: the client was told that the outcome is not certain, or nothing. */
export type Outcome = 'ok' | 'fail' | 'unknown'

export type Operation = {
  readonly name: string
  /** What makes its effect recognizable: an idempotency key, a cart. */
  readonly key: string
  readonly invoke: number
  readonly end: number
  readonly outcome: Outcome
  readonly response: Answer
}

export const classifyResponse = ({ status }: Pick<Answer, 'status'>): Outcome =>
  status < 300 ? 'ok' : status >= 500 ? 'unknown' : 'fail'

export type History = {
  readonly operations: readonly Operation[]
  readonly record: (name: string, key: string, act: () => Promise<Answer>) => Promise<Operation>
}

export const createHistory = (): History => {
  const operations: Operation[] = []
  return {
    operations,
    record: async (name, key, act) => {
      const invoke = performance.now()
      const response = await act()
      const done = {
        name,
        key,
        invoke,
        end: performance.now(),
        outcome: classifyResponse(response),
        response,
      }
      operations.push(done)
      return done
    },
  }
}

/**
 * What contradicts the history, in words. `effects`: how often each key's effect lies in the tables. Several operations of
 * one key are one intention: once, if any was answered well; not at all, if all were refused; else once or not at all.
 */
export const findContradictions = (
  operations: readonly Operation[],
  effects: ReadonlyMap<string, number>,
): string[] => {
  const wrong: string[] = []
  const byKey = Map.groupBy(operations, ({ key }) => key)
  for (const [key, mine] of byKey) {
    const seen = effects.get(key) ?? 0
    const isOk = mine.some(({ outcome }) => outcome === 'ok')
    const isUnknown = mine.some(({ outcome }) => outcome === 'unknown')
    if (isOk ? seen !== 1 : seen > (isUnknown ? 1 : 0))
      wrong.push(`${key}: told ${mine.map(({ outcome }) => outcome).join(', ')}, done ${seen} times`)
  }
  for (const [key, count] of effects) if (!byKey.has(key)) wrong.push(`${key}: done ${count} times by nobody`)
  return wrong
}
