/**
 * Change capture: a wire that writes the keys of each write to a journal, before the call and after it. A reader of the journal then
 * reads these items as they are now; no content is captured. One mark alone would not do: a reader that knows only the mark before
 * may read the item before it is written, and a mark after is never made by a process that is killed.
 */
import { ShopError } from '../errors.ts'
import { isFenceRefusal } from '../fence/write-guard.ts'
import type { Key } from './dynamo.ts'
import { ITEM_WRITES, STATEMENTS, writesItems } from './operations.ts'
import { DynamoError, type Wire } from './wire.ts'

export type CapturedKey = { readonly table: string; readonly key: Key }

/** The captured keys of all processes of a shop, as a reader of their journal gives them. */
export type CapturedKeys = {
  /** The keys of the writes since the last call, and why the keys of others are not known. */
  readonly read: () => { readonly keys: readonly CapturedKey[]; readonly unknown: readonly string[] }
  /** The keys of the writes that had begun and not ended at the last call of `read`. */
  readonly openKeys: () => readonly CapturedKey[]
}

/** The first of each key, in their order; a stream names the attributes of a key in any order. */
export const uniqueKeys = (keys: readonly CapturedKey[]): CapturedKey[] => {
  const unique = new Map<string, CapturedKey>()
  for (const one of keys) {
    const name = JSON.stringify([one.table, Object.entries(one.key).sort()])
    if (!unique.has(name)) unique.set(name, one)
  }
  return [...unique.values()]
}

/** What a call may write: items by their keys, or items that cannot be named, with the reason. */
export type CapturedWrite = {
  readonly keys: readonly CapturedKey[]
  /** Why the keys are not known, for example 'ExecuteStatement': readers must then compare whole tables. */
  readonly unknown?: string
}

/** Where writes are captured. */
export type Capture = {
  /** Whether the journal has a reader; without one nothing is captured. */
  readonly isOn: () => boolean
  /**
   * Writes the begin mark, and returns the function that writes the end mark, for when the write is certainly carried out or
   * certainly not. Without an end mark readers read the keys again for a minute. Throws when the mark cannot be written.
   */
  readonly begin: (write: CapturedWrite) => () => void
  /** The attributes of the primary key of a table; undefined for a table that is not the shop's. */
  readonly keyAttributes: (table: string) => readonly string[] | undefined
}

type WireItem = Readonly<Record<string, { readonly S?: string } | undefined>>
type OneWrite = { readonly TableName?: string; readonly Key?: WireItem; readonly Item?: WireItem }
type BatchEntry = {
  readonly PutRequest?: { readonly Item?: WireItem }
  readonly DeleteRequest?: { readonly Key?: WireItem }
}
type WriteInput = OneWrite & {
  readonly TransactItems?: readonly Readonly<Record<string, OneWrite | undefined>>[]
  readonly RequestItems?: Readonly<Record<string, readonly BatchEntry[]>>
  readonly Statement?: string
  readonly Statements?: readonly { readonly Statement?: string }[]
  readonly TransactStatements?: readonly { readonly Statement?: string }[]
}

type KeyAttributes = Capture['keyAttributes']

const keyOf = (
  keyAttributes: KeyAttributes,
  table: string,
  item: WireItem | undefined,
): CapturedKey | undefined => {
  const names = keyAttributes(table)
  if (!names || !item) return undefined
  const key: Record<string, string> = {}
  for (const name of names) {
    const value = item[name]?.S
    if (value === undefined) return undefined // DynamoDB refuses it
    key[name] = value
  }
  return { table, key }
}

type Entry = readonly [table: string | undefined, item: WireItem | undefined]

const entriesOf = (operation: string, input: WriteInput): readonly Entry[] => {
  switch (operation) {
    case 'PutItem':
      return [[input.TableName, input.Item]]
    case 'UpdateItem':
    case 'DeleteItem':
      return [[input.TableName, input.Key]]
    case 'TransactWriteItems':
      return (input.TransactItems ?? []).flatMap(({ Put, Update, Delete }) =>
        [Put, Update, Delete].map((one): Entry => [one?.TableName, one?.Item ?? one?.Key]),
      )
    case 'BatchWriteItem':
      return Object.entries(input.RequestItems ?? {}).flatMap(([table, entries]) =>
        entries.map((one): Entry => [table, one.PutRequest?.Item ?? one.DeleteRequest?.Key]),
      )
    default:
      return []
  }
}

/** Operations that write items without naming their keys. */
const WITHOUT_KEYS = new Set([
  'DeleteTable',
  'RestoreTableFromBackup',
  'RestoreTableToPointInTime',
  'ImportTable',
])

const isReadingStatement = ({ Statement = '' }: { readonly Statement?: string }): boolean =>
  /^\s*(SELECT|EXISTS)\b/i.test(Statement)

/** Whether the operation may write items. */
export const mayWrite = (operation: string): boolean => writesItems(operation) || WITHOUT_KEYS.has(operation)

/**
 * What a call with this input (of the DynamoDB API) may write to tables of the shop; undefined when nothing. Table names that are
 * ARNs are understood.
 */
export const capturedWrite = (
  operation: string,
  input: object,
  keyAttributes: KeyAttributes,
): CapturedWrite | undefined => {
  const write = input as WriteInput
  if (ITEM_WRITES.has(operation)) {
    const keys: CapturedKey[] = []
    for (const [named, item] of entriesOf(operation, write)) {
      const table = named?.startsWith('arn:') ? named.slice(named.lastIndexOf('/') + 1) : named
      const key = table === undefined ? undefined : keyOf(keyAttributes, table, item)
      if (key) keys.push(key)
    }
    return keys.length > 0 ? { keys } : undefined
  }
  if (WITHOUT_KEYS.has(operation)) return { keys: [], unknown: operation }
  if (!STATEMENTS.has(operation)) return undefined
  const statements = write.Statements ?? write.TransactStatements ?? [write]
  return statements.every(isReadingStatement) ? undefined : { keys: [], unknown: operation }
}

/** Whether it is certain that the call which failed with this error is not carried out later either. A closed fence says so. */
const isSettled = (error: unknown): boolean =>
  (error instanceof DynamoError && !error.afterLoss) || isFenceRefusal(error)

const begin = (capture: Capture, write: CapturedWrite): (() => void) => {
  try {
    return capture.begin(write)
  } catch (cause) {
    const refusal = new ShopError(
      'store_unavailable',
      'The shop cannot reach its database right now. Please try again.',
    )
    throw Object.assign(refusal, { cause })
  }
}

/**
 * `wire` with its writes captured. A write whose begin mark cannot be written (a full disk) is not sent: a change that is missing
 * in a backup or a move would be lost.
 */
export const createCapturingWire = (wire: Wire, capture: Capture): Wire => ({
  ...wire,
  call: async (operation, input, options) => {
    const write =
      ITEM_WRITES.has(operation) && capture.isOn()
        ? capturedWrite(operation, input, capture.keyAttributes)
        : undefined
    if (!write) return wire.call(operation, input, options)
    const end = begin(capture, write)
    try {
      const answer = await wire.call(operation, input, options)
      end()
      return answer
    } catch (error) {
      if (isSettled(error)) end()
      throw error
    }
  },
})
