/** A wire with an observer, which is called with each finished call and the capacity that it consumed. */
import type { DatabaseCall } from '../log/log.ts'
import type { Wire } from './wire.ts'

export type ObservedCall = DatabaseCall & {
  /** Whether the response reports the consumed capacity. */
  readonly isOnItems: boolean
  readonly answer: Readonly<Record<string, unknown>>
}

/** Operations on items; others consume no capacity. */
const ON_ITEMS = /Item|^Query$|^Scan$/

type Named = { readonly TableName?: string }
type Input = Named & {
  readonly RequestItems?: Readonly<Record<string, unknown>>
  readonly TransactItems?: readonly Readonly<Record<string, Named>>[]
}

const tablesOf = ({ TableName, RequestItems = {}, TransactItems = [] }: Input): string[] => {
  const written = TransactItems.flatMap(one => Object.values(one)).map(one => one.TableName)
  const named = [TableName, ...Object.keys(RequestItems), ...written]
  return [...new Set(named.filter(name => name !== undefined))]
}

/** `wire`, with `observe` called for each successful call. */
export const createObservedWire = (wire: Wire, observe: (call: ObservedCall) => void): Wire => ({
  ...wire,
  call: async (operation, input, options) => {
    const since = performance.now()
    const isOnItems = ON_ITEMS.test(operation)
    const observed = isOnItems ? { ...input, ReturnConsumedCapacity: 'INDEXES' } : input
    const answer = await wire.call(operation, observed, options)
    const ms = Math.round((performance.now() - since) * 10) / 10
    observe({ operation, tables: tablesOf(input), ms, isOnItems, answer })
    return answer
  },
})
