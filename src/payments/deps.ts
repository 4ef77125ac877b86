/** What payments need: those of orders, the tables of payments, and the providers. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { OrderDeps } from '../orders/deps.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { CheckoutTable } from './checkout-table.ts'
import type { HostedProvider } from './provider.ts'
import type { PaymentTable } from './table.ts'

export type PaymentDeps = OrderDeps & {
  readonly db: Dynamo
  readonly names: TableNames
  readonly publicUrl: string
  readonly checkouts: CheckoutTable
  readonly paymentTable: PaymentTable
  /** Providers with a payment page, by the method of payment. */
  readonly hosted: ReadonlyMap<string, HostedProvider>
  /** Logs an error that no caller handles. */
  readonly report: (error: unknown) => void
}

/** What changes the amounts of a payment. */
export type MoneyDeps = Pick<
  PaymentDeps,
  'db' | 'paymentTable' | 'hosted' | 'orders' | 'now' | 'log' | 'report'
>
