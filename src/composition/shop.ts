/** The whole shop: the dependencies of all its parts over one database, and its HTTP application. */

import type { AccountLinks } from '../accounts/account-links.ts'
import type { AuthRecords } from '../accounts/auth/records.ts'
import type { CognitoClient } from '../accounts/cognito/oidc.ts'
import { profileRoutes } from '../accounts/profile/routes.ts'
import { accountRoutes } from '../accounts/routes.ts'
import type { UserTable } from '../accounts/table.ts'
import type { BackupState } from '../backup/schedule.ts'
import type { PriceRules } from '../cart/pricing.ts'
import type { CartReader } from '../cart/reader.ts'
import { cartRoutes } from '../cart/routes.ts'
import type { CartTable } from '../cart/table.ts'
import type { ChangeLog } from '../catalog/index/change-log.ts'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import type { SearchSwitch } from '../catalog/search-switch.ts'
import type { SearchTerms } from '../catalog/search-terms.ts'
import type { BookKey, BookTable } from '../catalog/table.ts'
import type { Blobs } from '../core/blobs.ts'
import { healthRoutes, type ProjectionHealth } from '../health/health.ts'
import type { InvoiceSettings } from '../invoices/deps.ts'
import { invoiceRoutes } from '../invoices/routes.ts'
import type { InvoiceTable } from '../invoices/table.ts'
import type { DeliveryDeps } from '../notifications/delivery.ts'
import type { OutboxTable } from '../notifications/table.ts'
import type { Transport } from '../notifications/transport.ts'
import { mountDocs } from '../openapi/routes.ts'
import type { UnpaidLimit } from '../orders/guest-limits.ts'
import type { OrderInvoicing } from '../orders/invoicing.ts'
import type { OrderLinks } from '../orders/links.ts'
import type { OrderPayments, PaymentMethod } from '../orders/payment.ts'
import { orderRoutes } from '../orders/routes.ts'
import type { OrderTable } from '../orders/table.ts'
import type { ViewLinks } from '../orders/view-links.ts'
import type { CheckoutTable } from '../payments/checkout-table.ts'
import { paymentEventRoutes } from '../payments/event-routes.ts'
import { createHostedCheckouts } from '../payments/hosted-checkouts.ts'
import type { InvoicePermissions } from '../payments/invoice-permission.ts'
import type { DaysToPay } from '../payments/order-payments.ts'
import { endCheckouts } from '../payments/personal-checkouts.ts'
import type { HostedProvider } from '../payments/provider.ts'
import { paymentRoutes } from '../payments/routes.ts'
import { paymentStaffRoutes } from '../payments/staff-routes.ts'
import type { PaymentTable } from '../payments/table.ts'
import type { EraseDeps, ErasedProjection } from '../privacy/erase.ts'
import { privacyRoutes } from '../privacy/routes.ts'
import { reportRoutes } from '../reports/routes.ts'
import { createAccountDeps } from './accounts.ts'
import { createHttpApp } from './app.ts'
import { createBackupState, createErasureList } from './backup.ts'
import { type AppContext, type BaseContext, createAppContext, createBaseContext } from './base.ts'
import { createCartDeps } from './cart.ts'
import { createCatalogDeps } from './catalog.ts'
import { createMailDeps, createMailTransport } from './mail.ts'
import { createOrderDeps } from './orders.ts'
import type { Settings } from './settings.ts'
import type { ShopSql } from './sql.ts'

