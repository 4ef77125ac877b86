/** Carts table: the only file that knows its attributes. An expired cart does not exist, whether or not TTL has deleted it. */

import type { Currency } from '../core/currency.ts'
import type { BatchRead } from '../core/dynamo/batch-get.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { dayOf, epochSeconds } from '../core/ids.ts'
import { fromDecimal, multiply, sum, toDecimal } from '../core/money.ts'
import { anonymousId, firstProblem } from '../core/unreadable-rows.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import { type Cart, MAX_EPOCH_SECONDS, StoredCart, StoredCartLine } from './schema.ts'

const DAY_MS = 86_400_000

export const cartChanged = () =>
  new ShopError(
    'cart_changed',
    'Your cart has changed in the meantime. Please review it before you place your order.',
  )

const toItem = (cart: Cart, currency: Currency): Item => ({
  user_id: cart.user_id,
  cart_id: cart.cart_id,
  items: cart.items.map(line => ({ ...line, price: toDecimal(line.price, currency) })),
  total_amount: toDecimal(sum(cart.items.map(line => multiply(line.price, line.quantity))), currency),
  item_count: cart.items.reduce((count, line) => count + line.quantity, 0),
  version: cart.version,
  created_at: cart.created_at,
  updated_at: cart.updated_at,
  expires_at: cart.expires_at,
})

const IS_LIVE_VERSION = 'version = :version AND expires_at > :now'
const IS_LIVE_UNVERSIONED =
  'attribute_exists(cart_id) AND NOT attribute_type(version, :string) AND expires_at > :now'
/** No cart, as `current` sees it: none, an expired one, or one with a malformed expiry. */
const IS_NOT_LIVE =
  'attribute_not_exists(cart_id) OR NOT attribute_type(expires_at, :number) OR expires_at <= :now OR expires_at > :never'
/** Expired carts that TTL has not deleted yet may be newer than the live one. */
const CARTS_READ = 5

export type CartKey = Pick<Cart, 'user_id' | 'cart_id'>
export const isLive = (cart: Cart, now: Date): boolean => cart.expires_at > epochSeconds(now)

export interface CartTable {
  /** The shopper's newest live cart, by a consistent read. */
  current(userId: string, now: Date): Promise<Cart | undefined>
  /** Whether the shopper has no newer cart than this one, live or not. */
  isNewest(key: CartKey): Promise<boolean>
  /** Batch read of these carts, live or not, for a call that reads other tables too. */
  cartRead(keys: readonly CartKey[]): BatchRead
  /** The carts among the items of a `cartRead`. */
  parseCarts(items: readonly Item[]): Cart[]
  /** Replaces the live cart. Fails where its version is no longer `version` (optimistic locking). */
  replace(cart: Cart, version: string | undefined, now: Date): Write
  /** Writes a shopper's first cart. Fails where one is live: today's, or one created on the other side of midnight. */
  begin(cart: Cart, now: Date): Write[]
  /** Writes the first cart of a new shopper, whose id no other request can know. */
  beginNew(cart: Cart): Write
  /** Deletes the live cart. Fails where its version is no longer `version`, so that it can be bought only once. */
  remove(key: CartKey, version: string | undefined, now: Date): Write
  /** Fails where the live cart has another version. */
  assertVersion(key: CartKey, version: string | undefined, now: Date): Write
}

/** An item as a cart, without lines that cannot be read. `report` gets what is wrong with it. */
export const readCart = (item: Item, currency: Currency, report: (problem: string) => void): Cart => {
  const { items, ...cart } = StoredCart.parse(item)
  if (item.expires_at !== cart.expires_at) report('expires_at: must be a time in seconds')
  const lines = items.flatMap(item => {
    const line = StoredCartLine.safeParse(item)
    if (!line.success) report(firstProblem(line.error))
    return line.success ? [{ ...line.data, price: fromDecimal(line.data.price, currency) }] : []
  })
  return { ...cart, items: lines }
}

export const createCartTable = ({ db, names, currency, unreadable }: TableDeps): CartTable => {
  const table = names.carts

  const parseCart = (item: Item): Cart => {
    const row = { kind: 'cart', id: anonymousId(`${item.user_id} ${item.cart_id}`) }
    return readCart(item, currency, problem => unreadable.report(row, problem))
  }

  const isUnchanged = (version: string | undefined, now: Date) => ({
    condition: version === undefined ? IS_LIVE_UNVERSIONED : IS_LIVE_VERSION,
    values: {
      ':now': epochSeconds(now),
      ...(version === undefined ? { ':string': 'S' } : { ':version': version }),
    },
    refused: cartChanged,
  })

  const begin: CartTable['begin'] = (cart, now) => {
    const notLive = {
      table,
      condition: IS_NOT_LIVE,
      values: { ':now': epochSeconds(now), ':never': MAX_EPOCH_SECONDS, ':number': 'N' },
      refused: cartChanged,
    }
    const neighbors = [-DAY_MS, DAY_MS].map(
      (shift): Write => ({
        ...notLive,
        action: 'ConditionCheck',
        key: { user_id: cart.user_id, cart_id: cartIdOn(new Date(now.getTime() + shift)) },
      }),
    )
    return [{ ...notLive, action: 'Put', item: toItem(cart, currency) }, ...neighbors]
  }

  return {
    current: async (userId, now) => {
      const { items } = await db.query({
        table,
        where: 'user_id = :user_id',
        values: { ':user_id': userId },
        descending: true,
        limit: CARTS_READ,
        consistent: true,
      })
      return items.map(parseCart).find(cart => isLive(cart, now))
    },
    isNewest: async ({ user_id, cart_id }) => {
      const { items } = await db.query({
        table,
        where: 'user_id = :user_id AND cart_id > :cart_id',
        values: { ':user_id': user_id, ':cart_id': cart_id },
        limit: 1,
        consistent: true,
      })
      return items.length === 0
    },
    cartRead: keys => ({ table, keys: keys.map(({ user_id, cart_id }) => ({ user_id, cart_id })) }),
    parseCarts: items => items.map(parseCart),
    replace: (cart, version, now) => ({
      action: 'Put',
      table,
      item: toItem(cart, currency),
      ...isUnchanged(version, now),
    }),
    begin,
    beginNew: cart => ({
      action: 'Put',
      table,
      item: toItem(cart, currency),
      condition: 'attribute_not_exists(cart_id)',
      refused: cartChanged,
    }),
    assertVersion: ({ user_id, cart_id }, version, now) => ({
      action: 'ConditionCheck',
      table,
      key: { user_id, cart_id },
      ...isUnchanged(version, now),
    }),
    remove: ({ user_id, cart_id }, version, now) => ({
      action: 'Delete',
      table,
      key: { user_id, cart_id },
      ...isUnchanged(version, now),
    }),
  }
}

/** `cart-<day of creation, UTC>`. */
export const cartIdOn = (now: Date): string => `cart-${dayOf(now)}`
