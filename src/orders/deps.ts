/** What checkout and orders need: the cart's dependencies, books, the orders table, and where sales are reported. */
import type { CartDeps } from '../cart/deps.ts'
import type { BookFinder } from '../catalog/find.ts'
import type { BookKey } from '../catalog/table.ts'
import type { Log } from '../core/log/log.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import type { OrderInvoicing } from './invoicing.ts'
import type { OrderPayments, PaymentMethod } from './payment.ts'
import type { OrderTable } from './table.ts'

export type OrderDeps = CartDeps &
  BookFinder & {
    readonly orders: OrderTable
    /** A new order id. Its number may be taken: then another id is drawn. */
    readonly newOrderId: (now: Date) => string
    /** Tells the index in memory that the stock of these books has changed. */
    readonly booksChanged: (books: readonly BookKey[]) => void
    readonly log: Pick<Log, 'count'>
    readonly shop: ShopProfile
    readonly payments: OrderPayments
    readonly invoicing: OrderInvoicing
    /** Methods of payment, in the order in which checkout offers them. */
    readonly methods: readonly PaymentMethod[]
    /** Whether orders can be collected in the shop. */
    readonly collection: boolean
  }
