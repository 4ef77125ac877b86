/** Page that resends the verification email. The response does not reveal whether the account exists. */
import { resendVerification } from '#src/accounts/api.ts'
import { RequestEmailForm } from '../../components/request-email-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/verify-again'

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: ['email'] }, async ({ call, text }) => {
    await call(resendVerification, { body: { email: text('email') } })
    return { sent: account.verificationResent(text('email')) }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.verifyTitle })

export default function VerifyAgain({ actionData }: Route.ComponentProps) {
  return <RequestEmailForm title={account.verifyTitle} button={account.resendEmail} result={actionData} />
}
