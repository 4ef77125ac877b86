/** PaymentEvents function: events of payment providers, and nothing else. */
import { createHttpApp } from '../composition/app.ts'
import { createAppContext } from '../composition/base.ts'
import { createCartDeps } from '../composition/cart.ts'
import { createOrderDeps } from '../composition/orders.ts'
import { createProviders } from '../composition/providers.ts'
import { paymentEventRoutes } from '../payments/event-routes.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

const { base, secrets } = createFunctionContext(['secret', 'proxy'], ['stripe-key', 'stripe-webhook'])
const { secret, proxy, ...ofProviders } = await secrets
const deps = {
  ...createAppContext(base, secret),
  ...createCartDeps(base),
  ...createOrderDeps(base, createProviders(base, ofProviders)),
}
const { fetch } = createHttpApp(deps, paymentEventRoutes(deps))

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
