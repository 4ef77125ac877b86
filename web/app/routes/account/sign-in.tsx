/** Sign in with address and password, or with a passkey; a code may have to follow. */
import { Form } from 'react-router'
import { signIn, whoAmI } from '#src/accounts/api.ts'
import { cognitoState } from '#src/accounts/cognito/api.ts'
import { TextField } from '../../components/fields.tsx'
import { DoneNotice, FormNotice, fieldOf } from '../../components/form-notice.tsx'
import { PasskeySignIn } from '../../components/passkey-sign-in.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { visitContext } from '../../loading/visit.ts'
import { ownPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/sign-in'

const DONE = {
  password: account.resetDone,
  address: account.confirmDone,
  verified: account.verified,
  out: account.signedOut,
  deleted: account.deleted,
} as const

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const done = url.searchParams.get('done') ?? ''
  const { readMine } = context.get(visitContext)
  const [{ signed_in }, { available }] = await Promise.all([readMine(whoAmI, {}), readMine(cognitoState, {})])
  return {
    next: ownPath(url.searchParams.get('next'), '/account'),
    done: done in DONE ? DONE[done as keyof typeof DONE] : undefined,
    isSignedIn: signed_in,
    hasSingleSignOn: available,
  }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: ['email'], secret: ['current_password'] },
    async ({ change, text, secret }) => {
      const next = ownPath(text('next'), '/account')
      const { second_factor } = await change(signIn, {
        body: { email: text('email'), password: secret('current_password') },
      })
      return { to: second_factor ? `/sign-in/code?${new URLSearchParams({ next })}` : next }
    },
  )

export const meta: Route.MetaFunction = () => pageMeta({ title: account.signIn })

export default function SignIn({ loaderData, actionData }: Route.ComponentProps) {
  const { next, done, isSignedIn, hasSingleSignOn } = loaderData
  const answer = actionData?.refusal
  const field = fieldOf(answer)
  return (
    <div className="max-w-md py-8">
      <h1 className="page-title">{account.signIn}</h1>
      <DoneNotice text={answer ? undefined : done} />
      {isSignedIn && (
        <p className="mb-6">
          {account.signedIn}{' '}
          <a href={next} className="link">
            {account.backToAccount}
          </a>
        </p>
      )}
      <FormNotice answer={answer} />
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
      <p className="mt-6 flex flex-col items-start gap-2">
        <a href="/forgot-password" className="link inline-flex min-h-6 items-center">
          {account.forgotPassword}
        </a>
        <a href="/sign-up" className="link inline-flex min-h-6 items-center">
          {account.newHere}
        </a>
      </p>
    </div>
  )
}
