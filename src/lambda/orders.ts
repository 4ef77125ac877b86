/** OrderProcess function: checkout and orders. */
import { createHttpApp } from '../composition/app.ts'
import { createAppContext } from '../composition/base.ts'
import { createCartDeps } from '../composition/cart.ts'
import { createOrderDeps } from '../composition/orders.ts'
import { createProviders } from '../composition/providers.ts'
import { invoiceRoutes } from '../invoices/routes.ts'
import { orderRoutes } from '../orders/routes.ts'
import { createHostedCheckouts } from '../payments/hosted-checkouts.ts'
import { paymentRoutes } from '../payments/routes.ts'
import { paymentStaffRoutes } from '../payments/staff-routes.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

const { base, secrets } = createFunctionContext(['secret', 'proxy'], ['stripe-key'])
const { secret, proxy, ...ofProviders } = await secrets
const deps = {
  ...createAppContext(base, secret),
  ...createCartDeps(base),
  ...createOrderDeps(base, createProviders(base, ofProviders)),
}
const { fetch } = createHttpApp(deps, [
  ...orderRoutes(deps, createHostedCheckouts(deps)),
  ...paymentRoutes(deps),
  ...paymentStaffRoutes(deps),
  ...invoiceRoutes(deps),
])

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
