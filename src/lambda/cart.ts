/** ShoppingCart: the cart's endpoints. */
import { cartRoutes } from '../cart/routes.ts'
import { openApp } from '../composition/app.ts'
import { foundation } from '../composition/base.ts'
import { cartPart } from '../composition/cart.ts'
import { httpHandler } from './http.ts'
import { openFunction } from './open.ts'

const { base, secrets } = openFunction(['secret', 'proxy'])
const { secret, proxy } = await secrets
const deps = { ...foundation(base, secret), ...cartPart(base) }
const { fetch } = openApp(deps, cartRoutes(deps))

export const handler = httpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
