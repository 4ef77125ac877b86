/** The shop's HTTP application: endpoints and their handlers as one Hono app, the same on a laptop and on Lambda. */
import { Hono } from 'hono'
import type * as z from 'zod'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import type { Limiter } from '../core/rate-limit/limiter.ts'
import { currentRequest, requestIdHeader } from '../core/request.ts'
import { type Caller, unknownCaller } from './client-ip.ts'
import type { Endpoint, Input, Reply } from './endpoint.ts'
import { assertSameSite, parseJson, readBody } from './guard.ts'
import { authorize, type Identity, type IdentityRules, identify } from './identity.ts'
import type { LoadShedder } from './load-shedding.ts'
import { invalid, problem } from './problem.ts'
import { createRequestCounter, type RequestCounter } from './rate-limits.ts'
import { withRequestLogging } from './request-logging.ts'
import type { ResponseCache } from './response-cache.ts'

type Surroundings = {
  readonly identity: Identity
  /** The request's headers. */
  readonly sent: Headers
  /** Headers that the answer carries besides the usual ones. */
  readonly answerHeaders: Map<string, string>
  /** Set-Cookie headers that the answer carries besides the guest's. */
  readonly setCookies: string[]
  /** For endpoints that are counted inside: carries out writes, and counts the request with the first. */
  readonly transact: RequestCounter['transact']
  /** For public endpoints: the answer may be given again while `holds()`. Without it, it is made anew each time. */
  readonly cacheWhile: (holds: () => boolean) => void
}

export type Context<E extends Endpoint> = Input<E> & Surroundings

type ParsedInput = { readonly [part in 'params' | 'query' | 'headers' | 'body']: unknown }

/** An endpoint with its handler. */
export type Route = {
  readonly endpoint: Endpoint
  readonly handle: (context: ParsedInput & Surroundings) => Promise<unknown>
}

/** Binds a handler to its endpoint: what it gets is parsed, what it gives has the endpoint's shape. */
export const route = <E extends Endpoint>(
  endpoint: E,
  handler: (context: Context<E>) => Promise<Reply<E>>,
): Route => ({
  endpoint,
  // The app parses by this very endpoint before it calls.
  handle: handler as unknown as Route['handle'],
})

export type AppRules = IdentityRules & {
  readonly responseCache: ResponseCache
  readonly loadShedder: LoadShedder
  readonly limiter: Limiter
  /** The browser of a Cookie header as one that has signed in with this address before, if it has. */
  readonly deviceOf: (email: string, cookie: string) => Promise<string | undefined>
  /** Where the shop's own pages live: https://shop.example. */
  readonly origins: ReadonlySet<string>
  /** Is told of each request, and of failures that are ours; the caller learns nothing but that they happened. */
  readonly log: Log
}

const JSON_LIMIT = 64 * 1024
export const IMAGE_LIMIT = 5 * 1024 * 1024

const parse = (part: string, schema: z.ZodType | undefined, value: unknown): unknown => {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalid(part, parsed.error)
  return parsed.data
}

/** The query as an object; a parameter that comes twice is refused, since nobody can know which is meant. */
const queryOf = async (
  request: Request,
  { query, staffQuery }: Endpoint,
  identity: Identity,
): Promise<unknown> => {
  const at = request.url.indexOf('?')
  if (at < 0 && !query) return undefined
  const params = new URLSearchParams(at < 0 ? '' : request.url.slice(at))
  const names = [...params.keys()]
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new ShopError('invalid_request', `query.${twice.slice(0, 60)}: is there more than once`)
  if (staffQuery?.some(name => params.has(name))) await authorize('staff', identity)
  if (!query && names[0] !== undefined)
    throw new ShopError('invalid_request', `query.${names[0].slice(0, 60)}: is not known here`)
  return parse('query', query, Object.fromEntries(params))
}

const bodyOf = async (
  request: Request,
  { body, method }: Endpoint,
  { yieldSlotWhile }: LoadShedder,
): Promise<unknown> => {
  if (body === undefined) {
    if (method !== 'GET' && (await yieldSlotWhile(() => readBody(request, JSON_LIMIT))).length > 0)
      throw new ShopError('invalid_request', 'body: is not known here')
    return undefined
  }
  if (body === 'image') return yieldSlotWhile(() => readBody(request, IMAGE_LIMIT))
  const bytes = await yieldSlotWhile(() => readBody(request, JSON_LIMIT))
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new ShopError('unsupported_media_type', 'Send the body as content-type: application/json.')
  return parse('body', body, parseJson(bytes))
}

