/** Dependencies of payments: their tables, what they do for orders, and the providers. */
import type { OrderTable } from '../orders/table.ts'
import { createCheckoutTable } from '../payments/checkout-table.ts'
import { createOrderPayments } from '../payments/order-payments.ts'
import type { HostedProvider } from '../payments/provider.ts'
import { createPaymentTable } from '../payments/table.ts'
import type { BaseContext } from './base.ts'

export const createPaymentDeps = (
  context: BaseContext,
  orders: OrderTable,
  providers: readonly HostedProvider[] = [],
) => {
  const { settings, db, shop, now, log, report } = context
  const { payment } = settings
  const paymentTable = createPaymentTable(context)
  const hosted: ReadonlyMap<string, HostedProvider> = new Map(providers.map(one => [one.id, one]))
  const methods = payment.methods ?? ['invoice', ...providers.map(() => 'stripe' as const)]
  return {
    checkouts: createCheckoutTable(context),
    paymentTable,
    hosted,
    methods,
    collection: payment.collection,
    daysToPay: payment.daysToPay,
    payments: createOrderPayments({
      db,
      orders,
      paymentTable,
      hosted,
      shop,
      now,
      log,
      report,
      daysToPay: payment.daysToPay,
      bankDetails: payment.bankDetails,
    }),
  }
}
