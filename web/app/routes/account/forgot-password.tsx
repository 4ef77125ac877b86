/** Page that requests a password reset. The response does not reveal whether the account exists. */
import { forgotPassword } from '#src/accounts/api.ts'
import { RequestEmailForm } from '../../components/request-email-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/forgot-password'

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: ['email'] }, async ({ call, text }) => {
    await call(forgotPassword, { body: { email: text('email') } })
    return { sent: account.resetSent(text('email')) }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.forgotTitle })

export default function ForgotPassword({ actionData }: Route.ComponentProps) {
  return (
    <RequestEmailForm
      title={account.forgotTitle}
      intro={account.forgotIntro}
      button={account.sendLink}
      result={actionData}
    />
  )
}
