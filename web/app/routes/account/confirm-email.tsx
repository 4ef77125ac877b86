/**
 * Page of an emailed link that confirms the new email of an account. Only that account can use it: whoever
 * reads the email may be somebody else, and is told what it is about.
 */
import { data } from 'react-router'
import { confirmEmail, whoAmI } from '#src/accounts/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { FormPage } from '../../components/form-page.tsx'
import { TokenForm } from '../../components/token-form.tsx'
import { readEmailToken } from '../../forms/email-token.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { signInPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/confirm-email'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { data: link, init } = readEmailToken(url)
  const { email } = await context.get(pageContext).readPrivate(whoAmI, {})
  const signedInAs = email === undefined ? undefined : readableEmail(email)
  return data({ ...link, signedInAs, signIn: signInPath(`${url.pathname}${url.search}`) }, init ?? {})
}

const TEXTS = { forbidden: account.confirmOtherAccount, not_signed_in: account.confirmSignIn }

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [], texts: TEXTS }, async ({ call, text }) => {
    await call(confirmEmail, { body: { token: text('token') } })
    return { to: '/account/email?done' }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.confirmTitle })

export default function ConfirmEmail({ loaderData, actionData }: Route.ComponentProps) {
  const { token, signedInAs, signIn } = loaderData
  const error = actionData?.error
  if (token !== '' && signedInAs === undefined)
    return (
      <div className="py-8">
        <FormPage title={account.confirmTitle} intro={account.confirmSignIn}>
          <p className="mb-6">{account.confirmNotYou}</p>
          <a href={signIn} className="button">
            {account.signIn}
          </a>
        </FormPage>
      </div>
    )
  return (
    <TokenForm
      title={account.confirmTitle}
      intro={account.confirmIntro}
      button={account.confirmButton}
      expired={t.error.linkExpired}
      token={token}
      error={error}
      requestNew={{ to: '/account/email', text: account.changeEmail }}
    >
      {signedInAs !== undefined && (
        <p className="mb-6">
          {account.signedInAs(signedInAs)}.{' '}
          <a href={signIn} className="link">
            {account.useOtherAccount}
          </a>
        </p>
      )}
    </TokenForm>
  )
}
