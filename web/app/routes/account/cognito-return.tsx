/** Callback of the Cognito sign-in: redirects to the requested page, or explains the error. */
import { data, redirect } from 'react-router'
import { finishCognito } from '#src/accounts/cognito/api.ts'
import { retryMessageFor } from '../../forms/retry-message.server.ts'
import { pageContext, toShopError } from '../../loading/page-context.ts'
import { safeRedirectPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/cognito-return'

const MESSAGES: Readonly<Record<string, string | undefined>> = account.ssoErrors

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const code = url.searchParams.get('code')
  const state = url.searchParams.get('state') ?? 'none'
  try {
    const { linked, next } = await ctx.call(finishCognito, {
      body: { state, ...(code === null ? {} : { code }) },
    })
    const to = linked ? '/account/single-sign-on?done' : safeRedirectPath(next ?? null, '/account')
    return redirect(to, { status: 303, headers: ctx.responseHeaders() })
  } catch (error) {
    const refusal = toShopError(error)
    const words = MESSAGES[refusal.code === 'invalid_request' ? 'sign_in_failed' : refusal.code]
    const { text, status } = words === undefined ? retryMessageFor(error) : { text: words, status: 401 }
    return data({ text }, { status, headers: ctx.responseHeaders() })
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.signIn })

export default function CognitoReturn({ loaderData: { text } }: Route.ComponentProps) {
  return (
    <div className="max-w-md py-8">
      <h1 className="page-title">{account.signIn}</h1>
      <p role="alert" className="notice-bad mt-6 mb-6">
        {text}
      </p>
      <p>
        <a href="/sign-in" className="button">
          {account.signIn}
        </a>
      </p>
    </div>
  )
}
