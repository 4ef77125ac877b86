/** Adapter of API Gateway (HTTP API, payload 2.0): its events as requests to an application, and the responses for the gateway. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { ShopError } from '../core/errors.ts'
import { type Caller, isTrustedProxy, readCaller } from '../http/client-ip.ts'
import { problem } from '../http/problem.ts'

type Fetch = (request: Request, caller: Caller) => Promise<Response>
export type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

const encodeText = (path: string): string =>
  encodeURI(path.toWellFormed()).replaceAll('?', '%3F').replaceAll('#', '%23')

/** The part of a route key before a greedy variable of an endpoint, as in `GET /api/books/category/{category+}`. */
const GREEDY = /^\S+ (\/.*\/)\{(?!proxy)\w+\+\}$/

/**
 * The gateway decodes paths. Without encoding them again, parts would be read as a query, a fragment or a broken escape, and a slash in
 * a greedy variable as the end of it.
 */
const encodePath = (path: string, routeKey: string): string => {
  const start = GREEDY.exec(routeKey)?.[1]
  return start !== undefined && path.startsWith(start)
    ? start + encodeText(path.slice(start.length)).replaceAll('/', '%2F')
    : encodeText(path)
}

/**
 * A handler that answers events by `fetch`. A request must come through the shop's own CDN, which proves itself by `proxySecret`;
 * others are refused. The application sees the public URL instead of the gateway's.
 */
export const createHttpHandler = (
  fetch: Fetch,
  { publicUrl, proxySecret }: { readonly publicUrl: string; readonly proxySecret: string },
): HttpHandler => {
  const { host } = new URL(publicUrl)
  const answer = async (request: Request, event: APIGatewayProxyEventV2): Promise<Response> => {
    if (!isTrustedProxy(request.headers, proxySecret))
      return problem(
        new ShopError('forbidden', `This URL is only for the shop itself. Please use ${publicUrl}.`),
      )
    return fetch(
      request,
      readCaller(
        request.headers,
        () => event.requestContext.http.sourceIp,
        proxySecret,
        event.requestContext.requestId,
      ),
    )
  }
  return async event => {
    const app = { fetch: (request: Request) => answer(request, event) }
    const publicEvent = {
      ...event,
      rawPath: encodePath(event.rawPath, event.routeKey),
      requestContext: { ...event.requestContext, domainName: host },
    }
    // The adapter only calls `fetch` of the application.
    return (await handle(app as unknown as Hono)(publicEvent as never)) as APIGatewayProxyStructuredResultV2
  }
}
