/** OrderProcess: checkout and orders. */
import { orderRoutes } from '../orders/routes.ts'
import { openApp } from '../parts/app.ts'
import { cartPart } from '../parts/cart.ts'
import { foundation } from '../parts/ground.ts'
import { orderPart } from '../parts/orders.ts'
import { httpHandler } from './http.ts'
import { openFunction } from './open.ts'

const { base, secrets } = openFunction(['secret', 'proxy'])
const { secret, proxy } = await secrets
const deps = { ...foundation(base, secret), ...cartPart(base), ...orderPart(base) }
const { fetch } = openApp(deps, orderRoutes(deps))

export const handler = httpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
