/** Items asked for by their keys, as a value: a table's file makes it, and knows what the items mean. */
import type { Key } from './dynamo.ts'

export type BatchRead = {
  readonly table: string
  readonly keys: readonly Key[]
  /** Only these, where they are given. */
  readonly attributes?: readonly string[]
}

/** Of all tables together. */
const MAX_BATCH = 100

/** What is asked of some tables, in as many calls as it takes. */
export const splitIntoBatches = (asked: readonly BatchRead[]): BatchRead[][] => {
  const batches: BatchRead[][] = []
  let room = 0
  for (const one of asked)
    for (let from = 0; from < one.keys.length; ) {
      if (room === 0) {
        batches.push([])
        room = MAX_BATCH
      }
      const keys = one.keys.slice(from, from + room)
      batches.at(-1)?.push({ ...one, keys })
      from += keys.length
      room -= keys.length
    }
  return batches
}

const projections = new WeakMap<readonly string[], object>()

/** Each attribute under a name of its own making, since some are reserved words; made once for a list that is kept. */
export const projection = (attributes: readonly string[]): object => {
  const made = projections.get(attributes) ?? {
    ProjectionExpression: attributes.map((_, i) => `#a${i}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name])),
  }
  projections.set(attributes, made)
  return made
}
