/**
 * Texts of the storefront. Pages of accounts and of staff have files of their own, which other pages do not
 * load.
 */
import { cart, checkout, order } from './orders.ts'
import { paying, payment } from './payment.ts'
import { book, error, home, list, shop } from './shop.ts'

export const t = { shop, home, list, book, cart, checkout, order, payment, paying, error }
