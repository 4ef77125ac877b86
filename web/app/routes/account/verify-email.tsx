/** Page of an emailed link that verifies the email of a new account. */
import { verifyEmail, whoAmI } from '#src/accounts/api.ts'
import { TextField } from '../../components/fields.tsx'
import { fieldProps } from '../../components/form-notices.tsx'
import { TokenForm } from '../../components/token-form.tsx'
import { readEmailToken } from '../../forms/email-token.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/verify-email'

export const loader = ({ url }: Route.LoaderArgs) => readEmailToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, text, secret }) => {
      await call(verifyEmail, {
        body: { token: text('token'), password: secret('current_password') },
      })
      const { signed_in } = await call(whoAmI, {})
      return { to: signed_in ? '/account?done=verified' : '/sign-in?done=verified' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.verifyTitle })

export default function VerifyEmail({ loaderData: { token }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  return (
    <TokenForm
      title={account.verifyTitle}
      intro={account.verifyIntro}
      button={account.verifyButton}
      expired={account.verifyExpired}
      token={token}
      error={error}
      requestNew={{ to: '/verify-email/again', text: account.resendEmail }}
    >
      <TextField
        {...fieldProps(error)('current_password')}
        label={account.password}
        type="password"
        autoComplete="current-password"
      />
    </TokenForm>
  )
}
