/** Redirect to Cognito. Reached by a link, because the CSP allows forms to submit to this site only. */
import { data, redirect } from 'react-router'
import { beginCognito } from '#src/accounts/cognito/api.ts'
import { pageContext, type RouteErrorData, toShopError } from '../../loading/page-context.ts'
import { safeRedirectPath } from '../../paths.ts'
import type { Route } from './+types/cognito-start'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const next = safeRedirectPath(url.searchParams.get('next'), '/account')
  const again = url.searchParams.has('again')
  try {
    const { url: address } = await ctx.call(beginCognito, { body: { next, again } })
    return redirect(address, { status: 303, headers: ctx.responseHeaders() })
  } catch (error) {
    const { code, message } = toShopError(error)
    const status = code === 'not_found' ? 404 : code === 'too_many_requests' ? 429 : 503
    throw data({ code, detail: message } satisfies RouteErrorData, { status })
  }
}
