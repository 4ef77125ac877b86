/** Batch reads as values: a table's file creates them and knows what the items mean; `dynamo.ts` combines them into calls. */
import type { Key } from './dynamo.ts'

export type BatchRead = {
  readonly table: string
  readonly keys: readonly Key[]
  /** Only these attributes, where given. */
  readonly attributes?: readonly string[]
}

/** Keys in one BatchGetItem, of all tables together. */
const MAX_BATCH = 100

/** The reads in batches of at most 100 keys, each batch one call. */
export const splitIntoBatches = (reads: readonly BatchRead[]): BatchRead[][] => {
  const batches: BatchRead[][] = []
  let room = 0
  for (const one of reads)
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

/** A projection with placeholders, since some attributes are reserved words. Created once for each list. */
export const projection = (attributes: readonly string[]): object => {
  const made = projections.get(attributes) ?? {
    ProjectionExpression: attributes.map((_, i) => `#a${i}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name])),
  }
  projections.set(attributes, made)
  return made
}
