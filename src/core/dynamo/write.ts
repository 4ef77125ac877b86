/** A write as a value: a table's file makes it, whoever needs it to happen together with others puts it into one transaction. */
import type { ShopError } from '../errors.ts'
import type { DynamoError } from './wire.ts'

export type Item = Readonly<Record<string, unknown>>

type Condition = {
  readonly table: string
  readonly condition?: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Item
  /** What a failed condition means to a shopper, told from the item as it was (undefined: there was none). */
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

/** Nothing was written, because the conditions of the `failed` writes did not hold; each with the item that it met. */
export class TransactionRefused extends Error implements Refusal {
  readonly failed: ReadonlyMap<Write, Item | undefined>

  constructor(failed: ReadonlyMap<Write, Item | undefined>) {
    super(`condition failed: ${[...failed.keys()].map(write => `${write.action} ${write.table}`).join(', ')}`)
    this.name = 'TransactionRefused'
    this.failed = failed
  }
}

/**
 * What a TransactionCanceledException says: the writes whose conditions failed, none when it was only a conflict or
 * throttling (then another try is right); undefined when it is another error, or a reason that no try would change.
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

/** Runs `writing`; where it is refused, throws the ShopError of the first write that carries one. */
export const orShopError = async <T>(writing: Promise<T>): Promise<T> => {
  try {
    return await writing
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    for (const [write, old] of error.failed) if (write.refused) throw write.refused(old)
    throw error
  }
}
