/** Sets a new password with a mailed link; also the first one of staff who were invited. */
import { resetPassword } from '#src/accounts/api.ts'
import { TextField } from '../../components/fields.tsx'
import { fieldOf } from '../../components/form-notice.tsx'
import { TokenForm } from '../../components/token-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { mailedToken } from '../../forms/mailed-token.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/reset-password'

export const loader = ({ url }: Route.LoaderArgs) => mailedToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['password'] },
    async ({ change, text, secret }) => {
      await change(resetPassword, { body: { token: text('token'), password: secret('password') } })
      return { to: '/sign-in?done=password' }
    },
  )

export const meta: Route.MetaFunction = () => pageMeta({ title: account.resetTitle })

export default function ResetPassword({ loaderData: { token }, actionData }: Route.ComponentProps) {
  const answer = actionData?.refusal
  return (
    <TokenForm
      title={account.resetTitle}
      intro={account.resetIntro}
      button={account.resetButton}
      over={t.error.linkExpired}
      token={token}
      answer={answer}
      again={{ to: '/forgot-password', text: account.requestLink }}
    >
      <TextField
        {...fieldOf(answer)('password')}
        label={account.newPassword}
        hint={account.passwordHint}
        type="password"
        autoComplete="new-password"
      />
    </TokenForm>
  )
}
