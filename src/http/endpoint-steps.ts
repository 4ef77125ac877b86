/** Steps 5 to 10 of the pipeline for a request of an endpoint. */
import { ShopError } from '../core/errors.ts'
import type { Limiter } from '../core/rate-limit/limiter.ts'
import { standardHeaders } from '../core/request.ts'
import { DEFAULT_MAX_BYTES } from './body.ts'
import type { Caller } from './client-ip.ts'
import type { Endpoint } from './endpoint.ts'
import { authorize, type Identity, type IdentityRules, identify, UNIDENTIFIED } from './identity.ts'
import { type ParsedInput, parseInput } from './input.ts'
import type { PipelineRules, Steps } from './pipeline.ts'
import { type CountedRequest, createRequestCounter, type RequestCounter, refuseKnown } from './rate-limits.ts'
import { createRequestedMails } from './requested-mails.ts'
import { type ResponseCache, responseKey } from './response-cache.ts'
import { Accepted, FileReply, type Route, TextReply } from './route.ts'
import type { Sharing } from './shared-caching.ts'

export type EndpointRules = PipelineRules &
  IdentityRules & {
    readonly responseCache: ResponseCache
    readonly limiter: Limiter
    /** The id of the browser of a Cookie header, if it has signed in with this email before. */
    readonly deviceOf: (email: string, cookie: string) => Promise<string | undefined>
  }

/** Headers are a plain object, because the server on Node writes those as they are. */
const respond = (endpoint: Endpoint, value: unknown, more: Iterable<readonly [string, string]>): Response => {
  const headers: Record<string, string> = { ...standardHeaders(), 'cache-control': 'no-store' }
  for (const [name, text] of more) headers[name] ??= text
  if (value instanceof FileReply) {
    headers['cache-control'] = 'private, no-store'
    headers['content-type'] = value.mediaType
    headers['content-disposition'] = `inline; filename="${value.name}"`
    return new Response(value.bytes, { status: endpoint.status, headers })
  }
  if (!endpoint.reply) return new Response(null, { status: endpoint.status, headers })
  if (value instanceof TextReply) {
    headers['content-type'] = value.mediaType
    return new Response(value.text, { status: endpoint.status, headers })
  }
  headers['content-type'] = 'application/json'
  if (value instanceof Accepted) return new Response(JSON.stringify(value.value), { status: 202, headers })
  return new Response(JSON.stringify(value), { status: endpoint.status, headers })
}

const withoutCookies = (headers: Headers): Headers => {
  const rest = new Headers(headers)
  rest.delete('cookie')
  return rest
}

/** Asks the owner again where the endpoint says so. Throws what the route's check throws. */
const assertOwner = async (
  { endpoint, reauthenticate }: Route,
  { session }: Identity,
  body: unknown,
): Promise<void> => {
  const field = endpoint.reauthenticate
  if (field === undefined) return
  if (!session || !reauthenticate)
    throw new TypeError(`${endpoint.id} must have access: account, and its route a check of the owner`)
  const sent = (body as Readonly<Record<string, unknown>> | undefined)?.[field]
  await reauthenticate(
    session,
    field === 'second_factor' ? null : typeof sent === 'string' ? sent : undefined,
  )
}

const notSigned = () => new ShopError('forbidden', 'The signature of this request is missing or not valid.')

type Counted = { readonly counter: RequestCounter; readonly request: CountedRequest }

/** `params` are those of the path, not parsed yet. */
export const endpointSteps = (
  route: Route,
  request: Request,
  params: unknown,
  caller: Caller,
  rules: EndpointRules,
): Steps<Identity, ParsedInput, Counted, Response> => {
  const { endpoint, handle, verify } = route
  const isSigned = endpoint.access === 'signed'
  const headers = isSigned ? withoutCookies(request.headers) : request.headers
  const cookie = headers.get('cookie') ?? undefined
  let received: Uint8Array | undefined
  return {
    route: endpoint.path,
    checksCsrf: !isSigned,
    identify: async receive => {
      if (!isSigned) return identify(cookie, rules)
      received = await receive(endpoint.maxBytes ?? DEFAULT_MAX_BYTES)
      if (!(await verify?.(received, headers))) throw notSigned()
      return UNIDENTIFIED
    },
    authorize: async identity => {
      await authorize(endpoint.access, identity)
      refuseKnown(rules.limiter, endpoint.id, endpoint.limits ?? [], {
        clientNetwork: caller.clientNetwork,
        account: identity.session?.userId,
      })
    },
    parse: (identity, receive) => parseInput(request, endpoint, params, identity, receive, received),
    limit: async (identity, { body }) => {
      const counted: CountedRequest = {
        clientNetwork: caller.clientNetwork,
        account: identity.session?.userId,
        body,
        deviceOf: async email => (cookie === undefined ? undefined : rules.deviceOf(email, cookie)),
      }
      const counter = await createRequestCounter(rules.limiter, endpoint.id, endpoint.limits ?? [], counted)
      if (!endpoint.countsInTransaction) await counter.count()
      return { counter, request: counted }
    },
    reauthenticate: (identity, { body }) => assertOwner(route, identity, body),
    handle: async (identity, input, { counter, request: counted }) => {
      const key = endpoint.cache === 'public' ? responseKey(endpoint, input) : undefined
      const cached = key === undefined ? undefined : rules.responseCache.findByKey(request, key)
      if (cached) return cached
      const responseHeaders = new Map<string, string>()
      const setCookies: string[] = []
      let isFresh: (() => boolean) | undefined
      let sharing: Sharing | undefined
      const work = () =>
        handle({
          ...input,
          identity,
          requestHeaders: headers,
          responseHeaders,
          setCookies,
          counter,
          countOn: async limit =>
            (await createRequestCounter(rules.limiter, endpoint.id, [limit], counted)).count(),
          mails: createRequestedMails(rules.limiter, counted),
          cacheWhile: (check, shared) => {
            isFresh = check
            sharing = shared
          },
        })
      const value = await work().finally(counter.count)
      if (key !== undefined) return rules.responseCache.store(request, key, value, isFresh, sharing)
      const newCookie = identity.setCookie()
      if (newCookie !== undefined) setCookies.push(newCookie)
      const response = respond(endpoint, value, responseHeaders)
      for (const one of setCookies) response.headers.append('set-cookie', one)
      return response
    },
  }
}
