/**
 * Holds on the item of a rate limit: amounts that requests hold until they are given back, or until they expire. They ride on the
 * write that counts the request, so that an amount is held exactly when the request is admitted, at no further write.
 *
 * The item has the sum as `held`, and each hold as an attribute of its own. The sum may include holds that have expired: a write
 * refused for lack of room returns the item, and is tried again without them.
 */
import { CONTROL_ROWS } from '../control/rows.ts'
import type { Item, Write } from '../dynamo/write.ts'

/** At most `max` are held at a time; `id` holds `amount` of them for `seconds`. */
export type Hold = {
  readonly id: string
  readonly amount: number
  readonly max: number
  readonly seconds: number
}

/** Where an amount is held, so that it can be given back without knowing for whom. */
export type HeldAmount = {
  readonly row: string
  readonly id: string
  readonly amount: number
  /** What the limit counts, such as 'network'. */
  readonly per: string
}

type Update = Write & { readonly action: 'Update' }
type Entry = { readonly name: string; readonly amount: number; readonly until: number }

const PREFIX = 'hold#'
const nameOf = (id: string): string => PREFIX + id

const entriesOf = (item: Item | undefined): Entry[] =>
  Object.entries(item ?? {}).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && Array.isArray(value)
      ? [{ name, amount: Number(value[0]), until: Number(value[1]) }]
      : [],
  )

const sumOf = (entries: readonly Entry[]): number => entries.reduce((sum, { amount }) => sum + amount, 0)

/** Whether the amount finds no room in this item, as a refused write met it. `now` in epoch milliseconds. */
export const isFull = ({ amount, max }: Hold, item: Item | undefined, now: number): boolean =>
  sumOf(entriesOf(item).filter(({ until }) => until * 1000 > now)) + amount > max

/** DynamoDB limits the length of an expression. The largest expired holds are removed first, further ones by the next request. */
const MAX_REMOVED = 50

/**
 * The write of a rate limit that also holds an amount. `item` is the item as a refused write met it, if one did: what has expired in
 * it is removed. The caller has checked that `amount` is at most `max`.
 */
export const withHold = (
  write: Update,
  { id, amount, max, seconds }: Hold,
  item: Item | undefined,
  now: number,
): Update => {
  const expired = entriesOf(item)
    .filter(({ until }) => until * 1000 <= now)
    .sort((a, b) => b.amount - a.amount)
    .slice(0, MAX_REMOVED)
  const freed = sumOf(expired)
  const names = expired.map((_, i) => `#expired${i}`)
  return {
    ...write,
    set: `${write.set}, held = if_not_exists(held, :unheld) + :change, #hold = :hold${
      names.length > 0 ? ` REMOVE ${names.join(', ')}` : ''
    }`,
    condition: [
      `(${write.condition})`,
      '(attribute_not_exists(held) OR held <= :room)',
      ...names.map(name => `attribute_exists(${name})`),
    ].join(' AND '),
    names: {
      ...write.names,
      '#hold': nameOf(id),
      ...Object.fromEntries(expired.map((one, i) => [`#expired${i}`, one.name])),
    },
    values: {
      ...write.values,
      ':unheld': 0,
      ':change': amount - freed,
      ':room': max - amount + freed,
      ':hold': [amount, Math.ceil(now / 1000) + seconds],
    },
  }
}

/** Gives back what is held. Fails where it is not held any more. */
export const giveBack = (table: string, { row, id, amount }: HeldAmount): Update => ({
  action: 'Update',
  table,
  key: CONTROL_ROWS.rateLimit.key(row),
  set: 'SET held = held - :amount REMOVE #hold',
  condition: 'attribute_exists(#hold)',
  names: { '#hold': nameOf(id) },
  values: { ':amount': amount },
})

/** Ids of the amounts that an item holds. `now` in epoch milliseconds. */
export const heldIds = (item: Item | undefined, now: number): string[] =>
  entriesOf(item).flatMap(({ name, until }) => (until * 1000 > now ? [name.slice(PREFIX.length)] : []))
