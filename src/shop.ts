/** The whole shop as one HTTP application, over what `deps.ts` has built. */
import { accountRoutes } from './accounts/routes.ts'
import { cartRoutes } from './cart/routes.ts'
import { catalogRoutes } from './catalog/routes.ts'
import type { Deps } from './deps.ts'
import { healthRoutes } from './health/health.ts'
import { answers } from './http/answers.ts'
import { createApp } from './http/app.ts'
import { docsRoutes } from './openapi/routes.ts'
import { orderRoutes } from './orders/routes.ts'
import { peopleRoutes } from './people/routes.ts'

const ANSWER_BYTES = 32 * 1024 * 1024
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Our own pages' origins: the public one, and, for a shop on this machine, each of the machine's names for itself. */
const originsOf = (publicUrl: string): Set<string> => {
  const url = new URL(publicUrl)
  const names = LOOPBACK.has(url.hostname) ? [...LOOPBACK] : [url.hostname]
  return new Set(
    names.map(name => new URL(`${url.protocol}//${name}${url.port ? `:${url.port}` : ''}`).origin),
  )
}

export const createShop = (deps: Deps) => {
  const { publicUrl } = deps.settings
  const routes = [
    ...catalogRoutes(deps),
    ...cartRoutes(deps),
    ...orderRoutes(deps),
    ...accountRoutes(deps),
    ...peopleRoutes(deps),
    ...healthRoutes(deps),
  ]
  const origins = originsOf(publicUrl)
  const app = createApp(routes, {
    answers: answers(ANSWER_BYTES),
    limiter: deps.limiter,
    deviceOf: deps.devices.find,
    origins,
    https: publicUrl.startsWith('https:'),
    accounts: deps.accounts,
    report: error => deps.report(error),
  })
  docsRoutes(app.hono, publicUrl)
  return { ...app, routes, origins }
}
