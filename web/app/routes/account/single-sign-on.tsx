/** Single sign-on page: links the account to Cognito, or unlinks it. */
import { data, Form } from 'react-router'
import { beginCognito, cognitoState, unlinkCognito } from '#src/accounts/cognito/api.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext, type RouteErrorData } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/single-sign-on'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ available, linked }] = await Promise.all([
    readPrivate(cognitoState, {}),
    readPrivate(getProfile, {}),
  ])
  if (!available) throw data({ code: 'not_found', detail: '' } satisfies RouteErrorData, { status: 404 })
  return { linked, isDone: url.searchParams.has('done') }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, text, secret }) => {
      if (text('intent') === 'link')
        return { address: (await call(beginCognito, { body: { link: true } })).url }
      await call(unlinkCognito, { body: { password: secret('current_password') } })
      return { address: undefined }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.singleSignOn })

export default function SingleSignOn({ loaderData: { linked, isDone }, actionData }: Route.ComponentProps) {
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
        <Form method="post" noValidate>
          <TextField
            {...fieldProps(error)('current_password')}
            label={account.currentPassword}
            hint={account.ssoPasswordHint}
            type="password"
            autoComplete="current-password"
          />
          <SubmitButton text={account.ssoUnlink} intent="unlink" className="button-danger" />
        </Form>
      ) : (
        <Form method="post">
          <SubmitButton text={account.ssoLink} intent="link" />
        </Form>
      )}
    </FormPage>
  )
}
