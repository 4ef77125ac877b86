/** Server entry: renders a page to one string, and puts the nonce on its scripts. */
import { renderToString } from 'react-dom/server'
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from 'react-router'
import { deferHydration } from './loading/deferred-hydration.server.ts'
import { pageContext } from './loading/page-context.ts'

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '\\u0026',
  '<': '\\u003c',
  '>': '\\u003e',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** Inline script that hands the loader data to the client router. */
const handoffScript = async (stream: ReadableStream<Uint8Array>, nonce: string): Promise<string> => {
  const data = await new Response(stream).text()
  const text = JSON.stringify(data).replace(/[&<>\u2028\u2029]/g, letter => ESCAPED[letter] ?? '')
  const controller = 'window.__reactRouterContext.streamController'
  return `<script nonce="${nonce}">${controller}.enqueue(${text});${controller}.close();</script>`
}

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
  loadContext: RouterContextProvider,
): Promise<Response> {
  const { nonce } = loadContext.get(pageContext)
  const { serverHandoffStream, ...rest } = context
  const rendered = renderToString(<ServerRouter context={rest} url={request.url} nonce={nonce} />)
  const { page, starter } = deferHydration(rendered, nonce)
  const handoff = serverHandoffStream ? await handoffScript(serverHandoffStream, nonce) : ''
  headers.set('content-type', 'text/html; charset=utf-8')
  const end = page.lastIndexOf('</body>')
  const body = `<!doctype html>${page.slice(0, end)}${handoff}${starter}${page.slice(end)}`
  return new Response(body, { status, headers })
}

/** A 404 or 405 of the router is no failure: a visitor asked for something that is not there. */
const isFailure = (error: unknown): boolean => !isRouteErrorResponse(error) || error.status >= 500

export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (!request.signal.aborted && isFailure(error)) context.get(pageContext).report(error)
}
