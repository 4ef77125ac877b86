/** The server's half of the pages: what the shop's process loads to render them. */
import * as build from 'virtual:react-router/server-build'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import {
  createPageContext,
  type FetchApi,
  pageContext,
  type RenderOptions,
} from './app/loading/page-context.ts'

/** Answers requests for pages. `origins` are those that the shop's own forms may come from; the caller has checked them. */
export const pageRenderer = (surroundings: RenderOptions, origins: ReadonlySet<string>) => {
  const allowedActionOrigins = [...origins].map(origin => new URL(origin).host)
  const handle = createRequestHandler(
    { ...(build as unknown as ServerBuild), allowedActionOrigins },
    'production',
  )
  /** `nonce` marks the scripts that are ours; `ask` reaches the shop's own application for whoever sees the page. */
  return (request: Request, nonce: string, ask: FetchApi): Promise<Response> => {
    const context = new RouterContextProvider()
    context.set(pageContext, createPageContext(surroundings, request, nonce, ask))
    return handle(request, context)
  }
}
