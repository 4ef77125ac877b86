/** The whole shop: all of its parts over one store, as one HTTP application. */
import { accountRoutes } from '../accounts/routes.ts'
import { cartRoutes } from '../cart/routes.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import type { Blobs } from '../core/blobs.ts'
import type { Log } from '../core/log/log.ts'
import { healthRoutes } from '../health/health.ts'
import type { Transport } from '../notifications/transport.ts'
import { docsRoutes } from '../openapi/routes.ts'
import { orderRoutes } from '../orders/routes.ts'
import { privacyRoutes } from '../privacy/routes.ts'
import { createAccountDeps } from './accounts.ts'
import { createHttpApp } from './app.ts'
import { createAppContext, createBaseContext } from './base.ts'
import { createCartDeps } from './cart.ts'
import { createCatalogDeps } from './catalog.ts'
import { createMailDeps, createMailTransport } from './mail.ts'
import { createOrderDeps } from './orders.ts'
import type { createDatabase, Settings } from './settings.ts'

export type Deps = ReturnType<typeof createDeps>

/** Everything that the nouns need, over an open store. */
export const createDeps = (
  settings: Settings,
  given: {
    readonly db: ReturnType<typeof createDatabase>
    readonly blobs: Blobs
    readonly secret: string
    readonly log: Log
    readonly now?: () => Date
    readonly transport?: Transport
  },
) => {
  const base = createAppContext(createBaseContext(settings, given), given.secret)
  const catalog = createCatalogDeps(base, given.blobs)
  return {
    ...base,
    ...createCartDeps(base),
    ...createOrderDeps(base),
    ...createAccountDeps(base),
    ...createMailDeps(base, given.transport ?? createMailTransport(settings)),
    ...catalog,
    categoryOf: (bookId: string) => catalog.liveIndex.index?.get(bookId)?.category,
    booksChanged: catalog.liveIndex.onSale,
  }
}

export const createShop = (deps: Deps) => {
  const app = createHttpApp(deps, [
    ...catalogRoutes(deps),
    ...cartRoutes(deps),
    ...orderRoutes(deps),
    ...accountRoutes(deps),
    ...privacyRoutes(deps),
    ...healthRoutes(deps),
  ])
  docsRoutes(app.hono, deps.publicUrl)
  return app
}
