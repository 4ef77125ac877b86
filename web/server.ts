/** Server bundle of the pages. */
import * as build from 'virtual:react-router/server-build'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import {
  createPageContext,
  type FetchApi,
  pageContext,
  type RenderOptions,
} from './app/loading/page-context.ts'

/**
 * Creates the page renderer. `origins` are the allowed origins of form submissions; the caller has checked
 * them.
 */
export const pageRenderer = (surroundings: RenderOptions, origins: ReadonlySet<string>) => {
  const allowedActionOrigins = [...origins].map(origin => new URL(origin).host)
  const handle = createRequestHandler(
    { ...(build as unknown as ServerBuild), allowedActionOrigins },
    'production',
  )
  /** `nonce` goes on our inline scripts; `fetchApi` calls the API on behalf of the visitor. */
  return (request: Request, nonce: string, ask: FetchApi): Promise<Response> => {
    const context = new RouterContextProvider()
    context.set(pageContext, createPageContext(surroundings, request, nonce, ask))
    return handle(request, context)
  }
}
