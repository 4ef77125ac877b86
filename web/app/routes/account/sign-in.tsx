/** Sign-in page: password, passkey or single sign-on. */
import { Form, redirect } from 'react-router'
import { signIn, whoAmI } from '#src/accounts/api.ts'
import { cognitoState } from '#src/accounts/cognito/api.ts'
import { ShopError } from '#src/core/errors.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { PasskeySignIn } from '../../components/passkey-sign-in.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext, toShopError } from '../../loading/page-context.ts'
import { safeRedirectPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/sign-in'

const DONE = {
  password: account.resetDone,
  verified: account.verifiedOnly,
  out: account.signedOut,
  deleted: account.deleted,
} as const

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const done = url.searchParams.get('done') ?? ''
  const { readPrivate } = context.get(pageContext)
  const [{ signed_in }, { available }] = await Promise.all([
    readPrivate(whoAmI, {}),
    readPrivate(cognitoState, {}),
  ])
  const next = safeRedirectPath(url.searchParams.get('next'), '/account')
  // Mails about an account's order lead here. Other pages may ask a signed-in person to sign in again.
  if (signed_in && next.startsWith('/orders/')) throw redirect(next, 303)
  return {
    next,
    done: done in DONE ? DONE[done as keyof typeof DONE] : undefined,
    isSignedIn: signed_in,
    hasSingleSignOn: available,
  }
}

const signInFailed = () => new ShopError('sign_in_failed', 'The email or password is incorrect.')

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: ['email'], secret: ['current_password'] },
    async ({ call, text, secret }) => {
      const next = safeRedirectPath(text('next'), '/account')
      const typed = { email: text('email'), password: secret('current_password') }
      const { second_factor } = await call(signIn, { body: typed }).catch((error: unknown) => {
        // Text that cannot be an email or a password is refused like one that is incorrect.
        const isTyped = typed.email !== '' && typed.password !== ''
        throw isTyped && toShopError(error).code === 'invalid_request' ? signInFailed() : error
      })
      return { to: second_factor ? `/sign-in/code?${new URLSearchParams({ next })}` : next }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.signIn })

export default function SignIn({ loaderData, actionData }: Route.ComponentProps) {
  const { next, done, isSignedIn, hasSingleSignOn } = loaderData
  const error = actionData?.error
  const field = fieldProps(error)
  return (
    <div className="py-8">
      <FormPage
        title={account.signIn}
        links={[
          { to: '/forgot-password', text: account.forgotPassword },
          { to: '/sign-up', text: account.newHere },
          // The answer does not tell an email that is not confirmed yet from a wrong password.
          ...(error?.code === 'sign_in_failed'
            ? [{ to: '/verify-email/again', text: account.notConfirmed }]
            : []),
        ]}
      >
        <SuccessNotice text={error ? undefined : done} />
        {isSignedIn && (
          <p className="mb-6">
            {account.signedIn}{' '}
            <a href={next} className="link">
              {account.backToAccount}
            </a>
          </p>
        )}
        <FormErrorSummary error={error} />
        <Form method="post" noValidate>
          <input type="hidden" name="next" value={next} />
          <TextField {...field('email')} label={account.email} type="email" autoComplete="username" />
          <TextField
            {...field('current_password')}
            label={account.password}
            type="password"
            autoComplete="current-password"
          />
          <SubmitButton text={account.signIn} />
        </Form>
        <PasskeySignIn next={next} />
        {hasSingleSignOn && (
          <p className="mt-2">
            <a
              href={`/sign-in/cognito/start?${new URLSearchParams({ next })}`}
              rel="external"
              className="button-quiet h-12"
            >
              {account.ssoSignIn}
            </a>
          </p>
        )}
      </FormPage>
    </div>
  )
}