/** Dependencies of all parts of the shop. A part declares in its own types which of them it uses. */
export type Deps = AppContext & {
  /** PostgreSQL beside DynamoDB; undefined without DATABASE_URL, and in processes that do not use it. */
  readonly sql: ShopSql | undefined
  /** What follows the tables into PostgreSQL; undefined where nothing does. */
  readonly projection: (ErasedProjection & ProjectionHealth) | undefined
  // Catalog
  readonly blobs: Blobs
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly liveIndex: LiveIndex
  readonly searchTerms: SearchTerms | undefined
  /** The switch between search engines; undefined where memory is the only one. */
  readonly searchSwitch: SearchSwitch | undefined
  // Cart
  readonly carts: CartTable
  readonly cartReader: CartReader
  readonly rules: PriceRules
  readonly cartTtlSeconds: number
  readonly heldCopies: (userId: string) => Promise<ReadonlyMap<string, number>>
  /** The category of a book in the index; undefined when the index has no such book. */
  readonly categoryOf: (bookId: string) => string | undefined
  // Orders
  readonly orders: OrderTable
  readonly newOrderId: (now: Date) => string
  readonly unpaidLimit: UnpaidLimit
  readonly links: OrderLinks
  readonly viewLinks: ViewLinks
  readonly booksChanged: (books: readonly BookKey[]) => void
  // Payments
  readonly payments: OrderPayments
  readonly methods: readonly PaymentMethod[]
  readonly collection: boolean
  readonly daysToPay: DaysToPay
  readonly checkouts: CheckoutTable
  readonly paymentTable: PaymentTable
  readonly hosted: ReadonlyMap<string, HostedProvider>
  readonly invoicePermissions: InvoicePermissions
  // Invoices
  readonly invoicing: OrderInvoicing
  readonly invoices: InvoiceTable
  readonly bankDetails: readonly string[]
  readonly invoiceSettings: InvoiceSettings
  // Accounts
  readonly users: UserTable
  readonly records: AuthRecords
  readonly accountLinks: AccountLinks
  readonly cognito: CognitoClient | undefined
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
  // Mail
  readonly outbox: OutboxTable
  readonly compose: DeliveryDeps['compose']
  readonly transport: Transport
  readonly deleteSentMails: (email: string, about: readonly string[]) => Promise<void>
  readonly isQuiet: () => Promise<boolean>
  // Backups
  readonly backupState: () => BackupState | undefined
  // Privacy
  readonly listErasure: (userId: string, at: Date) => Promise<void>
  readonly endCheckouts: EraseDeps['endCheckouts']
}

type Given = Pick<BaseContext, 'db' | 'log'> & {
  readonly blobs: Blobs
  readonly secret: string
  readonly now?: () => Date
  readonly sql?: ShopSql | undefined
  readonly projection?: Deps['projection']
  /** Makes the switch between search engines. */
  readonly connectSearch?: ((liveIndex: LiveIndex) => SearchSwitch) | undefined
  /** Providers with a payment page. */
  readonly providers?: readonly HostedProvider[] | undefined
  /** How mails are sent, instead of the way that the settings name. */
  readonly transport?: Transport
}

export const createDeps = (settings: Settings, given: Given): Deps => {
  const context = createAppContext(createBaseContext(settings, given), given.secret)
  const catalog = createCatalogDeps(context, given.blobs)
  const deps = {
    ...context,
    sql: given.sql,
    projection: given.projection,
    ...createCartDeps(context, bookId => catalog.liveIndex.index?.rows.get(bookId)?.category),
    ...createOrderDeps(context, given.providers),
    ...createAccountDeps(context),
    ...createMailDeps(context, given.transport ?? createMailTransport(settings)),
    ...catalog,
    searchSwitch: given.connectSearch?.(catalog.liveIndex),
    booksChanged: catalog.liveIndex.onSale,
    listErasure: createErasureList(context),
    backupState: createBackupState(context),
  }
  return { ...deps, endCheckouts: (userId, email) => endCheckouts(deps, userId, email) }
}

export const createShop = (deps: Deps, sharedSeconds?: () => number) => {
  const routes = [
    ...catalogRoutes(deps),
    ...cartRoutes(deps),
    ...orderRoutes(deps, createHostedCheckouts(deps)),
    ...paymentRoutes(deps),
    ...paymentStaffRoutes(deps),
    ...paymentEventRoutes(deps),
    ...invoiceRoutes(deps),
    ...accountRoutes(deps),
    ...profileRoutes(deps),
    ...privacyRoutes(deps),
    ...healthRoutes(deps),
    ...reportRoutes(deps),
  ]
  const app = createHttpApp(deps, routes, sharedSeconds)
  mountDocs(app.hono, deps.publicUrl, deps.shop.name)
  return app
}
