/** Sign-up page. The response does not reveal whether the account exists. */
import { Form } from 'react-router'
import { resendVerification, signUp } from '#src/accounts/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/sign-up'

const KEPT = ['first_name', 'last_name', 'email']

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: KEPT, secret: ['password'] },
    async ({ call, text, secret }) => {
      const email = text('email')
      if (text('intent') === 'again') {
        await call(resendVerification, { body: { email } })
        return { email, isAgain: true }
      }
      const named = ['first_name', 'last_name'].filter(name => text(name) !== '')
      await call(signUp, {
        body: {
          email,
          password: secret('password'),
          ...Object.fromEntries(named.map(name => [name, text(name)])),
        },
      })
      return { email, isAgain: false }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.createAccount })

export default function SignUp({ actionData }: Route.ComponentProps) {
  if (actionData && 'email' in actionData && actionData.email !== undefined)
    return <CheckEmail email={actionData.email} isAgain={actionData.isAgain === true} />
  const error = actionData?.error
  const field = fieldProps(error)
  return (
    <div className="py-8">
      <FormPage
        title={account.createAccount}
        intro={account.createAccountIntro}
        links={[{ to: '/sign-in', text: account.alreadyHaveAccount }]}
      >
        <FormErrorSummary error={error} />
        <Form method="post" noValidate>
          <div className="grid gap-x-4 sm:grid-cols-2">
            <TextField
              {...field('first_name')}
              label={account.firstName}
              autoComplete="given-name"
              isOptional
            />
            <TextField
              {...field('last_name')}
              label={account.lastName}
              autoComplete="family-name"
              isOptional
            />
          </div>
          <TextField {...field('email')} label={account.email} type="email" autoComplete="username" />
          <TextField
            {...field('password')}
            label={account.password}
            hint={account.passwordHint}
            type="password"
            autoComplete="new-password"
          />
          <SubmitButton text={account.createAccount} />
        </Form>
      </FormPage>
    </div>
  )
}

const CheckEmail = ({ email, isAgain }: { readonly email: string; readonly isAgain: boolean }) => (
  <div className="prose max-w-xl py-8">
    <h1 className="page-title">{account.checkEmailTitle}</h1>
    {isAgain ? (
      <SuccessNotice text={account.verificationResent(email)} />
    ) : (
      <p className="text-lg" role="status">
        {account.verificationSent(email)}
      </p>
    )}
    <p>{account.checkSpam}</p>
    <Form method="post" className="flex flex-wrap gap-4">
      <input type="hidden" name="email" value={email} />
      <SubmitButton text={account.resendEmail} intent="again" className="button-quiet" />
      <a href="/sign-in" className="button-quiet">
        {account.signIn}
      </a>
    </Form>
  </div>
)
