/** Single sign-on page: links the account to Cognito, or unlinks it. */
import { data } from 'react-router'
import { getSignInMethods } from '#src/accounts/api.ts'
import { cognitoState, linkCognito, unlinkCognito } from '#src/accounts/cognito/api.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { OwnerForm } from '../../components/owner-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext, type RouteErrorData } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/single-sign-on'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ available, linked }, methods] = await Promise.all([
    readPrivate(cognitoState, {}),
    readPrivate(getSignInMethods, {}),
  ])
  if (!available) throw data({ code: 'not_found', detail: '' } satisfies RouteErrorData, { status: 404 })
  return { linked, methods, isDone: url.searchParams.has('done') }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, text, ownerPassword }) => {
      const body = { password: ownerPassword() }
      if (text('intent') === 'link') return { address: (await call(linkCognito, { body })).url }
      await call(unlinkCognito, { body })
      return { address: undefined }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.singleSignOn })

export default function SingleSignOn({ loaderData, actionData }: Route.ComponentProps) {
  const { linked, methods, isDone } = loaderData
  const error = actionData?.error
  const address = actionData && 'address' in actionData ? actionData.address : undefined
  return (
    <FormPage title={account.singleSignOn} intro={linked ? account.ssoLinked : account.ssoIntro}>
      <SuccessNotice text={isDone && linked && !actionData ? account.ssoDone : undefined} />
      <FormErrorSummary error={error} />
      {address !== undefined ? (
        <p>
          <a href={address} rel="external" className="button">
            {account.ssoContinue}
          </a>
        </p>
      ) : linked ? (
        <OwnerForm methods={methods} error={error} button={account.ssoUnlink} intent="unlink" isDangerous />
      ) : (
        <OwnerForm methods={methods} error={error} button={account.ssoLink} intent="link" />
      )}
    </FormPage>
  )
}
