/** A write as a value: a table's file creates it, and a service sends those that belong together as one transaction. */
import type { ShopError } from '../errors.ts'
import type { DynamoError } from './wire.ts'

export type Item = Readonly<Record<string, unknown>>

type Condition = {
  readonly table: string
  readonly condition?: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Item
  /** What a failed condition means to the client. `old` is the item as it was; undefined when there was none. */
  readonly refused?: (old: Item | undefined) => ShopError
}

export type Write = Condition &
  (
    | { readonly action: 'Put'; readonly item: Item }
    | { readonly action: 'Update'; readonly key: Item; readonly set: string }
    | { readonly action: 'Delete'; readonly key: Item }
    | { readonly action: 'ConditionCheck'; readonly key: Item }
  )

export type Refusal = { readonly failed: ReadonlyMap<Write, Item | undefined> }

/** Nothing was written, because the conditions of the `failed` writes did not hold; each with the item as it was. */
export class TransactionRefused extends Error implements Refusal {
  readonly failed: ReadonlyMap<Write, Item | undefined>

  constructor(failed: ReadonlyMap<Write, Item | undefined>) {
    super(`condition failed: ${[...failed.keys()].map(write => `${write.action} ${write.table}`).join(', ')}`)
    this.name = 'TransactionRefused'
    this.failed = failed
  }
}

/**
 * The refusal in a TransactionCanceledException: the writes whose conditions failed; none when it was only a conflict or
 * throttling, which another try may get past. Undefined for another error, or a reason that another try would not change.
 */
export const refusalOf = (
  error: DynamoError,
  writes: readonly Write[],
  fromWire: (item: unknown) => Item,
): Refusal | undefined => {
  if (error.type !== 'TransactionCanceledException') return undefined
  const reasons = error.body.CancellationReasons as { Code?: string; Item?: unknown }[] | undefined
  if (!Array.isArray(reasons)) return undefined
  const failed = new Map<Write, Item | undefined>()
  for (const [i, { Code: code = 'None', Item: old }] of reasons.entries()) {
    const write = writes[i]
    if (code === 'ConditionalCheckFailed' && write)
      failed.set(write, old && Object.keys(old).length > 0 ? fromWire(old) : undefined)
    else if (code !== 'None' && !PASSING.has(code)) return undefined
  }
  return { failed }
}

const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

/** Awaits `writing`; when it is refused, throws the ShopError of the first refused write that has one. */
export const orShopError = async <T>(writing: Promise<T>): Promise<T> => {
  try {
    return await writing
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    for (const [write, old] of error.failed) if (write.refused) throw write.refused(old)
    throw error
  }
}
