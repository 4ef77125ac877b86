/** The carts table: the only file that knows its attributes. An expired cart is gone, whether or not TTL has swept it. */
import type { BatchRead } from '../core/dynamo/batch-get.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { dayOf, epochSeconds } from '../core/ids.ts'
import { multiply, sum, toDecimal } from '../core/money.ts'
import type { TableNames } from '../tables/definitions.ts'
import { Cart, type CartLine, MAX_EPOCH_SECONDS } from './schema.ts'

export type CartTable = ReturnType<typeof createCartTable>

const DAY_MS = 86_400_000

export const cartChanged = () =>
  new ShopError(
    'cart_changed',
    'Your cart has changed since you looked at it. Please look again before you order.',
  )

const lineItem = (line: CartLine): Item => ({ ...line, price: toDecimal(line.price) })

const toItem = (cart: Cart): Item => ({
  user_id: cart.user_id,
  cart_id: cart.cart_id,
  items: cart.items.map(lineItem),
  total_amount: toDecimal(sum(cart.items.map(line => multiply(line.price, line.quantity)))),
  item_count: cart.items.reduce((count, line) => count + line.quantity, 0),
  version: cart.version,
  created_at: cart.created_at,
  updated_at: cart.updated_at,
  expires_at: cart.expires_at,
})

const STILL_THERE = 'version = :seen AND expires_at > :now'
const STILL_THERE_UNVERSIONED =
  'attribute_exists(cart_id) AND NOT attribute_type(version, :string) AND expires_at > :now'
/** What `current` takes for no cart: none, one that has expired, one whose expiry is no time. */
const NOT_LIVE =
  'attribute_not_exists(cart_id) OR NOT attribute_type(expires_at, :number) OR expires_at <= :now OR expires_at > :never'
/** Expired carts that TTL has not swept may lie before the live one. */
const CARTS_READ = 5

export type CartKey = Pick<Cart, 'user_id' | 'cart_id'>
export const isLive = (cart: Cart, now: Date): boolean => cart.expires_at > epochSeconds(now)

export const createCartTable = (db: Dynamo, names: TableNames) => {
  const table = names.carts

  /** The shopper's cart: the newest that has not expired, read consistently. */
  const current = async (userId: string, now: Date): Promise<Cart | undefined> => {
    const { items } = await db.query({
      table,
      where: 'user_id = :user_id',
      values: { ':user_id': userId },
      descending: true,
      limit: CARTS_READ,
      consistent: true,
    })
    return items.map(item => Cart.parse(item)).find(one => isLive(one, now))
  }

  /** Whether none of the shopper's carts is newer than this one, live or not. */
  const isNewest = async ({ user_id, cart_id }: CartKey): Promise<boolean> => {
    const { items } = await db.query({
      table,
      where: 'user_id = :user_id AND cart_id > :cart_id',
      values: { ':user_id': user_id, ':cart_id': cart_id },
      limit: 1,
      consistent: true,
    })
    return items.length === 0
  }

  /** The question for the carts that lie there, live or not. */
  const cartRead = (keys: readonly CartKey[]): BatchRead => ({
    table,
    keys: keys.map(({ user_id, cart_id }) => ({ user_id, cart_id })),
  })

  /** What `ask` is answered. */
  const parseCarts = (items: readonly Item[]): Cart[] => items.map(item => Cart.parse(item))

  const unchanged = (seen: string | undefined, now: Date) => ({
    condition: seen === undefined ? STILL_THERE_UNVERSIONED : STILL_THERE,
    values: { ':now': epochSeconds(now), ...(seen === undefined ? { ':string': 'S' } : { ':seen': seen }) },
    refused: cartChanged,
  })

  /** Writes the cart if it is still the one that was `seen` (its version). */
  const replace = (cart: Cart, seen: string | undefined, now: Date): Write => ({
    action: 'Put',
    table,
    item: toItem(cart),
    ...unchanged(seen, now),
  })

  /** Writes the first cart of somebody whose id is being made, and whom no other request can know: once, however often it is sent. */
  const beginNew = (cart: Cart): Write => ({
    action: 'Put',
    table,
    item: toItem(cart),
    condition: 'attribute_not_exists(cart_id)',
    refused: cartChanged,
  })

  /**
   * Writes a shopper's first cart, unless one is live meanwhile: today's, or one that another device made on the other
   * side of midnight.
   */
  const begin = (cart: Cart, now: Date): Write[] => {
    const notLive = {
      table,
      condition: NOT_LIVE,
      values: { ':now': epochSeconds(now), ':never': MAX_EPOCH_SECONDS, ':number': 'N' },
      refused: cartChanged,
    }
    const neighbours = [-DAY_MS, DAY_MS].map(
      (shift): Write => ({
        ...notLive,
        action: 'ConditionCheck',
        key: { user_id: cart.user_id, cart_id: cartIdOn(new Date(now.getTime() + shift)) },
      }),
    )
    return [{ ...notLive, action: 'Put', item: toItem(cart) }, ...neighbours]
  }

  /** Takes the cart away, once: it is bought, or emptied. */
  const remove = (cart: CartKey, seen: string | undefined, now: Date): Write => ({
    action: 'Delete',
    table,
    key: { user_id: cart.user_id, cart_id: cart.cart_id },
    ...unchanged(seen, now),
  })

  return { current, isNewest, cartRead, parseCarts, replace, begin, beginNew, remove }
}

/** `cart-<day of creation, UTC>`. */
export const cartIdOn = (now: Date): string => `cart-${dayOf(now)}`
