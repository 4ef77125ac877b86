/** The shop's HTTP application: routing of requests to endpoints by Hono, the same on a laptop and on Lambda. */
import { type Context, Hono } from 'hono'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import { type Caller, UNKNOWN_CALLER } from './client-ip.ts'
import { checkCsrf } from './csrf.ts'
import { type EndpointRules, endpointSteps } from './endpoint-steps.ts'
import { createFetch, runSteps } from './pipeline.ts'
import { problem } from './problem.ts'
import type { Route } from './route.ts'

export type AppRules = EndpointRules & {
  /** Logs each request, and each failure of ours; its response says only that it failed. */
  readonly log: Log
}

/** The sender of a request, as it was passed to `fetch`. */
const callerIn = (env: unknown): Caller =>
  (env as { readonly caller?: Caller } | undefined)?.caller ?? UNKNOWN_CALLER

/** `{book_id}` of OpenAPI as Hono's `:book_id`. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Paths without parameters come first: an id could be such a word. */
const fixedPathsFirst = (byPath: ReadonlyMap<string, readonly Route[]>) =>
  [...byPath].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')))

const methodNotAllowed = (method: string, group: readonly Route[]): Response => {
  const allowed = group
    .flatMap(({ endpoint }) => (endpoint.method === 'GET' ? ['GET', 'HEAD'] : [endpoint.method]))
    .join(', ')
  const response = problem(
    new ShopError('method_not_allowed', `${method} is not allowed here; use ${allowed}.`),
  )
  response.headers.set('allow', allowed)
  return response
}

export type App = {
  readonly fetch: (request: Request, caller?: Caller) => Promise<Response>
  /** For what is not an endpoint, such as images and the API documentation. */
  readonly hono: Hono
}

/** The application over these routes. */
export const createApp = (routes: readonly Route[], rules: AppRules): App => {
  const app = new Hono()
  app.onError(error => {
    if (error instanceof ShopError) return problem(error)
    rules.log.failure(error)
    return problem(
      new ShopError('internal_error', 'Something went wrong on our end. The error has been logged.'),
    )
  })
  const handleRoute = (one: Route) => (c: Context) => {
    const request = c.req.raw
    return runSteps(request, rules, endpointSteps(one, request, c.req.param(), callerIn(c.env), rules))
  }
  for (const [path, group] of fixedPathsFirst(Map.groupBy(routes, one => honoPath(one.endpoint.path)))) {
    for (const one of group) app.on(one.endpoint.method, path, handleRoute(one))
    app.all(path, ({ req }) => {
      checkCsrf(req.raw, rules.origins)
      return methodNotAllowed(req.method, group)
    })
  }
  // Whatever is mounted later, such as images and the API documentation, is under load shedding too.
  app.use((_c, next) => rules.loadShedder.admit(next))
  app.notFound(({ req }) => {
    checkCsrf(req.raw, rules.origins)
    return problem(new ShopError('not_found', 'There is nothing at this path.'))
  })
  const fetch = createFetch(rules.log, rules.responseCache.find, (request, caller) =>
    app.fetch(request, { caller }),
  )
  return { fetch, hono: app }
}
