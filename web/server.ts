/** Server bundle of the pages. */
import * as build from 'virtual:react-router/server-build'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import { type ErrorCode, errorStatus, ShopError } from '#src/core/errors.ts'
import { problem } from '#src/http/problem.ts'
import {
  createPageContext,
  type FetchApi,
  pageContext,
  type RenderOptions,
} from './app/loading/page-context.ts'

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorStatus, code)

/** The error of a resource route, which React Router writes as the JSON of what was thrown, as a problem document. */
const withProblem = async (response: Response): Promise<Response> => {
  if (response.status < 400 || !response.headers.get('content-type')?.startsWith('application/json'))
    return response
  const thrown: { readonly code?: unknown; readonly detail?: unknown } | null = await response.json()
  if (response.status === 404 || !isErrorCode(thrown?.code))
    return problem(new ShopError('not_found', 'There is nothing at this path.'))
  return problem(new ShopError(thrown.code, String(thrown.detail)))
}

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
  return async (request: Request, nonce: string, ask: FetchApi): Promise<Response> => {
    const context = new RouterContextProvider()
    context.set(pageContext, createPageContext(surroundings, request, nonce, ask))
    return withProblem(await handle(request, context))
  }
}
