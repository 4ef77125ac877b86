/** Page of an emailed link that sets a new password; also the first one of invited staff. */
import { resetPassword } from '#src/accounts/api.ts'
import { TextField } from '../../components/fields.tsx'
import { fieldProps } from '../../components/form-notices.tsx'
import { TokenForm } from '../../components/token-form.tsx'
import { readEmailToken } from '../../forms/email-token.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/reset-password'

export const loader = ({ url }: Route.LoaderArgs) => readEmailToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [], secret: ['password'] }, async ({ call, text, secret }) => {
    await call(resetPassword, { body: { token: text('token'), password: secret('password') } })
    return { to: '/sign-in?done=password' }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.resetTitle })

export default function ResetPassword({ loaderData: { token }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  return (
    <TokenForm
      title={account.resetTitle}
      intro={account.resetIntro}
      button={account.resetButton}
      expired={t.error.linkExpired}
      token={token}
      error={error}
      requestNew={{ to: '/forgot-password', text: account.requestLink }}
    >
      <TextField
        {...fieldProps(error)('password')}
        label={account.newPassword}
        hint={account.passwordHint}
        type="password"
        autoComplete="new-password"
      />
    </TokenForm>
  )
}
