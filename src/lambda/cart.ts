/** ShoppingCart function: the endpoints of the cart. */
import { cartRoutes } from '../cart/routes.ts'
import { createHttpApp } from '../composition/app.ts'
import { createAppContext } from '../composition/base.ts'
import { createCartDeps } from '../composition/cart.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

const { base, secrets } = createFunctionContext(['secret', 'proxy'])
const { secret, proxy } = await secrets
const deps = { ...createAppContext(base, secret), ...createCartDeps(base) }
const { fetch } = createHttpApp(deps, cartRoutes(deps))

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