const headersOf = (request: Request, { headers }: Endpoint): unknown => {
  if (!headers) return undefined
  const sent = Object.keys(headers.shape).map(name => [name, request.headers.get(name) ?? undefined])
  return parse('headers', headers, Object.fromEntries(sent))
}

/** Headers are a plain object, because the server on Node writes those as they are. */
const reply = (endpoint: Endpoint, value: unknown, more: Iterable<readonly [string, string]>): Response => {
  const headers: Record<string, string> = { ...requestIdHeader(), 'cache-control': 'no-store' }
  for (const [name, text] of more) headers[name] ??= text
  if (!endpoint.reply) return new Response(null, { status: endpoint.status, headers })
  headers['content-type'] = 'application/json'
  return new Response(JSON.stringify(value), { status: endpoint.status, headers })
}

const serve = async (
  { endpoint, handle }: Route,
  request: Request,
  params: unknown,
  caller: Caller,
  rules: AppRules,
): Promise<Response> => {
  const current = currentRequest()
  if (current) current.route = endpoint.path
  const cookie = request.headers.get('cookie') ?? undefined
  const identity = await identify(cookie, rules)
  await authorize(endpoint.access, identity)
  const answerHeaders = new Map<string, string>()
  const setCookies: string[] = []
  let holds: (() => boolean) | undefined
  const input = {
    params: parse('path', endpoint.params, params),
    query: await queryOf(request, endpoint, identity),
    headers: headersOf(request, endpoint),
    body: await bodyOf(request, endpoint, rules.loadShedder),
  }
  const counter = await createRequestCounter(rules.limiter, endpoint.id, endpoint.limits ?? [], {
    clientNetwork: caller.clientNetwork,
    account: identity.session?.userId,
    body: input.body,
    deviceOf: async email => (cookie === undefined ? undefined : rules.deviceOf(email, cookie)),
  })
  const work = () =>
    handle({
      ...input,
      identity,
      sent: request.headers,
      answerHeaders,
      setCookies,
      transact: counter.transact,
      cacheWhile: (test: () => boolean) => {
        holds = test
      },
    })
  if (!endpoint.countsInTransaction) await counter.count()
  const value = await work().finally(counter.count)
  if (endpoint.cache === 'public') return rules.responseCache.keep(request, value, holds)
  const newCookie = identity.setCookie()
  if (newCookie !== undefined) setCookies.push(newCookie)
  const answer = reply(endpoint, value, answerHeaders)
  for (const one of setCookies) answer.headers.append('set-cookie', one)
  return answer
}

/** Who sent the request, as `fetch` was told. */
const callerIn = (env: unknown): Caller =>
  (env as { readonly caller?: Caller } | undefined)?.caller ?? unknownCaller

/** `{book_id}` of OpenAPI as Hono's `:book_id`. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** A path of fixed words comes before one in which an id could be such a word. */
const fixedFirst = (byPath: ReadonlyMap<string, readonly Route[]>) =>
  [...byPath].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')))

/**
 * The app over these routes; `hono` is for what is no endpoint, such as images. Public answers that are kept are given
 * before anything else is looked at.
 */
export const createApp = (routes: readonly Route[], rules: AppRules) => {
  const app = new Hono()
  const refuse = (error: unknown): Response => {
    if (error instanceof ShopError) return problem(error)
    rules.log.failure(error)
    return problem(new ShopError('internal_error', 'Something went wrong on our side. It has been noted.'))
  }
  app.onError(refuse)
  app.use(async (c, next) => {
    assertSameSite(c.req.method, c.req.raw.headers, rules.origins)
    await next()
  })
  for (const [path, group] of fixedFirst(Map.groupBy(routes, one => honoPath(one.endpoint.path)))) {
    for (const one of group)
      app.on(one.endpoint.method, path, c =>
        rules.loadShedder.admit(() => serve(one, c.req.raw, c.req.param(), callerIn(c.env), rules)),
      )
    app.all(path, c => {
      const allowed = group
        .flatMap(({ endpoint: { method } }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
        .join(', ')
      const answer = problem(
        new ShopError('method_not_allowed', `${c.req.method} is not for this address; ${allowed} is.`),
      )
      answer.headers.set('allow', allowed)
      return answer
    })
  }
  app.notFound(() => problem(new ShopError('not_found', 'There is nothing at this address.')))

  const fetch = withRequestLogging(
    (request, caller) => rules.responseCache.find(request) ?? app.fetch(request, { caller }),
    rules.log,
  )
  return { fetch, hono: app }
}
