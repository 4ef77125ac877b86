/** Row of a cart: how much is in it, and until when. */
import { readCart } from '../cart/table.ts'
import { multiply, sum } from '../core/money.ts'
import { amount, instant, int, type MapItem } from './mapping.ts'

export const mapCart: MapItem = (item, { currency, pseudonyms }) => {
  const cart = readCart(item, currency, () => {})
  return {
    row: {
      owner: pseudonyms.person('user', cart.user_id),
      created_at: instant(cart.created_at),
      updated_at: instant(cart.updated_at),
      expires_at: instant(new Date(cart.expires_at * 1000).toISOString()),
      lines: cart.items.length,
      copies: int(cart.items.reduce((copies, { quantity }) => copies + quantity, 0)),
      total_minor: amount(sum(cart.items.map(({ price, quantity }) => multiply(price, quantity)))),
      currency: currency.code,
    },
    children: {},
  }
}
