/** Adds up what calls of the store consume, as the store says it of each. */
import type { ObservedCall } from '#src/core/dynamo/watched.ts'

/** What something has consumed: calls of the store, and DynamoDB's request units, those of indexes and transactions included. */
export type Consumed = { readonly calls: number; readonly reads: number; readonly writes: number }

type Capacity = { readonly CapacityUnits?: number }

const READING = /^(GetItem|BatchGetItem|Query|Scan|TransactGetItems)$/

const readUnits = ({ operation, answer }: ObservedCall): number => {
  const said = answer.ConsumedCapacity as Capacity | readonly Capacity[] | undefined
  if (said === undefined)
    throw new Error(`the store does not say what ${operation} consumed: it knows no ReturnConsumedCapacity`)
  const each: readonly Capacity[] = Array.isArray(said) ? said : [said]
  return each.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

/** `watch` is told of calls on items; `take()` gives what they have consumed since it was last asked. */
export const createConsumptionMeter = () => {
  let [calls, reads, writes] = [0, 0, 0]
  const watch = (call: ObservedCall): void => {
    if (!call.isOnItems) return
    const units = readUnits(call)
    calls++
    if (READING.test(call.operation)) reads += units
    else writes += units
  }
  const take = (): Consumed => {
    const consumed = { calls, reads, writes }
    calls = reads = writes = 0
    return consumed
  }
  return { watch, take }
}
