/** What invoices need: orders and payments as they are stored, the shop's profile, and their settings. */
import type { PriceRules } from '../cart/pricing.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import type { OrderTable } from '../orders/table.ts'
import type { PaymentTable } from '../payments/table.ts'
import type { InvoiceTable } from './table.ts'

export type InvoiceSettings = {
  /** When an order gets its invoice: when it ships, or when it is placed. */
  readonly at: 'ship' | 'order'
  /** Before each number; may be empty. */
  readonly prefix: string
  /** How long an invoice is kept after the year in which it was issued. */
  readonly years: number
}

export type InvoiceDeps = {
  readonly db: Dynamo
  readonly orders: Pick<OrderTable, 'get' | 'assertStatus'>
  readonly paymentTable: Pick<PaymentTable, 'records'>
  readonly invoices: InvoiceTable
  readonly shop: ShopProfile
  readonly rules: Pick<PriceRules, 'tax'>
  /** Line by line; empty where none are set. */
  readonly bankDetails: readonly string[]
  readonly invoiceSettings: InvoiceSettings
  readonly now: () => Date
  /** Logs an error that no caller handles. */
  readonly report: (error: unknown) => void
}
