/** OrderProcess: checkout and orders. */

import { openApp } from '../composition/app.ts'
import { foundation } from '../composition/base.ts'
import { cartPart } from '../composition/cart.ts'
import { orderPart } from '../composition/orders.ts'
import { orderRoutes } from '../orders/routes.ts'
import { httpHandler } from './http.ts'
import { openFunction } from './open.ts'

const { base, secrets } = openFunction(['secret', 'proxy'])
const { secret, proxy } = await secrets
const deps = { ...foundation(base, secret), ...cartPart(base), ...orderPart(base) }
const { fetch } = openApp(deps, orderRoutes(deps))

export const handler = httpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
