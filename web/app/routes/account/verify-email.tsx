/** Confirms the address of a new account with the link that was mailed to it. */
import { verifyEmail } from '../../../../src/accounts/api.ts'
import { MailedLink } from '../../parts/mailed-link.tsx'
import { answerForm } from '../../shop/account-form.server.ts'
import { mailedToken } from '../../shop/mailed-token.server.ts'
import { pageMeta } from '../../shop/page-meta.ts'
import { account } from '../../texts/account-texts.ts'
import type { Route } from './+types/verify-email'

export const loader = ({ url }: Route.LoaderArgs) => mailedToken(url)

export const action = ({ context, request }: Route.ActionArgs) =>
  answerForm({ context, request }, { kept: [] }, async ({ change, text }) => {
    await change(verifyEmail, { body: { token: text('token') } })
    return { to: '/sign-in?done=verified' }
  })

export const meta: Route.MetaFunction = () => pageMeta({ title: account.verifyTitle })

export default function VerifyEmail({ loaderData: { token }, actionData }: Route.ComponentProps) {
  return (
    <MailedLink
      title={account.verifyTitle}
      intro={account.verifyIntro}
      button={account.verifyButton}
      over={account.verifyOver}
      token={token}
      answer={actionData?.refusal}
      again={{ to: '/verify-email/again', text: account.askAgain }}
    />
  )
}
