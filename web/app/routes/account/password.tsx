/** Change password page. */
import { changePassword, getSignInMethods } from '#src/accounts/api.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { OwnerForm } from '../../components/owner-form.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/password'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ email }, methods] = await Promise.all([
    readPrivate(getProfile, {}),
    readPrivate(getSignInMethods, {}),
  ])
  return { email, methods, isDone: url.searchParams.has('done') }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password', 'password'] },
    async ({ call, secret, ownerPassword }) => {
      await call(changePassword, {
        body: { current_password: ownerPassword(), password: secret('password') },
      })
      // Redirects, so that the next page is read with the new session cookie.
      return { to: '/account/password?done' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.changePassword })

export default function Password({
  loaderData: { email, methods, isDone },
  actionData,
}: Route.ComponentProps) {
  const error = actionData?.error
  const title = methods.password ? account.changePassword : account.setPassword
  return (
    <FormPage title={title}>
      <SuccessNotice text={isDone && !error ? account.passwordChanged : undefined} />
      <FormErrorSummary error={error} />
      <OwnerForm key={String(isDone)} methods={methods} error={error} button={title}>
        {/* Tells password managers which account the password belongs to. */}
        <input type="text" name="username" value={email} autoComplete="username" readOnly hidden />
        <TextField
          {...fieldProps(error)('password')}
          label={account.newPassword}
          hint={account.passwordHint}
          type="password"
          autoComplete="new-password"
        />
      </OwnerForm>
    </FormPage>
  )
}
