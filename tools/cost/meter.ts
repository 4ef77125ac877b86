/** Meter that adds up the capacity that DynamoDB reports for each call. */
import type { ObservedCall } from '#src/core/dynamo/observed-wire.ts'

/** Consumption: number of calls, and DynamoDB's request units including those of indexes and transactions. */
export type Consumed = { readonly calls: number; readonly reads: number; readonly writes: number }

type Capacity = { readonly CapacityUnits?: number }

const READING = /^(GetItem|BatchGetItem|Query|Scan|TransactGetItems)$/

const readUnits = ({ operation, answer }: ObservedCall): number => {
  const said = answer.ConsumedCapacity as Capacity | readonly Capacity[] | undefined
  if (said === undefined)
    throw new Error(
      `the store did not report the capacity consumed by ${operation}; it must support ReturnConsumedCapacity`,
    )
  const each: readonly Capacity[] = Array.isArray(said) ? said : [said]
  return each.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

/** Creates a meter: `watch` records calls on items; `take()` returns what was consumed since it was last called. */
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
