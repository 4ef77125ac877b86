/** Takes the new address of an account, with the link that was mailed to it. */
import { confirmEmail } from '#src/accounts/api.ts'
import { TokenForm } from '../../components/token-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { mailedToken } from '../../forms/mailed-token.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/confirm-address'

export const loader = ({ url }: Route.LoaderArgs) => mailedToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ change, text }) => {
    await change(confirmEmail, { body: { token: text('token') } })
    return { to: '/sign-in?done=address' }
  })

export const meta: Route.MetaFunction = () => pageMeta({ title: account.confirmTitle })

export default function ConfirmAddress({ loaderData: { token }, actionData }: Route.ComponentProps) {
  return (
    <TokenForm
      title={account.confirmTitle}
      intro={account.confirmIntro}
      button={account.confirmButton}
      over={t.error.linkExpired}
      token={token}
      answer={actionData?.refusal}
      again={{ to: '/account/email', text: account.changeEmail }}
    />
  )
}
