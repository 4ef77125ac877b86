/** Change password page. */
import { Form } from 'react-router'
import { changePassword } from '#src/accounts/api.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/password'

export const loader = async ({ context, url }: Route.LoaderArgs) => ({
  email: (await context.get(pageContext).readPrivate(getProfile, {})).email,
  isDone: url.searchParams.has('done'),
})

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password', 'password'] },
    async ({ call, secret }) => {
      await call(changePassword, {
        body: { current_password: secret('current_password'), password: secret('password') },
      })
      // Redirects, so that the next page is read with the new session cookie.
      return { to: '/account/password?done' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.changePassword })

export default function Password({ loaderData: { email, isDone }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  const field = fieldProps(error)
  return (
    <FormPage title={account.changePassword}>
      <SuccessNotice text={isDone && !error ? account.passwordChanged : undefined} />
      <FormErrorSummary error={error} />
      <Form key={String(isDone)} method="post" noValidate>
        {/* Tells password managers which account the password belongs to. */}
        <input type="text" name="username" value={email} autoComplete="username" readOnly hidden />
        <TextField
          {...field('current_password')}
          label={account.currentPassword}
          type="password"
          autoComplete="current-password"
        />
        <TextField
          {...field('password')}
          label={account.newPassword}
          hint={account.passwordHint}
          type="password"
          autoComplete="new-password"
        />
        <SubmitButton text={account.changePassword} />
      </Form>
    </FormPage>
  )
}
