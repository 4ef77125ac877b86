/** History of client operations and its check against the tables: done once, not at all, or unknown. */
import type { Answer } from '../../test/kit.ts'

/** `unknown`: the client received no response, or one that says that the outcome is uncertain. */
export type Outcome = 'ok' | 'fail' | 'unknown'

export type Operation = {
  readonly name: string
  /** Identifies its effect: an idempotency key or a cart. */
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
 * Finds contradictions between the history and the tables. `effects`: how often each key's effect is stored. Operations with the
 * same key are one intention: exactly once if any succeeded, never if all were refused, otherwise at most once.
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
      wrong.push(`${key}: outcomes ${mine.map(({ outcome }) => outcome).join(', ')}, done ${seen} times`)
  }
  for (const [key, count] of effects)
    if (!byKey.has(key)) wrong.push(`${key}: done ${count} times without an operation`)
  return wrong
}
