/** Change email page. The new email takes effect once it is confirmed. */
import { Form } from 'react-router'
import { changeEmail } from '#src/accounts/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/email'

export const loader = async ({ context, url }: Route.LoaderArgs) => ({
  email: readableEmail((await context.get(pageContext).readPrivate(getProfile, {})).email),
  isDone: url.searchParams.has('done'),
})

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: ['email'], secret: ['current_password'] },
    async ({ call, text, secret }) => {
      await call(changeEmail, { body: { email: text('email'), password: secret('current_password') } })
      return { sent: account.changeEmailSent(text('email')) }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.changeEmail })

export default function Email({ loaderData: { email, isDone }, actionData }: Route.ComponentProps) {
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
      <Form method="post" noValidate>
        <TextField {...field('email')} label={account.newEmail} type="email" autoComplete="email" />
        <TextField
          {...field('current_password')}
          label={account.currentPassword}
          type="password"
          autoComplete="current-password"
        />
        <SubmitButton text={account.changeEmail} />
      </Form>
    </FormPage>
  )
}
