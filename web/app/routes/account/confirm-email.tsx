/** Page of an emailed link that confirms the new email of an account. */
import { confirmEmail } from '#src/accounts/api.ts'
import { TokenForm } from '../../components/token-form.tsx'
import { readEmailToken } from '../../forms/email-token.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/confirm-email'

export const loader = ({ url }: Route.LoaderArgs) => readEmailToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call, text }) => {
    await call(confirmEmail, { body: { token: text('token') } })
    return { to: '/sign-in?done=address' }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.confirmTitle })

export default function ConfirmEmail({ loaderData: { token }, actionData }: Route.ComponentProps) {
  return (
    <TokenForm
      title={account.confirmTitle}
      intro={account.confirmIntro}
      button={account.confirmButton}
      expired={t.error.linkExpired}
      token={token}
      error={actionData?.error}
      requestNew={{ to: '/account/email', text: account.changeEmail }}
    />
  )
}
