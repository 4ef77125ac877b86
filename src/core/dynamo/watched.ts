/** A wire that somebody watches: each call is told of when it is answered, with what it has consumed. */
import type { DatabaseCall } from '../log/log.ts'
import type { Wire } from './wire.ts'

export type ObservedCall = DatabaseCall & {
  /** Whether the answer says what was consumed. */
  readonly isOnItems: boolean
  readonly answer: Readonly<Record<string, unknown>>
}

/** Operations on items; the others consume none. */
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

/** `wire`, each answered call told to `watch`. Calls that fail are not told of: they are thrown. */
export const createObservedWire = (wire: Wire, watch: (call: ObservedCall) => void): Wire => ({
  ...wire,
  call: async (operation, input, options) => {
    const since = performance.now()
    const isOnItems = ON_ITEMS.test(operation)
    const asked = isOnItems ? { ...input, ReturnConsumedCapacity: 'INDEXES' } : input
    const answer = await wire.call(operation, asked, options)
    const ms = Math.round((performance.now() - since) * 10) / 10
    watch({ operation, tables: tablesOf(input), ms, isOnItems, answer })
    return answer
  },
})
