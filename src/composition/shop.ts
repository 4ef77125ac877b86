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
import { peopleRoutes } from '../privacy/routes.ts'
import { accountPart } from './accounts.ts'
import { openApp } from './app.ts'
import { foundation, ground } from './base.ts'
import { cartPart } from './cart.ts'
import { catalogPart } from './catalog.ts'
import { mailPart, openTransport } from './mail.ts'
import { orderPart } from './orders.ts'
import type { openStore, Settings } from './settings.ts'

export type Deps = ReturnType<typeof buildDeps>

/** Everything that the nouns need, over an open store. */
export const buildDeps = (
  settings: Settings,
  given: {
    readonly db: ReturnType<typeof openStore>
    readonly blobs: Blobs
    readonly secret: string
    readonly log: Log
    readonly now?: () => Date
    readonly transport?: Transport
  },
) => {
  const base = foundation(ground(settings, given), given.secret)
  const catalog = catalogPart(base, given.blobs)
  return {
    ...base,
    ...cartPart(base),
    ...orderPart(base),
    ...accountPart(base),
    ...mailPart(base, given.transport ?? openTransport(settings)),
    ...catalog,
    categoryOf: (bookId: string) => catalog.memory.index?.get(bookId)?.category,
    booksChanged: catalog.memory.touched,
  }
}

export const createShop = (deps: Deps) => {
  const app = openApp(deps, [
    ...catalogRoutes(deps),
    ...cartRoutes(deps),
    ...orderRoutes(deps),
    ...accountRoutes(deps),
    ...peopleRoutes(deps),
    ...healthRoutes(deps),
  ])
  docsRoutes(app.hono, deps.publicUrl)
  return app
}
