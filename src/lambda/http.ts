/** The edge on AWS: an event of API Gateway (HTTP API, payload 2.0) as a request to an application, and its answer for the gateway. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { ShopError } from '../core/errors.ts'
import { type Caller, isTrustedProxy, readCaller } from '../http/client-ip.ts'
import { problem } from '../http/problem.ts'

type Fetch = (request: Request, caller: Caller) => Promise<Response>
export type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

/** The gateway hands paths over decoded; as they are they would be read as a query, a fragment, or a broken escape. */
const encoded = (path: string): string =>
  encodeURI(path.toWellFormed()).replaceAll('?', '%3F').replaceAll('#', '%23')

/**
 * Answers events by `fetch`, for requests that came through the shop's own CDN, which proves itself by `proxySecret`; others
 * are refused. The app sees the public address, `publicUrl`, whatever the gateway calls itself.
 */
export const createHttpHandler = (
  fetch: Fetch,
  { publicUrl, proxySecret }: { readonly publicUrl: string; readonly proxySecret: string },
): HttpHandler => {
  const { host } = new URL(publicUrl)
  const answer = async (request: Request, event: APIGatewayProxyEventV2): Promise<Response> => {
    if (!isTrustedProxy(request.headers, proxySecret))
      return problem(new ShopError('forbidden', `This address answers the shop alone: ask ${publicUrl}.`))
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
    const asked = {
      ...event,
      rawPath: encoded(event.rawPath),
      requestContext: { ...event.requestContext, domainName: host },
    }
    // Of an app, the adapter asks nothing but to be answered.
    return (await handle(app as unknown as Hono)(asked as never)) as APIGatewayProxyStructuredResultV2
  }
}
