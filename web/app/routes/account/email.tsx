/** Change email page. The new email takes effect once it is confirmed. */
import { changeEmail, getSignInMethods } from '#src/accounts/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { OwnerForm } from '../../components/owner-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/email'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ email }, methods] = await Promise.all([
    readPrivate(getProfile, {}),
    readPrivate(getSignInMethods, {}),
  ])
  return { email: readableEmail(email), methods, isDone: url.searchParams.has('done') }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: ['email'], secret: ['current_password'] },
    async ({ call, text, ownerPassword }) => {
      await call(changeEmail, { body: { email: text('email'), password: ownerPassword() } })
      return { sent: account.changeEmailSent(text('email')) }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.changeEmail })

export default function Email({ loaderData: { email, methods, isDone }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  const field = fieldProps(error)
  return (
    <FormPage title={account.changeEmail} intro={account.currentEmail(email)}>
      <SuccessNotice
        text={
          actionData && 'sent' in actionData
            ? actionData.sent
            : isDone && !actionData
              ? account.emailChanged
              : undefined
        }
      />
      <FormErrorSummary error={error} />
      <p className="mb-6">{account.changeEmailIntro}</p>
      <OwnerForm methods={methods} error={error} button={account.changeEmail}>
        <TextField {...field('email')} label={account.newEmail} type="email" autoComplete="email" />
      </OwnerForm>
    </FormPage>
  )
}
